"""Telling the log and the subscribers that somebody was refused."""

from ..core.text import cleaned
from ..events import RefusedEvent
from ..usage.client import ADDRESS_LENGTH
from zope.event import notify

import logging


logger = logging.getLogger("pas.plugins.tokenauth")

#: Characters of an id, and of a reason.
_LENGTH = 1000


def report_refusal(
    what: str,
    reason: str,
    credential_id: str,
    address: str,
    only_named: bool = False,
) -> None:
    """Report a refused grant or token; nothing given here is a secret.

    What a client or a proxy has sent may be in each of these but the first.

    :param what: what was refused, for people who read logs, such as ``token``
    :param address: of the client
    :param only_named: whether nothing has shown that it was the credential
    """
    reason, credential_id = cleaned(reason, _LENGTH), cleaned(credential_id, _LENGTH)
    address = cleaned(address, ADDRESS_LENGTH)
    logger.warning(
        "Refused a %s: %s (key %s, client address %s)",
        what,
        reason,
        credential_id or "unknown",
        address or "unknown",
    )
    notify(
        RefusedEvent(
            what=what,
            credential_id=credential_id,
            only_named=only_named,
            reason=reason,
            address=address,
        )
    )
