"""How mails begin, and what they say about the options of a credential."""

from ..core.scopes import WRITE
from ..credentials.fields import Expiry
from ..credentials.fields import IPRanges
from ..credentials.fields import Scopes
from ..credentials.fields import Switch
from ..credentials.interfaces import ICredentialKind
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import is_administrative
from ..i18n import _
from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any


@dataclass(frozen=True)
class Announcement:
    """How a mail begins; both strings are translatable."""

    subject: str
    opening: str

    def filled(self, **mapping: str) -> "Announcement":
        """It with its variables."""
        return Announcement(
            _(self.subject, mapping=mapping), _(self.opening, mapping=mapping)
        )


def issued(kind: ICredentialKind) -> Announcement:
    """The announcement of a credential to who owns it now."""
    return Announcement(kind.texts.issued_subject, kind.texts.issued_opening)


def changed(kind: ICredentialKind) -> Announcement:
    """The announcement of a change by somebody else."""
    return Announcement(kind.texts.changed_subject, kind.texts.changed_opening)


def rotated(kind: ICredentialKind) -> Announcement:
    """The announcement of a new secret of the same credential."""
    return Announcement(kind.texts.rotated_subject, kind.texts.rotated_opening)


def expiring(kinds: Sequence[ICredentialKind], count: int) -> Announcement:
    """The announcement of a reminder of so many credentials."""
    if len(kinds) > 1:
        return _SEVERAL_KINDS
    texts = kinds[0].texts
    if count == 1:
        return Announcement(texts.one_expires_subject, texts.one_expires_opening)
    return Announcement(texts.some_expire_subject, texts.some_expire_opening)


_SEVERAL_KINDS = Announcement(
    _("${site}: ${count} of your keys and personal access tokens expire soon"),
    _(
        "${count} of your service keys and personal access tokens in “${site}” expire"
        " soon. The programs that use them are locked out then."
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
        used_anywhere: str = kind.texts.used_from_anywhere
        return used_anywhere
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
    reads = WRITE not in granted_scopes(value)
    return _("The program may only read.") if reads else ""


@sentence.register
def _switch_sentence(
    field: Switch, value: bool, kind: ICredentialKind, end: str
) -> str:
    return field.sentence if value else ""
