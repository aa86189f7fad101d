"""The site's error log, without what was refused.

It holds few entries, each with a traceback. A program that repeats what it may not do
would drive out what went wrong, and its refusals would look like faults.
"""

from ..web.errorview import Refusal
from .guards.transactions import IRefusedRequest
from typing import Any
from zope.globalrequest import getRequest


def raising(self: Any, info: Any) -> Any:
    """Log an exception, unless it refuses a request or follows from a refusal.

    It replaces the method of the error log, which knows exceptions by name alone.
    """
    if isinstance(info[1], Refusal) or IRefusedRequest.providedBy(getRequest()):
        return None
    return self._old_raising(info)
