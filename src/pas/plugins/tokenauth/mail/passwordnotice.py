"""The mail about credentials of somebody whose password was changed."""

from ..credentials.kinds import kind_of
from ..i18n import _
from ..site.context import SiteContext
from ..storage.interfaces import ICredential
from .recipients import Recipient
from .sender import message
from .sender import sender_of
from .wording import body
from .wording import Wording
from collections.abc import Iterable
from email.message import EmailMessage


def password_notice(
    site: SiteContext,
    recipient: Recipient,
    kept: Iterable[ICredential],
    ended: Iterable[ICredential],
    now: float,
) -> EmailMessage:
    """The mail that tells an owner what goes on working and what has ended."""
    wording = Wording(recipient.language)
    sender = sender_of(site.portal)
    names = {"site": sender.site_title}
    paragraphs = [
        wording.prose(
            _("The password of your account in “${site}” was changed.", mapping=names)
        )
    ]
    for credentials, sentence in (
        (ended, _("The programs that use these are locked out:")),
        (kept, _("The programs that use these go on working:")),
    ):
        listed = ["\n".join(wording.names(each)) for each in credentials]
        paragraphs += [wording.prose(sentence), *listed] if listed else []
    paragraphs.append(
        wording.prose(
            _(
                "If somebody else may have known the old password, revoke what you"
                " do not recognise. If you did not change it, tell an administrator"
                " of the site immediately."
            )
        )
    )
    kinds = dict.fromkeys(kind_of(each) for each in [*ended, *kept])
    paragraphs += [site.page_url(kind.page) for kind in kinds]
    subject = wording.text(_("${site}: your password was changed", mapping=names))
    return message(sender, recipient, subject, body(paragraphs), now)
