"""The mail about credentials that expire soon."""

from ..credentials.interfaces import ICredentialKind
from ..credentials.kinds import kind_of
from ..i18n import _
from ..site.context import SiteContext
from ..storage.interfaces import ICredential
from .recipients import Recipient
from .sender import message
from .sender import sender_of
from .texts import expiring
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
    kinds = list(dict.fromkeys(kind_of(credential) for credential in by_end))
    announcement = expiring(kinds, len(by_end)).filled(
        site=sender.site_title, count=str(len(by_end))
    )
    text = body(
        [
            wording.prose(announcement.opening),
            *(_about(credential, wording) for credential in by_end),
            *_what_to_do(site, kinds, wording),
        ]
    )
    subject = wording.text(announcement.subject)
    return message(sender, recipient, subject, text, now)


def _about(credential: ICredential, wording: Wording) -> str:
    end = wording.line(_("Expires"), wording.time(_end(credential)))
    return "\n".join([*wording.names(credential), end])


def _what_to_do(
    site: SiteContext, kinds: list[ICredentialKind], wording: Wording
) -> Iterator[str]:
    """For each kind how its programs keep going, and a link to where that is done."""
    for kind in kinds:
        link = site.page_url(kind.page)
        if link:
            yield wording.prose(kind.texts.keep_going)
            yield link


def _end(credential: ICredential) -> float:
    return credential.expires_at or 0.0
