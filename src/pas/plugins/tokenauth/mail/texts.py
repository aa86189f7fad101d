"""What mails say about each kind of credential."""

from ..i18n import _
from ..storage.interfaces import ICredential
from ..storage.personaltokens import PersonalAccessToken
from ..storage.servicekeys import ServiceKey
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Announcement:
    """How a mail begins; both strings are translatable."""

    subject: str
    opening: str


#: Makes an announcement from the title of the site.
Announce = Callable[[str], Announcement]


@dataclass(frozen=True, kw_only=True)
class KindTexts:
    """What mails say about one kind; the strings are translatable.

    :param overview: name of the page with all that a user has of this kind
    :param id_label: what its id is called
    :param issued: announces an issue
    :param changed: announces a change by somebody else
    :param expiring: announces that so many expire soon
    :param keep_going: how to keep a program from being locked out; the link follows
    :param used_from: says from which addresses it can be used
    :param used_from_anywhere: says that they do not matter
    :param surprise: what to do about a notice that nobody expects
    """

    overview: str
    id_label: str
    issued: Announce
    changed: Announce
    expiring: Callable[[str, int], Announcement]
    keep_going: str
    used_from: Callable[[str], str]
    used_from_anywhere: str
    surprise: str


def texts_for(credential: ICredential) -> KindTexts:
    """What mails say about the kind of this credential."""
    return _TEXTS[credential.kind]


def key_rotated(portal: str) -> Announcement:
    """The announcement of a new key pair, which only keys get."""
    return Announcement(
        _(
            "${site}: one of your service keys got a new key pair",
            mapping={"site": portal},
        ),
        _(
            "One of your service keys in “${site}” got a new key pair. The program"
            " that has it acts there as you.",
            mapping={"site": portal},
        ),
    )


def both_expiring(portal: str, count: int) -> Announcement:
    """The announcement of a reminder of credentials of both kinds."""
    mapping = {"site": portal, "count": str(count)}
    return Announcement(
        _(
            "${site}: ${count} of your service keys and access tokens expire soon",
            mapping=mapping,
        ),
        _(
            "${count} of your service keys and access tokens in “${site}” expire soon."
            " The programs that use them are locked out then.",
            mapping=mapping,
        ),
    )


def _key_issued(portal: str) -> Announcement:
    return Announcement(
        _(
            "${site}: a service key was issued for your account",
            mapping={"site": portal},
        ),
        _(
            "A service key was issued for your account in “${site}”. The program that"
            " has it acts there as you.",
            mapping={"site": portal},
        ),
    )


def _key_changed(portal: str) -> Announcement:
    return Announcement(
        _("${site}: one of your service keys was changed", mapping={"site": portal}),
        _(
            "Somebody else changed one of your service keys in “${site}”. Below is"
            " what it is now.",
            mapping={"site": portal},
        ),
    )


def _keys_expiring(portal: str, count: int) -> Announcement:
    mapping = {"site": portal, "count": str(count)}
    if count == 1:
        return Announcement(
            _("${site}: one of your service keys expires soon", mapping=mapping),
            _(
                "One of your service keys in “${site}” expires soon. The program that"
                " uses it is locked out then.",
                mapping=mapping,
            ),
        )
    return Announcement(
        _("${site}: ${count} of your service keys expire soon", mapping=mapping),
        _(
            "${count} of your service keys in “${site}” expire soon. The programs that"
            " use them are locked out then.",
            mapping=mapping,
        ),
    )


def _key_used_from(ip_ranges: str) -> str:
    return _(
        "The key can be used from ${ip_ranges} only.", mapping={"ip_ranges": ip_ranges}
    )


def _token_issued(portal: str) -> Announcement:
    return Announcement(
        _(
            "${site}: a personal access token was issued for your account",
            mapping={"site": portal},
        ),
        _(
            "A personal access token was issued for your account in “${site}”. The"
            " program that has it acts there as you.",
            mapping={"site": portal},
        ),
    )


def _token_changed(portal: str) -> Announcement:
    return Announcement(
        _(
            "${site}: one of your personal access tokens was changed",
            mapping={"site": portal},
        ),
        _(
            "Somebody else changed one of your personal access tokens in “${site}”."
            " Below is what it is now.",
            mapping={"site": portal},
        ),
    )


def _tokens_expiring(portal: str, count: int) -> Announcement:
    mapping = {"site": portal, "count": str(count)}
    if count == 1:
        return Announcement(
            _(
                "${site}: one of your personal access tokens expires soon",
                mapping=mapping,
            ),
            _(
                "One of your personal access tokens in “${site}” expires soon. The"
                " program that uses it is locked out then.",
                mapping=mapping,
            ),
        )
    return Announcement(
        _(
            "${site}: ${count} of your personal access tokens expire soon",
            mapping=mapping,
        ),
        _(
            "${count} of your personal access tokens in “${site}” expire soon. The"
            " programs that use them are locked out then.",
            mapping=mapping,
        ),
    )


def _token_used_from(ip_ranges: str) -> str:
    return _(
        "The token can be used from ${ip_ranges} only.",
        mapping={"ip_ranges": ip_ranges},
    )


_TEXTS = {
    ServiceKey.kind: KindTexts(
        overview="@@manage-service-keys",
        id_label=_("Client id"),
        issued=_key_issued,
        changed=_key_changed,
        expiring=_keys_expiring,
        keep_going=_(
            "To keep the program going, give the key a later expiry, rotate it, or"
            " issue a new one in time:"
        ),
        used_from=_key_used_from,
        used_from_anywhere=_("The key can be used from anywhere."),
        surprise=_(
            "If this surprises you, revoke the key at once and tell an administrator of"
            " the site."
        ),
    ),
    PersonalAccessToken.kind: KindTexts(
        overview="@@manage-personal-access-tokens",
        id_label=_("Id"),
        issued=_token_issued,
        changed=_token_changed,
        expiring=_tokens_expiring,
        keep_going=_(
            "To keep the program going, give the token a later expiry, or issue a new"
            " one in time:"
        ),
        used_from=_token_used_from,
        used_from_anywhere=_("The token can be used from anywhere."),
        surprise=_(
            "If this surprises you, revoke the token at once and tell an administrator"
            " of the site."
        ),
    ),
}
