"""Telling owners at once what is done to their credentials.

Of one that is issued or rotated they always hear, also when it seems to be them who
did it: that is how they notice that somebody else works with their log-in.
"""

from ..core.clock import now
from ..credentials.interfaces import ICredentialKind
from ..credentials.kinds import kind_of
from ..events import ICredentialChanged
from ..events import ICredentialEvent
from ..events import ICredentialIssued
from ..events import IServiceKeyRotated
from ..site.lookup import current_site
from ..web.address import client_address
from .delivery import outbox
from .notice import Deed
from .notice import notice
from .recipients import recipient_of
from .sender import sends_mail
from .texts import Announcement
from .texts import changed
from .texts import issued
from .texts import rotated
from collections.abc import Callable
from zope.component import adapter
from zope.globalrequest import getRequest


@adapter(ICredentialIssued)
def tell_of_issue(event: ICredentialIssued) -> None:
    """Tell a user that a credential was issued for their account."""
    _tell(event, issued)


@adapter(IServiceKeyRotated)
def tell_of_rotation(event: IServiceKeyRotated) -> None:
    """Tell a user that a key of theirs got another key pair."""
    _tell(event, rotated)


@adapter(ICredentialChanged)
def tell_of_change(event: ICredentialChanged) -> None:
    """Tell a user that somebody else changed a credential of theirs."""
    if event.requester != event.owner:
        _tell(event, changed)


def _tell(
    event: ICredentialEvent, announce: Callable[[ICredentialKind], Announcement]
) -> None:
    site = current_site()
    if site is None or not sends_mail(site.portal):
        return
    credential = site.storage.credential(event.credential_id)
    box = outbox(site.portal)
    if credential is None or not box.has_room():
        return
    recipient = recipient_of(site, event.owner)
    if recipient is not None:
        deed = Deed(requester=event.requester, time=now(), address=_client_address())
        box.add(
            notice(site, recipient, credential, announce(kind_of(credential)), deed)
        )


def _client_address() -> str:
    """Where the request comes from; empty for the command line."""
    request = getRequest()
    return "" if request is None else client_address(request)
