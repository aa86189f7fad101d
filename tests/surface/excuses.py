"""Requests on which the server, Zope or PAS fails before any code of ours runs.

Each row has an example. The example is sent to a page of ours and to one of Plone's
(test_excuses.py), and both must fail with the same status: a row that Zope no longer
needs has to go. In a run of the fuzzer a failure counts as excused only if its request
is like a row and Plone's own counterpart of the request fails alike.
"""

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from tests.surface.discovery import ADDING_PATH
from tests.surface.discovery import Entry
from tests.surface.oracle import leads_there
from tests.surface.wire import Request
from tests.surface.world import front_channel_fields
from urllib.parse import unquote_to_bytes
from ZPublisher.utils import basic_auth_decode

import re


FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
JSON = (("Content-Type", "application/json"), ("Accept", "application/json"))
#: What Plone has in place of an entry of ours.
COUNTERPARTS = {
    "oauth": "/@@sitemap",
    "metadata": "/@@sitemap",
    "page": "/@@overview-controlpanel",
    "zmi": "/acl_users/source_users/manage_main",
    "service": "/@types",
    "panel": "/@types",
    "static": "/@@sitemap",
}
#: Methods that Zope does not take for WebDAV.
_ORDINARY = ("GET", "POST", "HEAD", "PURGE")
#: Python gives up at about this depth.
_DEEP = 900


@dataclass(frozen=True)
class Excuse:
    """One way in which a request fails before it gets to us.

    :param who: what fails
    :param why: how
    :param example: of such a request; ``{page}`` stands for the path of a page
    :param status: of the answer
    :param fits: whether a request is like that
    :param is_early: whether not even the publisher has seen the request: the only way
        to fail that our OAuth endpoints are excused for
    """

    who: str
    why: str
    example: Request
    status: int
    fits: Callable[[Request], bool]
    is_early: bool = False

    def covers(self, entry: Entry, request: Request) -> bool:
        """Whether a request to an entry may fail like that."""
        if self.is_early or not entry.promises_json:
            return True
        # What is only like the path of an endpoint is none.
        return not leads_there(entry, request)


def _parameters(request: Request) -> bytes:
    query = request.target.partition("?")[2].encode("latin-1", "replace")
    return query + b"&" + request.body


def _has_suffix(request: Request) -> bool:
    names = [pair.partition(b"=")[0] for pair in _parameters(request).split(b"&")]
    names += re.findall(rb'name="([^"]*)"', request.body)
    return any(b":" in unquote_to_bytes(name) for name in names)


def _is_no_utf8(request: Request) -> bool:
    path = request.target.partition("?")[0].encode("latin-1", "replace")
    try:
        unquote_to_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _has_damaged_basic(request: Request) -> bool:
    # The server joins several of them by a comma.
    value = ",".join(request.all("Authorization"))
    try:
        basic_auth_decode(value.encode("latin-1", "replace").decode("latin-1"))
    except ValueError:
        return True
    return False


def _nests_deeply(request: Request) -> bool:
    return request.body.count(b"[") + request.body.count(b"{") > _DEEP


def _is_webdav(request: Request) -> bool:
    return request.method not in _ORDINARY


def _has(name: str, text: str) -> Callable[[Request], bool]:
    def fits(request: Request) -> bool:
        return any(text in value for value in request.all(name))

    return fits


def _leads_through(step: str) -> Callable[[Request], bool]:
    def fits(request: Request) -> bool:
        path = unquote_to_bytes(request.target.partition("?")[0])
        return step.encode() in path

    return fits


def _form(body: bytes) -> Request:
    return Request("POST", "{page}", FORM, body)


