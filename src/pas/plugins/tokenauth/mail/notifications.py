"""Telling owners at once what is done to their credentials.

Of one that is issued or rotated they always hear, also when it seems to be them who
did it: that is how they notice that somebody else works with their log-in.
"""

from ..core.clock import now
from ..credentials.kinds import kind_named
from ..credentials.kinds import kinds
from ..credentials.passwords import PASSWORD_CHANGE
from ..events import IChangedEvent
from ..events import ICredentialEvent
from ..events import IIssuedEvent
from ..events import INewAddressEvent
from ..events import IPasswordChangedEvent
from ..events import IRevokedEvent
from ..events import REFRESH_TOKEN
from ..site.lookup import current_site
from ..web.address import client_address
from .delivery import outbox
from .notice import Deed
from .notice import notice
from .passwordnotice import password_notice
from .recipients import recipient_of
from .sender import sends_mail
from .texts import announcement
from zope.component import adapter
from zope.globalrequest import getRequest


#: What is announced of a change, by what was done.
_BY_ACTION = {"disable": "disabled", "enable": "enabled", "transfer": "received"}


@adapter(IIssuedEvent)
def tell_of_issue(event: IIssuedEvent) -> None:
    """Tell a user that a credential was issued for their account."""
    if event.details.get("tells_owner"):
        _tell(event, "issued")
    if not event.new_secret:
        return
    if event.requester != event.owner or kind_named(event.kind).tells_of_own:
        _tell(event, "issued")


@adapter(IChangedEvent)
def tell_of_change(event: IChangedEvent) -> None:
    """Tell a user of a new secret, and of what somebody else changed."""
    if event.new_secret:
        _tell(event, "rotated")
    elif event.requester != event.owner:
        action = event.details.get("action", "")
        _tell(event, _BY_ACTION.get(action, "changed"))
    former = event.details.get("former_owner")
    if former is not None:
        _tell(event, "handed_over", former)


@adapter(IRevokedEvent)
def tell_of_end(event: IRevokedEvent) -> None:
    """Tell a user that somebody else has ended a token that programs send as it is.

    Whoever had it may have found it. A key that ends is seen by its program first, and
    so is a sign-in that its application ends.
    """
    if event.kind == REFRESH_TOKEN:
        if event.requester not in (event.owner, event.details["client_id"]):
            _tell(event, "signed_out")
        return
    # An access token ends too, and is no credential.
    kind = kinds().get(event.kind)
    # Of what a new password ends, they are told together.
    if event.requester in (event.owner, PASSWORD_CHANGE):
        return
    if kind is not None and kind.is_bearer:
        _tell(event, "ended")


@adapter(IPasswordChangedEvent)
def tell_of_password(event: IPasswordChangedEvent) -> None:
    """Tell a user with a new password what their programs have."""
    site = current_site()
    if site is None or not sends_mail(site.portal):
        return
    box = outbox(site.portal)
    recipient = recipient_of(site, event.owner) if box.has_room() else None
    if recipient is None:
        return
    kept, ended = (
        [each for each in map(site.storage.credential, ids) if each is not None]
        for ids in (event.kept, event.ended)
    )
    box.add(password_notice(site, recipient, kept, ended, now()))


@adapter(INewAddressEvent)
def tell_of_new_address(event: INewAddressEvent) -> None:
    """Tell a user from where a credential of theirs is used that was not before."""
    deed = Deed(requester="", time=event.used_at, address=event.address)
    _tell_of(event.credential_id, "used_elsewhere", deed)


def _tell(event: ICredentialEvent, name: str, user_id: str = "") -> None:
    """Tell a user about an event, the owner if no other is named.

    :param name: see announcement
    """
    deed = Deed(requester=event.requester, time=now(), address=_client_address())
    _tell_of(event.credential_id, name, deed, user_id)


def _tell_of(credential_id: str, name: str, deed: Deed, user_id: str = "") -> None:
    site = current_site()
    if site is None or not sends_mail(site.portal):
        return
    credential = site.storage.credential(credential_id)
    box = outbox(site.portal)
    if credential is None or not box.has_room():
        return
    recipient = recipient_of(site, user_id or credential.acts_as)
    if recipient is not None:
        begins = announcement(name, credential)
        box.add(notice(site, recipient, credential, begins, deed))


def _client_address() -> str:
    """Where the request comes from; empty for the command line."""
    request = getRequest()
    return "" if request is None else client_address(request)
