"""A request that waits while a person logs in: sealed into the URL, and stored nowhere.

So nobody makes the site write anything without logging in, and there is no identifier
by which somebody else could go on with it.
"""

from ..core.base64url import decoded
from ..core.base64url import encoded
from ..i18n import _
from ..sealing.sealer import sealer_of
from ..site.context import SiteContext
from .page import NoAnswer

import json
import zlib


#: Seconds for which a request waits.
LIFETIME = 30 * 60
#: Characters; more does not fit into URLs everywhere.
MAX_SEALED = 6 * 1024


class TooLarge(ValueError):
    """A request cannot wait in a URL."""


class PendingRefused(NoAnswer):
    """A request does not wait any longer, or has never done so.

    :param problem: what is wrong with it, for the log
    """

    def __init__(self, problem: str) -> None:
        super().__init__(
            _("You took more than half an hour. Begin again at the application."),
            f"pending request is {problem}",
        )


def seal_pending(
    site: SiteContext,
    purpose: str,
    request: str,
    now: float,
    max_length: int = MAX_SEALED,
) -> str:
    """A request as one word, for a URL unless it may be longer.

    :param purpose: what can go on with it
    :param request: what the protocol needs to go on, in its own form
    :param max_length: of the word
    :raises TooLarge: when it does not fit
    :raises SealingOff: when there is no usable sealing key
    """
    packed = zlib.compress(json.dumps([now, request]).encode())
    sealed = encoded(sealer_of(site).seal(purpose, "", packed))
    if len(sealed) > max_length:
        raise TooLarge()
    return sealed


def open_pending(site: SiteContext, purpose: str, sealed: str, now: float) -> str:
    """The request that waits.

    :raises PendingRefused: when it has waited for too long, or was not sealed for this
    :raises SealingOff: when there is no usable sealing key
    """
    try:
        packed = sealer_of(site).open(purpose, "", decoded(sealed))
    except ValueError:
        # No base64url, or CannotOpen.
        raise PendingRefused("not sealed here") from None
    made_at, request = json.loads(zlib.decompress(packed))
    if now >= made_at + LIFETIME:
        raise PendingRefused("expired")
    return str(request)
