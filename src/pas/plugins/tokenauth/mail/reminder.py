"""The mail about credentials that expire soon."""

from ..i18n import _
from ..site.context import SiteContext
from ..storage.interfaces import ICredential
from .messages import message
from .messages import overview_link
from .recipients import Recipient
from .sender import sender_of
from .texts import Announcement
from .texts import both_expiring
from .texts import KindTexts
from .texts import texts_for
from .wording import body
from .wording import Wording
from collections.abc import Iterable
from collections.abc import Iterator
from email.message import EmailMessage


def reminder(
    site: SiteContext,
    recipient: Recipient,
    credentials: Iterable[ICredential],
    now: float,
) -> EmailMessage:
    """The mail that tells an owner of all these, of whatever kind."""
    wording = Wording(recipient.language)
    sender = sender_of(site.portal)
    by_end = sorted(credentials, key=_end)
    kinds = list(dict.fromkeys(texts_for(credential) for credential in by_end))
    announcement = _announcement(sender.site_title, kinds, len(by_end))
    text = body(
        [
            wording.prose(announcement.opening),
            *(_about(credential, wording) for credential in by_end),
            *_what_to_do(site, kinds, wording),
        ]
    )
    subject = wording.text(announcement.subject)
    return message(sender, recipient, subject, text, now)


def _announcement(portal: str, kinds: list[KindTexts], count: int) -> Announcement:
    if len(kinds) > 1:
        return both_expiring(portal, count)
    return kinds[0].expiring(portal, count)


def _about(credential: ICredential, wording: Wording) -> str:
    lines = [
        wording.line(_("Title"), credential.title),
        wording.line(texts_for(credential).id_label, credential.credential_id),
        wording.line(_("Expires"), wording.time(_end(credential))),
    ]
    return "\n".join(lines)


def _what_to_do(
    site: SiteContext, kinds: list[KindTexts], wording: Wording
) -> Iterator[str]:
    """For each kind how its programs keep going, and a link to where that is done."""
    for kind in kinds:
        link = overview_link(site, kind)
        if link:
            yield wording.prose(kind.keep_going)
            yield link


def _end(credential: ICredential) -> float:
    return credential.expires_at or 0.0
