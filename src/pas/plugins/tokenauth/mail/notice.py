"""The mail about something that was done to a credential."""

from ..credentials.kinds import kind_of
from ..credentials.rights import owner_manages
from ..i18n import _
from ..site.context import SiteContext
from ..site.fields import fields_of
from ..storage.interfaces import ICredential
from .recipients import Recipient
from .sender import message
from .sender import sender_of
from .texts import Announcement
from .texts import sentence
from .wording import body
from .wording import Wording
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage


#: For owners who may not see what somebody else has issued for them.
_TELL_AN_ADMINISTRATOR = _(
    "If this surprises you, tell an administrator of the site immediately."
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
    announcement: Announcement,
    deed: Deed,
) -> EmailMessage:
    """The mail that tells an owner what was done, and what the credential is now.

    :param announcement: how the mail begins
    """
    wording = Wording(recipient.language)
    sender = sender_of(site.portal)
    kind = kind_of(credential)
    announcement = announcement.filled(site=sender.site_title)
    is_owner = recipient.user_id == credential.acts_as
    manages = is_owner and owner_manages(site, credential)
    text = body(
        [
            wording.prose(announcement.opening),
            "\n".join(_facts(site, credential, deed, wording)),
            wording.prose(*_limits(credential, deed.time, wording)) if is_owner else "",
            wording.prose(
                kind.texts.surprise
                if manages and not credential.has_ended
                else _TELL_AN_ADMINISTRATOR
            ),
            site.page_url(kind.page) if manages else "",
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
    yield from wording.names(credential)
    if deed.requester:
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
    if deed.requester != credential.acts_as:
        return name
    return wording.text(_("your account, ${user}", mapping={"user": name}))


def _limits(credential: ICredential, now: float, wording: Wording) -> Iterator[str]:
    """What the credential is good for, in sentences."""
    kind, end = kind_of(credential), wording.time(credential.expires_at or 0.0)
    for name, option in fields_of(kind.options).items():
        yield sentence(option, getattr(credential, name), kind, end)
    yield from kind.sentences(credential, now, wording.time)
