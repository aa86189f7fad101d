"""Telling owners at once what is done to their keys.

Of a key that is issued or rotated they always hear, also when it seems to be them who
did it: that is how they notice that somebody else works with their log-in.
"""

from ..clock import now
from ..events import IServiceKeyChanged
from ..events import IServiceKeyIssued
from ..events import IServiceKeyRotated
from ..events import ServiceKeyChanged
from ..events import ServiceKeyIssued
from ..events import ServiceKeyRotated
from ..plugin.lookup import current_server
from .announcements import Announcement
from .announcements import change
from .announcements import issue
from .announcements import rotation
from .delivery import outbox
from .notice import Deed
from .notice import notice
from .recipients import recipient_of
from .sender import sends_mail
from collections.abc import Callable
from typing import Any
from zope.component import adapter
from zope.globalrequest import getRequest


@adapter(IServiceKeyIssued)
def tell_of_issue(event: ServiceKeyIssued) -> None:
    """Tell a user that a key was issued for their account."""
    _tell(event, issue)


@adapter(IServiceKeyRotated)
def tell_of_rotation(event: ServiceKeyRotated) -> None:
    """Tell a user that a key of theirs got another key pair."""
    _tell(event, rotation)


@adapter(IServiceKeyChanged)
def tell_of_change(event: ServiceKeyChanged) -> None:
    """Tell a user that somebody else changed a key of theirs."""
    if event.actor != event.owner:
        _tell(event, change)


def _tell(event: Any, announce: Callable[[str], Announcement]) -> None:
    server = current_server()
    if server is None or not sends_mail(server.site):
        return
    service_key = server.storage.service_keys.get(event.credential_id)
    box = outbox(server.site)
    if service_key is None or not box.has_room():
        return
    recipient = recipient_of(server, event.owner)
    if recipient is not None:
        deed = Deed(actor=event.actor, time=now(), address=_client_address())
        box.add(notice(server, recipient, service_key, announce, deed))


def _client_address() -> str:
    """Where the request comes from; empty for the command line."""
    request = getRequest()
    return "" if request is None else str(request.getClientAddr())
