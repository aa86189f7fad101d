"""Tokens of links on their way from the URL to our page, and to nobody else.

The rest of Zope sees a URL without the token: pages about errors, logs, the URL that
somebody who has to log in comes back to.
"""

from ..core.secret import Secret
from ..web.isolation import WHOLE_URIS
from .kind import LINK_PAGE
from typing import Any
from zope.annotation.interfaces import IAnnotations
from zope.component import adapter
from ZPublisher.interfaces import IPubStart

import re


_KEY = "pas.plugins.tokenauth.link"
_PATH = re.compile(rf"(.*/(?:@@|\+\+view\+\+){LINK_PAGE})/(.+)", re.DOTALL)
#: By which a page is asked for.
_METHODS = ("GET", "HEAD", "POST")


@adapter(IPubStart)
def hide_link(event: IPubStart) -> None:
    """Take what follows on the name of our page out of the URL."""
    environ = event.request.environ
    found = _PATH.fullmatch(environ.get("PATH_INFO", ""))
    if found is not None:
        shown = found[1]
        if environ["REQUEST_METHOD"] not in _METHODS:
            # Zope would take the page for something to edit by WebDAV, and fail.
            shown += "/-"
        environ["PATH_INFO"] = shown
        for name in WHOLE_URIS & environ.keys():
            # The error log shows them.
            environ[name] = shown
        IAnnotations(event.request)[_KEY] = Secret(found[2].rstrip("/"))


def presented_link(request: Any) -> str:
    """The token in the URL of a request, whatever it is; an empty string for none."""
    return IAnnotations(request).get(_KEY, "")
