"""How mails begin, and what they say about the options of a credential."""

from ..credentials.fields import Expiry
from ..credentials.fields import IPRanges
from ..credentials.fields import Scopes
from ..credentials.fields import Switch
from ..credentials.interfaces import ICredentialKind
from ..credentials.kinds import kind_of
from ..credentials.scopes import effect_of
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import is_administrative
from ..i18n import _
from ..storage.interfaces import ICredential
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from functools import singledispatch
from typing import Any


@dataclass(frozen=True)
class Announcement:
    """How a mail begins; both strings are translatable, with these variables."""

    subject: str
    opening: str
    variables: Mapping[str, str] = field(default_factory=dict)

    def filled(self, **mapping: str) -> "Announcement":
        """It with its variables, and more of them."""
        mapping = {**self.variables, **mapping}
        return Announcement(
            _(self.subject, mapping=mapping), _(self.opening, mapping=mapping)
        )


#: What an owner is told of any credential, which they know by title: how the mail is
#: headed, and how it begins.
_OF_ANY_KIND = {
    "disabled": (
        _("${site}: “${title}” was disabled"),
        _(
            "Somebody else disabled “${title}” (${kind}), which is yours, in"
            " “${site}”. The program that uses it is locked out until it is enabled"
            " again."
        ),
    ),
    "enabled": (
        _("${site}: “${title}” was enabled again"),
        _(
            "Somebody else enabled “${title}” (${kind}), which is yours, in"
            " “${site}”. The program that uses it gets in again."
        ),
    ),
    "received": (
        _("${site}: “${title}” belongs to you now"),
        _(
            "“${title}” (${kind}) in “${site}” was transferred to you. The program that"
            " uses it acts there as you. Other people may know its secret: rotate it."
        ),
    ),
    "handed_over": (
        _("${site}: “${title}” has another owner now"),
        _(
            "“${title}” (${kind}) in “${site}” was yours, and was transferred to"
            " somebody else. Its program no longer acts there as you."
        ),
    ),
    "ended": (
        _("${site}: “${title}” was revoked"),
        _(
            "“${title}” (${kind}), which is yours in “${site}”, was revoked by an"
            " administrator or by whoever had it. The program that uses it is locked"
            " out for good."
        ),
    ),
    "signed_out": (
        _("${site}: “${title}” was signed out on one device"),
        _(
            "“${title}” (${kind}), which acts for you in “${site}”, was signed out on"
            " one device: by somebody else, or because what only the application should"
            " have was used twice. It can ask you to log in again."
        ),
    ),
    "used_elsewhere": (
        _("${site}: “${title}” is used from a new address"),
        _(
            "“${title}” (${kind}), which is yours in “${site}”, was used from a network"
            " where it was not used before, as far as the site remembers."
        ),
    ),
}


def announcement(name: str, credential: ICredential) -> Announcement:
    """How a mail about a credential begins.

    :param name: issued, changed or rotated, which each kind says in its own words, or
        one of those that hold for any kind
    """
    texts = kind_of(credential).texts
    if name in _OF_ANY_KIND:
        variables = {"title": credential.title, "kind": texts.name}
        return Announcement(*_OF_ANY_KIND[name], variables)
    subject = getattr(texts, f"{name}_subject")
    return Announcement(subject, getattr(texts, f"{name}_opening"))


def expiring(kinds: Sequence[ICredentialKind], count: int) -> Announcement:
    """The announcement of a reminder of so many credentials."""
    if len(kinds) > 1:
        return _SEVERAL_KINDS
    texts = kinds[0].texts
    if count == 1:
        return Announcement(texts.one_expires_subject, texts.one_expires_opening)
    return Announcement(texts.some_expire_subject, texts.some_expire_opening)


_SEVERAL_KINDS = Announcement(
    _("${site}: ${count} of your keys, tokens and links expire soon"),
    _(
        "${count} of your keys, tokens, applications and links in “${site}” expire"
        " soon. Whoever uses them will then be locked out."
    ),
)


@singledispatch
def sentence(field: Any, value: Any, kind: ICredentialKind, end: str) -> str:
    """What a mail says about an option; an empty string for nothing.

    :param end: when the credential expires, in words
    """
    return ""


@sentence.register
def _ranges_sentence(
    field: IPRanges, value: str, kind: ICredentialKind, end: str
) -> str:
    if not value:
        return kind.texts.used_from_anywhere
    return _(kind.texts.used_from, mapping={"ip_ranges": value})


@sentence.register
def _expiry_sentence(
    field: Expiry, value: float | None, kind: ICredentialKind, end: str
) -> str:
    if value is None:
        return _("It never expires.")
    return _("It expires on ${time}.", mapping={"time": end})


@sentence.register
def _scopes_sentence(
    field: Scopes, value: tuple[str, ...], kind: ICredentialKind, end: str
) -> str:
    if is_administrative(value):
        return _("The program has the administrative rights of the owner.")
    stores = effect_of(granted_scopes(value)).stores
    return "" if stores else _("The program may only read.")


@sentence.register
def _switch_sentence(
    field: Switch, value: bool, kind: ICredentialKind, end: str
) -> str:
    return field.sentence if value else ""
