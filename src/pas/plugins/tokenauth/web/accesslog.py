"""The credential of each request, for the access log of the web server.

Zope works on a copy of what the server hands over, so what is noted there is lost. The
filter puts a list into it, which the copies share, and tells the server what is noted
in the list when the response begins::

    [filter:tokenauth]
    use = egg:pas.plugins.tokenauth#accesslog

    [pipeline:main]
    pipeline =
        translogger
        tokenauth
        egg:Zope#httpexceptions
        zope
"""

from collections.abc import Callable
from collections.abc import Iterable
from typing import Any

import re


#: What the server finds in the environment of the request.
VARIABLE = "TOKENAUTH_CREDENTIAL"
_NOTES = "pas.plugins.tokenauth.accesslog"
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]*")

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def note_credential(request: Any, credential_id: str) -> None:
    """Tell the access log which credential a request has used, or tried to.

    :param credential_id: empty if that is not known
    """
    notes = request.environ.get(_NOTES)
    if notes is not None and credential_id:
        notes[:] = [credential_id]


class CredentialFilter:
    """A WSGI filter that tells the server the credential of each request.

    :param application: what it is in front of
    :param header: name of a response header that names it too; empty for none
    :param in_user: whether it is added to the name of the user, for access logs that
        show that and nothing else
    """

    def __init__(
        self, application: Application, header: str = "", in_user: bool = False
    ) -> None:
        self._application = application
        self._header = header
        self._in_user = in_user

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        notes: list[str] = []
        environ[_NOTES] = notes

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if notes:
                headers = [*headers, *self._tell(environ, notes[0])]
            return start_response(status, headers, *more)

        return self._application(environ, start)

    def _tell(
        self, environ: dict[str, Any], credential_id: str
    ) -> list[tuple[str, str]]:
        environ[VARIABLE] = credential_id
        if self._in_user:
            user = environ.get("REMOTE_USER") or "-"
            environ["REMOTE_USER"] = f"{user}/{credential_id}"
        return [(self._header, credential_id)] if self._header else []


def filter_factory(
    global_conf: Any, header: str = "", in_user: str = "false"
) -> Callable[[Application], CredentialFilter]:
    """What PasteDeploy makes the filter of (``paste.filter_factory``).

    :raises ValueError: when an option is none; the server does not start then
    """
    if not _HEADER_NAME.fullmatch(header):
        raise ValueError(f"This is no name of a header: {header}")
    if in_user not in ("true", "false"):
        raise ValueError("in_user must be true or false.")

    def make(application: Application) -> CredentialFilter:
        return CredentialFilter(application, header, in_user == "true")

    return make
