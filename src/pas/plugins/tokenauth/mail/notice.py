"""The mail about something that was done to a credential."""

from ..core.scopes import WRITE
from ..credentials.rights import owner_manages
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import is_administrative
from ..i18n import _
from ..site.context import SiteContext
from ..storage.interfaces import ICredential
from ..storage.servicekeys import ServiceKey
from .messages import message
from .messages import overview_link
from .recipients import Recipient
from .sender import sender_of
from .texts import Announce
from .texts import texts_for
from .wording import body
from .wording import Wording
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage


#: For owners who may not see what somebody else has issued for them.
_TELL_AN_ADMINISTRATOR = _(
    "If this surprises you, tell an administrator of the site at once."
)


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Who did something, when, and from where.

    :param requester: user id, or what stands for it in the records
    :param time: seconds since the epoch
    :param address: address of the client; empty if there is none
    """

    requester: str
    time: float
    address: str


def notice(
    site: SiteContext,
    recipient: Recipient,
    credential: ICredential,
    announce: Announce,
    deed: Deed,
) -> EmailMessage:
    """The mail that tells an owner what was done, and what the credential is now.

    :param announce: makes the announcement from the title of the site
    """
    wording = Wording(recipient.language)
    sender = sender_of(site.portal)
    kind = texts_for(credential)
    announcement = announce(sender.site_title)
    manages = owner_manages(site, credential)
    text = body(
        [
            wording.prose(announcement.opening),
            "\n".join(_facts(site, credential, deed, wording)),
            wording.prose(*_limits(credential, deed.time, wording)),
            wording.prose(kind.surprise if manages else _TELL_AN_ADMINISTRATOR),
            overview_link(site, kind) if manages else "",
        ]
    )
    subject = wording.text(announcement.subject)
    return message(sender, recipient, subject, text, deed.time)


def _facts(
    site: SiteContext,
    credential: ICredential,
    deed: Deed,
    wording: Wording,
) -> Iterator[str]:
    yield wording.line(_("Title"), credential.title)
    yield wording.line(texts_for(credential).id_label, credential.credential_id)
    yield wording.line(_("Done by"), _who(site, credential, deed, wording))
    yield wording.line(_("Time"), wording.time(deed.time))
    if deed.address:
        yield wording.line(_("Client address"), deed.address)


def _who(
    site: SiteContext,
    credential: ICredential,
    deed: Deed,
    wording: Wording,
) -> str:
    user = site.users.get(deed.requester)
    known = user is not None and user.login != deed.requester
    name = f"{user.login} ({deed.requester})" if user and known else deed.requester
    if deed.requester != credential.owner:
        return name
    return wording.text(_("your account, ${user}", mapping={"user": name}))


def _limits(credential: ICredential, now: float, wording: Wording) -> Iterator[str]:
    """What the credential is good for, in sentences."""
    kind = texts_for(credential)
    if credential.ip_ranges:
        yield kind.used_from(credential.ip_ranges)
    else:
        yield kind.used_from_anywhere
    if credential.expires_at is None:
        yield _("It never expires.")
    else:
        end = wording.time(credential.expires_at)
        yield _("It expires on ${time}.", mapping={"time": end})
    if isinstance(credential, ServiceKey):
        yield from _earlier_key_pairs(credential, now, wording)
    if WRITE not in granted_scopes(credential.scopes):
        yield _("The program may only read.")
    if credential.may_impersonate:
        yield _("The program may act as other users of the site.")
    if is_administrative(credential.scopes):
        yield _("The program has the administrative rights of the owner.")


def _earlier_key_pairs(
    service_key: ServiceKey, now: float, wording: Wording
) -> Iterator[str]:
    for public_key in service_key.live_public_keys(now):
        if public_key.expires_at is not None:
            end = wording.time(public_key.expires_at)
            yield _("An earlier key pair works until ${time}.", mapping={"time": end})
