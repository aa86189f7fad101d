"""Requests that a foreign web page makes a browser send."""

from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from plone.protect.authenticator import check as check_authenticator
from plone.protect.interfaces import IDisableCSRFProtection
from plone.protect.utils import SAFE_WRITE_KEY
from typing import Any
from zExceptions import Forbidden
from zope.interface import alsoProvides


def check_not_forged(request: Any) -> None:
    """Let a browser's request through only with an authenticator of this site.

    A browser sends cookies by itself, whoever makes it send a request. It may send
    a password for HTTP Basic in the same way.

    :raises Forbidden: for a request with neither that nor an Authorization header
        that it cannot have been made to send
    """
    if request._auth and not _can_be_forged(request):
        alsoProvides(request, IDisableCSRFProtection)
    else:
        check_authenticator(request)


def _can_be_forged(request: Any) -> bool:
    """Whether a foreign page can make a browser send this with a password of its own.

    A browser names the origin of each POST request, and asks the site first for other
    methods that change anything, and for JSON (Fetch, sections 3.2 and 3.3.5). It
    never sends a token by itself.
    """
    return (
        request.get("REQUEST_METHOD") == "POST"
        and request.getHeader("Origin") is not None
        and not request._auth.lower().startswith("bearer ")
        and not is_json(request)
    )


def is_json(request: Any) -> bool:
    """Whether the body of a request is declared to be JSON."""
    media_type = request.environ.get("CONTENT_TYPE", "").partition(";")[0]
    return bool(media_type.strip().lower() == "application/json")


@contextmanager
def written_safely(request: Any, stored: Any) -> Iterator[None]:
    """Let a GET request store what is written inside, and nothing else.

    plone.protect takes back whatever else is changed in it.

    :param stored: something of the database
    """
    registered = stored._p_jar._registered_objects
    before = {obj._p_oid for obj in registered}
    yield
    written = {obj._p_oid for obj in registered} - before
    request.environ.setdefault(SAFE_WRITE_KEY, []).extend(written)


def check_post(request: Any) -> None:
    """Let only POST requests through that come from a form of this site.

    :raises Forbidden: for any other request
    """
    if request.get("REQUEST_METHOD") != "POST":
        raise Forbidden("Request must be POST")
    check_authenticator(request)


def is_own_form(request: Any, fields: Mapping[str, str]) -> bool:
    """Whether a POST request comes from a form of this site.

    :param fields: of the form, which Zope has not read
    """
    request.form["_authenticator"] = fields.get("_authenticator", "")
    try:
        check_post(request)
    except Forbidden:
        return False
    return True
