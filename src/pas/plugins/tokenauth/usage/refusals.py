"""Refusals of credentials that are known, on record like their uses."""

from ..core.clock import now
from ..events import IRefusedEvent
from ..site.lookup import current_site
from .client import ClientInfo
from .recorder import recorder
from typing import Any
from zope.component import adapter
from zope.globalrequest import getRequest


class UnknownCredentials:
    """How many requests came with what no credential here is, since the start."""

    number = 0


UNKNOWN = UnknownCredentials()


@adapter(IRefusedEvent)
def record_refusal(event: Any) -> None:
    """Remember that a credential was refused; it is written later.

    What nobody knows is counted and not kept: else anybody could fill memory and
    database, with ids of their choice.
    """
    site = current_site()
    if site is None:
        return
    if site.storage.credential(event.credential_id) is None:
        UNKNOWN.number += 1
        return
    request = getRequest()
    agent = "" if request is None else request.getHeader("User-Agent", "")
    client = ClientInfo(address=event.address, user_agent=agent)
    recorder.note_use(
        site.settings,
        event.credential_id,
        "",
        client,
        now(),
        event.reason,
        only_named=event.only_named,
    )