EXCUSES = (
    Excuse(
        "waitress",
        "transfer codings other than chunked are 501 (RFC 9112 section 6.1)",
        Request("POST", "{page}", (("Transfer-Encoding", "gzip"),)),
        501,
        _has("Transfer-Encoding", ""),
        is_early=True,
    ),
    Excuse(
        "Zope",
        "a suffix of a name converts the value, or asks for a charset, and cannot",
        _form(b"x:int=y"),
        500,
        _has_suffix,
    ),
    Excuse(
        "Zope",
        "the path is no UTF-8",
        Request("GET", "{page}/%ff"),
        500,
        _is_no_utf8,
        is_early=True,
    ),
    Excuse(
        "Zope",
        "a body of several parts without a boundary",
        Request("POST", "{page}", (("Content-Type", "multipart/form-data"),), b"x"),
        503,
        _has("Content-Type", "multipart"),
    ),
    Excuse(
        "Zope",
        "the charset of a form is none in which text can be read",
        Request(
            "POST", "{page}", ((FORM[0][0], f"{FORM[0][1]}; charset=idna"),), b"x=y"
        ),
        500,
        _has("Content-Type", "charset"),
    ),
    Excuse(
        "Zope",
        "an XML-RPC call that is none, where XML-RPC is switched on (here it is)",
        Request("POST", "{page}", (("Content-Type", "text/xml"),), b"x"),
        500,
        _has("Content-Type", "xml"),
    ),
    Excuse(
        "Zope",
        "a method of WebDAV, or an unknown one, asks a view for what only content has",
        Request("PATCH", "{page}"),
        500,
        _is_webdav,
    ),
    Excuse(
        "PAS",
        "a Basic header that is no Base64",
        Request("GET", "{page}", (("Authorization", "Basic ="),)),
        500,
        _has_damaged_basic,
    ),
    Excuse(
        "plone.restapi",
        "its log-in reads every JSON body, and fails on one that nests deeply",
        Request("POST", "{page}", JSON, b"[" * 30_000),
        500,
        _nests_deeply,
    ),
    Excuse(
        "Zope",
        "a Host that is none, when it makes a URL of it",
        Request("GET", "{page}", (("Host", "["),)),
        500,
        lambda request: any("[" in value for value in request.all("Host")),
    ),
    Excuse(
        "Zope",
        "a SOAP call without a body",
        Request("GET", "{page}?x=y", (("SOAPAction", "x"),)),
        500,
        lambda request: bool(request.all("SOAPAction")),
    ),
    Excuse(
        "Zope",
        "a skin or a language is named behind the first step of the path",
        Request("GET", "{site}/++skin++x{below}"),
        500,
        _leads_through("++skin++"),
    ),
)


def excuse_for(entry: Entry, request: Request) -> Excuse | None:
    """The row for a request to an entry, if there is one."""
    fitting = (
        each for each in EXCUSES if each.covers(entry, request) and each.fits(request)
    )
    return next(fitting, None)


def filled_in(example: Request, site_path: str, below: str) -> Request:
    """An example, for a path below the site."""
    target = example.target.replace("{page}", site_path + below)
    target = target.replace("{site}", site_path).replace("{below}", below)
    return replace(example, target=target)


def counterpart(entry: Entry, request: Request, below: bool = True) -> Request:
    """The same request, but for something of Plone's.

    :param below: whether what stands below the entry's path is kept
    """
    path, mark, query = request.target.partition("?")
    theirs = COUNTERPARTS[entry.kind]
    if entry.path.startswith(ADDING_PATH):
        theirs = f"{ADDING_PATH}/manage_addZODBUserManagerForm"
    ours = entry.path.removeprefix("/") if entry.path.startswith("//") else entry.path
    for spelling in (ours, ours.replace("/@@", "/++view++")):
        if spelling in path:
            before, _, after = path.partition(spelling)
            kept = after if below else ""
            return replace(request, target=before + theirs + kept + mark + query)
    # The path is damaged: nothing of ours is found there either.
    return request


def counterparts(entry: Entry, request: Request) -> Iterator[Request]:
    """All of these that may fail like a request to the entry."""
    yield counterpart(entry, request)
    if entry.kind == "page":
        # The other one does not: Zope makes a URL of the Host when it redirects.
        path, mark, query = request.target.partition("?")
        below = path.partition(entry.path)[0]
        yield replace(request, target=f"{below}/logout{mark}{query}")
    if front_channel_fields(entry.path):
        # There, what stands below is part of the page, and Zope may read no body.
        yield counterpart(entry, request, below=False)
        if not request.all("Transfer-Encoding"):
            bare = replace(request, headers=_without_type(request), body=b"")
            yield counterpart(entry, bare)
            yield counterpart(entry, bare, below=False)


def _without_type(request: Request) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value)
        for name, value in request.headers
        if not name.lower().startswith("content-")
    )
