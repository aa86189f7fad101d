"""The mail about something that was done to a key."""

from ..i18n import _
from ..storage.servicekeys import ServiceKey
from ..usecases.server import AuthorizationServer
from .announcements import Announcement
from .messages import message
from .messages import overview_link
from .recipients import Recipient
from .sender import sender_of
from .wording import body
from .wording import Wording
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Who did something, when, and from where.

    :param actor: user id, or what stands for it in the records
    :param time: seconds since the epoch
    :param address: address of the client; empty if there is none
    """

    actor: str
    time: float
    address: str


def notice(
    server: AuthorizationServer,
    recipient: Recipient,
    service_key: ServiceKey,
    announce: Callable[[str], Announcement],
    deed: Deed,
) -> EmailMessage:
    """The mail that tells an owner what was done, and what the key is now.

    :param announce: makes the announcement from the title of the site
    """
    wording = Wording(recipient.language)
    sender = sender_of(server.site)
    announcement = announce(sender.site_title)
    text = body(
        [
            wording.prose(announcement.opening),
            "\n".join(_facts(server, service_key, deed, wording)),
            wording.prose(*_limits(service_key, deed.time, wording)),
            wording.prose(
                _(
                    "If this surprises you, revoke the key at once and tell an"
                    " administrator of the site."
                )
            ),
            overview_link(server),
        ]
    )
    subject = wording.text(announcement.subject)
    return message(sender, recipient, subject, text, deed.time)


def _facts(
    server: AuthorizationServer,
    service_key: ServiceKey,
    deed: Deed,
    wording: Wording,
) -> Iterator[str]:
    yield wording.line(_("Title"), service_key.title)
    yield wording.line(_("Client id"), service_key.client_id)
    yield wording.line(_("Done by"), _who(server, service_key, deed, wording))
    yield wording.line(_("Time"), wording.time(deed.time))
    if deed.address:
        yield wording.line(_("Client address"), deed.address)


def _who(
    server: AuthorizationServer,
    service_key: ServiceKey,
    deed: Deed,
    wording: Wording,
) -> str:
    user = server.users.get(deed.actor)
    known = user is not None and user.login != deed.actor
    name = f"{user.login} ({deed.actor})" if user and known else deed.actor
    if deed.actor != service_key.owner:
        return name
    return wording.text(_("your account, ${user}", mapping={"user": name}))


def _limits(service_key: ServiceKey, now: float, wording: Wording) -> Iterator[str]:
    """What the key is good for, in sentences."""
    if service_key.ip_ranges:
        yield _(
            "The key can be used from ${ip_ranges} only.",
            mapping={"ip_ranges": service_key.ip_ranges},
        )
    else:
        yield _("The key can be used from anywhere.")
    if service_key.expires_at is None:
        yield _("It never expires.")
    else:
        end = wording.time(service_key.expires_at)
        yield _("It expires on ${time}.", mapping={"time": end})
    for public_key in service_key.live_public_keys(now):
        if public_key.expires_at is not None:
            end = wording.time(public_key.expires_at)
            yield _("An earlier key pair works until ${time}.", mapping={"time": end})
    if service_key.may_impersonate:
        yield _("The program may act as other users of the site.")
    if service_key.may_manage_users:
        yield _("The program may manage user accounts.")
