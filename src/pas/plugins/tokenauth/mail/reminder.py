"""The mail about keys that expire soon."""

from ..i18n import _
from ..storage.servicekeys import ServiceKey
from ..usecases.server import AuthorizationServer
from .messages import message
from .messages import overview_link
from .recipients import Recipient
from .sender import sender_of
from .wording import body
from .wording import Wording
from email.message import EmailMessage


def reminder(
    server: AuthorizationServer,
    recipient: Recipient,
    keys: list[ServiceKey],
    now: float,
) -> EmailMessage:
    """The mail that tells an owner of all these keys."""
    wording = Wording(recipient.language)
    sender = sender_of(server.site)
    link = overview_link(server)
    subject, opening = _announcement(sender.site_title, len(keys))
    closing = _(
        "To keep the program going, give the key a later expiry, rotate it, or issue a"
        " new one in time:"
    )
    text = body(
        [
            wording.prose(opening),
            *(_about(key, wording) for key in sorted(keys, key=_end)),
            wording.prose(closing) if link else "",
            link,
        ]
    )
    return message(sender, recipient, wording.text(subject), text, now)


def _announcement(site: str, count: int) -> tuple[str, str]:
    """Subject and first paragraph."""
    if count == 1:
        return (
            _(
                "${site}: one of your service keys expires soon",
                mapping={"site": site},
            ),
            _(
                "One of your service keys in “${site}” expires soon. The program that"
                " uses it is locked out then.",
                mapping={"site": site},
            ),
        )
    return (
        _(
            "${site}: ${count} of your service keys expire soon",
            mapping={"site": site, "count": str(count)},
        ),
        _(
            "${count} of your service keys in “${site}” expire soon. The programs that"
            " use them are locked out then.",
            mapping={"site": site, "count": str(count)},
        ),
    )


def _about(service_key: ServiceKey, wording: Wording) -> str:
    lines = [
        wording.line(_("Title"), service_key.title),
        wording.line(_("Client id"), service_key.client_id),
        wording.line(_("Expires"), wording.time(_end(service_key))),
    ]
    return "\n".join(lines)


def _end(service_key: ServiceKey) -> float:
    return service_key.expires_at or 0.0
