"""Sentences in HTTP that nobody should write, from a seed.

Each part of a request is right more often than wrong: a request in which everything
is wrong gets no further than to the first check.
"""

from collections.abc import Callable
from collections.abc import Sequence
from pas.plugins.tokenauth.site.sections import setting_fields
from random import Random
from tests.surface.discovery import Entry
from tests.surface.mutations import MAKERS
from tests.surface.mutations import metadata
from tests.surface.wire import Request
from tests.surface.world import OAUTH_FIELDS
from tests.surface.world import service_fields
from tests.surface.world import World
from typing import Any
from urllib.parse import quote
from urllib.parse import quote_from_bytes

import json
import zlib


FORM = "application/x-www-form-urlencoded"
Headers = list[tuple[str, str]]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ODD_METHODS = (
    "PROPFIND",
    "PROPPATCH",
    "MKCOL",
    "LOCK",
    "UNLOCK",
    "TRACE",
    "CONNECT",
    "REPORT",
    "get",
    "FOO",
    "POST" * 200,
    "P-O.S!T",
    "index_html",
    "manage_main",
    "__call__",
    "method",
)
#: Methods by which content changes.
CHANGES = ("PUT", "MKCOL", "LOCK", "UNLOCK", "DELETE", "PATCH", "PROPPATCH")
API: Headers = [("Accept", "application/json")]
#: Zope converts, collects and leads elsewhere by these.
SUFFIXES = (
    *("int", "float", "long", "string", "ustring", "bytes", "boolean", "date"),
    *("date_international", "text", "utext", "lines", "ulines", "tokens", "utokens"),
    *("required", "json", "list", "tuple", "record", "records", "ignore_empty"),
    *("default", "action", "default_action", "method", "default_method"),
    *("utf-8", "latin-1", "utf-16", "utf-7", "idna", "zip", "rot13", "hex", "nonsense"),
    *("", "_", "int:int", "list:tuple", "record:int", "utf-8:ustring", "json:list"),
)
#: Places to which a suffix may lead.
PLACES = (
    *("manage_main", "@@oauth2-token", "index_html", "acl_users", "view", "."),
    *("..", "", "__class__", "_storage", "@@search", "+", "é", "a" * 5000),
)
TEXTS = (
    *(
        "",
        " ",
        "0",
        "1",
        "-1",
        "x",
        "on",
        "true",
        "null",
        "[]",
        "{}",
        "..",
        "é",
        "日本",
    ),
    *("\0", "\r\nSet-Cookie: a=b", "\u202e", "\ud800", "\U0001f511", "'\"><b>", "%"),
    *("${x}", "${python:1}", "{0}", "%(x)s", "a" * 300, "a" * 20_000, "9" * 400),
    *("1e400", "NaN", "-0", "0x10", "1_000", "٣", "2030-01-01", "0001-01-01T00:00"),
    *("9999-12-31T23:59", "9999-12-31", "0000-00-00", "2030-02-30", "10:99:99"),
    *("::/0", "10.0.0.0/33", "1.2.3.4-5", "fe80::1%eth0", "all", "own", "RS256"),
    *("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "ssh-rsa AAAA"),
)
RAW = (
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"%zz",
    b"%",
    b"&&==;;",
    b"\0",
    b"+",
    b"=",
)
MEDIA_TYPES = (
    FORM,
    "application/json",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "b" * 300,
    "multipart/mixed; boundary=b",
    f"{FORM}; charset=utf-16",
    f"{FORM}; charset=nonsense",
    f"{FORM}; charset=idna",
    f"{FORM};;;=",
    f"{FORM}, {FORM}",
    "application/json; charset=utf-16",
    "application/json; charset=rot13",
    "text/xml",
    "application/xml",
    "text/plain",
    "application/octet-stream",
    "nonsense",
    "/",
    "",
    "a" * 3000,
    "é/ü",
)
ACCEPTS = (
    "application/json",
    "*/*",
    "text/html",
    "application/json;q=x",
    "application/json;q=0.1, text/html",
    "application/json, " * 200,
    "application/ld+json",
    ",;=",
    "",
    "é",
)
ODD_HEADERS = (
    ("Content-Encoding", "gzip"),
    ("Content-Encoding", "br, deflate, nonsense"),
    ("Content-Length", "-1"),
    ("Content-Length", "x"),
    ("Content-Length", "1, 2"),
    ("Transfer-Encoding", "gzip"),
    ("Transfer-Encoding", "gzip, chunked"),
    ("Transfer-Encoding", "identity"),
    ("Transfer-Encoding", "nonsense"),
    ("Expect", "nonsense"),
    ("Range", "bytes=0-1"),
    ("Range", "bytes=5-1,-1,9999999999-"),
    ("Range", "nonsense"),
    ("If-Range", "x"),
    ("If-None-Match", "*"),
    ("If-Match", '"x"'),
    ("If-Modified-Since", "Thu, 32 Foo 99999 25:61:61 GMT"),
    ("If-Modified-Since", "Thu, 01 Jan 2099 00:00:00 GMT"),
    ("If-Unmodified-Since", "x"),
    ("If", "(<x>)"),
    ("Depth", "infinity"),
    ("Depth", "x"),
    ("Destination", "http://[::1"),
    ("Overwrite", "x"),
    ("Lock-Token", "<x>"),
    ("Timeout", "Second-x"),
    ("Translate", "f"),
    ("Host", ""),
    ("Host", "["),
    ("Host", "é.example:x"),
    ("Host", "a.example:99999"),
    ("Host", "h" * 5000),
    ("X-Forwarded-For", "x, y, z"),
    ("X-Forwarded-For", "1.2.3.4, " * 300),
    ("X-Forwarded-For", "\x0b\x7f"),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Proto", "javascript"),
    ("Forwarded", "for=_x;host="),
    ("X-HTTP-Method-Override", "DELETE"),
    ("Accept-Language", "x-" * 500),
    ("Accept-Language", "de;q=x, é"),
    ("Accept-Charset", "nonsense"),
    ("Accept-Encoding", "*;q=0"),
    ("Prefer", "return=representation"),
    ("Origin", "null"),
    ("Access-Control-Request-Method", "x"),
    ("Referer", "javascript:x"),
    ("User-Agent", "\x01" * 100),
    ("User-Agent", "é" * 3000),
    ("Cookie", "__ac=x; __ac=%22; I18N_LANGUAGE=%00"),
    ("Cookie", "=;;;=x; \x01"),
    ("Cookie", "a:int=x; b:record=y; c:method=z"),
    ("Cookie", '_ZopeId="x; __cp=' + "x" * 4000),
    ("Cookie", "plone-toolbar={; statusmessages=AAAA; __ac=" + "A" * 300),
    ("X-Bad Name", "x"),
    ("X-Empty", ""),
    ("X-Many", "y" * 8000),
    ("Content-Disposition", "x"),
    ("SOAPAction", "x"),
    ("REMOTE_USER", "admin"),
    ("Remote-User", "admin"),
)


#: Parameters that go together.
GRANTS = (
    ("grant_type", "assertion"),
    ("token",),
    ("client_id", "token"),
    ("grant_type", "client_id", "client_secret", "code", "redirect_uri"),
    ("grant_type", "client_id", "client_secret", "code", "code_verifier"),
    ("grant_type", "client_id", "client_secret", "refresh_token", "scope"),
    ("grant_type", "client_id", "client_secret", "device_code"),
    ("grant_type", "client_id", "client_secret", "username", "password"),
    ("grant_type", "subject_token", "subject_token_type", "audience", "scope"),
)
#: The same for pages to which people are sent.
QUESTIONS = (
    *("response_type", "client_id", "redirect_uri", "scope", "code_challenge"),
    *("code_challenge_method", "state"),
)


class Grammar:
    """Makes requests.

    :param world: what they are about
    :param seed: the same one makes the same requests
    """

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = Random(seed)

    def request(self, entry: Entry, who: str) -> Request:
        """A request to an entry, by somebody."""
        method = self._method(entry)
        headers = self._accept(entry)
        target = self._target(entry)
        is_elsewhere = headers != API or ".." in target
        if method in CHANGES and is_elsewhere and who != "anonymous":
            # A Manager would change, by WebDAV, the site that is attacked.
            who = "member"
        headers += self._authorization(who)
        body = b""
        if method not in ("GET", "HEAD") or self._sometimes(10):
            more, body = self._body(entry)
            headers += more
        while self._sometimes(20):
            headers.append(self._pick(ODD_HEADERS))
        self.random.shuffle(headers)
        return Request(method, target, tuple(headers), body)

    # -- line -----------------------------------------------------------------

    def _method(self, entry: Entry) -> str:
        if self._sometimes(5):
            return self._pick(ODD_METHODS)
        if entry.kind == "oauth" and self._sometimes(80):
            return "POST"
        if entry.is_service:
            return self._pick(METHODS)
        return self._pick(("GET", "GET", "POST", "POST", "POST", *METHODS))

    def _target(self, entry: Entry) -> str:
        path = self._path(entry)
        if self._sometimes(40):
            return path
        return f"{path}?{self._query(entry)}"

    def _path(self, entry: Entry) -> str:
        if entry.path.startswith("//"):
            before, path = "", entry.path[1:]
        else:
            before, path = self.world.site_path, entry.path
        path += self._below(entry)
        if self._sometimes(80):
            return before + path
        spell: Callable[[str, str], str] = self._pick(
            (
                _repeated_api,
                _one_api,
                _skin,
                _view_namespace,
                _virtual_host,
                _virtual_host_below,
                _broken_virtual_host,
                self._damaged,
                self._escaped,
                _slashes,
                _absolute,
                self._appended,
            )
        )
        return spell(before, path)

    def _below(self, entry: Entry) -> str:
        if entry.kind == "service":
            return self._pick(
                (
                    "",
                    "",
                    f"/{self._id()}",
                    f"/{self._id()}",
                    f"/{self._id()}/usage",
                    f"/{self._id()}/rotate",
                    f"/owner/{quote(self._text(), errors='replace')[:200]}",
                    "/../x",
                    "/a/b/c/d",
                )
            )
        if entry.kind == "static":
            return self._pick(("", "/", "/nothing", "/service-keys.css", "/../x"))
        if entry.kind == "metadata":
            return self._pick(("", "", self.world.site_path, "/@@x/++api++/%00/é"))
        if entry.path == "/@@link" and self.world.links:
            return f"/{self._pick(('x', *self.world.links))}"
        if entry.path == "/@@simple-sso":
            return self._pick(("/authorize/", "/request-token/", "/verify/", "/x/"))
        return self._pick(("",) * 12 + ("/", "/x", "/__call__", "/index_html", "/page"))

    def _damaged(self, before: str, path: str) -> str:
        junk = self._pick(
            ("%00", "%", "%zz", "%ff", "%c0%ae", "%25", ";x", "%2f", "%5c", "%20", "é")
        )
        at = self.random.randrange(len(path) + 1)
        return before + path[:at] + junk + path[at:]

    def _escaped(self, before: str, path: str) -> str:
        return before + "".join(
            f"%{ord(letter):02x}" if letter != "/" and self._sometimes(40) else letter
            for letter in path
        )

    def _appended(self, before: str, path: str) -> str:
        return f"{before}{path}/{quote(self._pick(PLACES))}"

    # -- parameters -----------------------------------------------------------

    def _query(self, entry: Entry) -> str:
        if self._sometimes(8):
            return quote_from_bytes(self._pick(RAW), safe="%&=;")
        return self._form(entry, 3).decode("latin-1")

    def _form(self, entry: Entry, most: int) -> bytes:
        pairs = [self._pair(entry) for _ in range(self.random.randint(0, most))]
        if entry.kind == "oauth" and self._sometimes(60):
            pairs += self._named(self._pick(GRANTS))
        if entry.path == "/@@oauth2-authorize" and self._sometimes(80):
            pairs += self._named(QUESTIONS)
        return b"&".join(pairs)

    def _named(self, names: Sequence[str]) -> list[bytes]:
        return [b"%s=%s" % (_quoted(n), _quoted(self._value(n))) for n in names]

    def _pair(self, entry: Entry) -> bytes:
        if self._sometimes(2):
            return self._pick(RAW)
        if self._sometimes(3):
            suffix = self._pick(("method", "action", "default_method"))
            return _quoted(f"{self._pick(PLACES)}:{suffix}") + b"=x"
        name = self._pick(self._names(entry))
        value = self._value(name.partition(":")[0])
        if self._sometimes(8):
            name += f":{self._pick(SUFFIXES)}"
        if self._sometimes(1):
            name = f"{name}.{self._pick(SUFFIXES)}:record"
        return _quoted(name) + b"=" + _quoted(value)

    def _names(self, entry: Entry) -> Sequence[str]:
        if entry.kind == "oauth":
            return OAUTH_FIELDS
        if entry.is_service or entry.kind == "metadata":
            return (*service_fields(), *setting_fields())
        known = self.world.fields.get(entry.path, ())
        return (*known, "id", "ids", "b_start", "sort", "order", "confirmed", "-C", "x")

    def _value(self, name: str) -> str:
        known = self.world.values.get(name, ())
        if name in ("id", "ids") and self._sometimes(70):
            return self._id()
        if name == "client_id" and self._sometimes(30):
            return self._id()
        if known and self._sometimes(60):
            return self._pick(known)
        maker = MAKERS.get(name)
        if maker is not None and self._sometimes(80):
            return maker(self.random)
        return self._text()

    # -- headers --------------------------------------------------------------

    def _authorization(self, who: str) -> Headers:
        if who == "browser":
            return [("Cookie", self.world.cookie)]
        value = self.world.authorizations.get(who)
        if value is None or self._sometimes(85):
            return [] if value is None else [("Authorization", value)]
        scheme, _, rest = value.partition(" ")
        return self._pick(
            (
                [("Authorization", value)] * 2,
                [("Authorization", value), ("Authorization", "Bearer x")],
                [("authorization", f"{scheme.upper()}  {rest}")],
                [("Authorization", f"{scheme}\t{rest}")],
                [("Authorization", f"{scheme} {rest},{rest}")],
                [("Authorization", f"{scheme} {rest[:-1]}")],
                [("Authorization", f"{scheme} {rest} x")],
                [("Authorization", f"Bearer {rest}")],
                [("Authorization", f"Basic {rest}")],
                [("Authorization", rest)],
                [("Authorization", f"{scheme} " + "A" * 30_000)],
                [("Authorization", "Basic " + "é" * 50)],
                [("Authorization", "Basic Og==")],
                [("Authorization", "Basic " + "=" * 50)],
                [("Authorization", "Digest username=x")],
                [("Authorization", "Bearer pta_" + "x" * 49)],
                [("Authorization", "Bearer " + "pta_ " * 3000)],
                [("Authorization", "")],
                [("Authorization", " ")],
                [("Authorization", "é" * 100)],
            )
        )

    def _accept(self, entry: Entry) -> Headers:
        if entry.is_service and self._sometimes(85):
            return list(API)
        return [("Accept", self._pick(ACCEPTS))] if self._sometimes(50) else []

    # -- body -----------------------------------------------------------------

    def _body(self, entry: Entry) -> tuple[Headers, bytes]:
        takes_json = entry.is_service or entry.path == "/@@oauth2-register"
        media_type = "application/json" if takes_json else FORM
        if self._sometimes(20):
            media_type = self._pick(MEDIA_TYPES)
        data = self._content(entry, media_type)
        headers = [("Content-Type", media_type)] if not self._sometimes(3) else []
        if self._sometimes(5):
            headers.append(("Content-Type", self._pick(MEDIA_TYPES)))
        if self._sometimes(4):
            return [*headers, ("Content-Encoding", "deflate")], zlib.compress(data)
        if self._sometimes(6):
            return [*headers, ("Transfer-Encoding", "chunked")], self._chunked(data)
        return headers, data

    def _content(self, entry: Entry, media_type: str) -> bytes:
        if self._sometimes(6):
            return self._pick((b"", b"\xff\xfe{", b"\0" * 100, b"<?xml", b"<a>" * 500))
        if "json" in media_type:
            return self._json(entry)
        if "multipart" in media_type:
            return self._multipart(entry)
        if "xml" in media_type:
            return b"<methodCall><methodName>answer</methodName></methodCall>"
        form = self._form(entry, 8)
        if entry.kind in ("page", "zmi") and self._sometimes(85):
            # Else no form of ours gets further than to the check for forgery.
            form += b"&_authenticator=" + _quoted(self.world.authenticator)
        return form

    def _json(self, entry: Entry) -> bytes:
        if entry.path == "/@@oauth2-register" and self._sometimes(85):
            return metadata(self.random)
        if self._sometimes(8):
            depth = self.random.choice((10, 1000, 30_000))
            opening: bytes = self._pick((b"[", b'{"title":'))
            return opening * depth
        names = self._names(entry)
        members = {
            self._pick(names): self._json_value(3)
            for _ in range(self.random.randint(0, 6))
        }
        if self._sometimes(40):
            members |= {"title": "A title", "expires": "2030-01-01"}
        if self._sometimes(20):
            uris = [MAKERS["redirect_uri"](self.random) for _ in range(3)]
            members[self._pick(("redirect_uris", "urls", "landing"))] = uris
        data = json.dumps(members).encode("ascii", "replace")
        if self._sometimes(4):
            data = data.replace(b"}", b', "title": 1, "title": 2}', 1)
        return data.decode().encode("utf-16") if self._sometimes(3) else data

    def _json_value(self, depth: int) -> Any:
        if depth and self._sometimes(15):
            return [self._json_value(depth - 1) for _ in range(3)]
        if depth and self._sometimes(10):
            return {self._text()[:50]: self._json_value(depth - 1)}
        if self._sometimes(50):
            return self._text()
        return self._pick(
            (None, True, False, 0, -1, 1.5, 10**30, 1e308, -1e-308, 2**63, "", [], {})
        )

    def _multipart(self, entry: Entry) -> bytes:
        parts = []
        for _ in range(self.random.randint(0, 5)):
            name = self._pick(self._names(entry))
            if self._sometimes(30):
                name += f":{self._pick(SUFFIXES)}"
            file = '; filename="x\\"é"' if self._sometimes(30) else ""
            head = f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n'
            if self._sometimes(10):
                head += self._pick(
                    (
                        "Content-Type: text/plain; charset=nonsense\r\n",
                        "Content-Transfer-Encoding: base64\r\n",
                        "X" * 9000 + ": y\r\n",
                        "no colon\r\n",
                    )
                )
            text = self._value(name.partition(":")[0])
            parts.append(f"{head}\r\n{text}\r\n".encode("utf-8", "replace"))
        end: bytes = self._pick((b"--b--\r\n",) * 5 + (b"--b", b"", b"--c--\r\n"))
        return b"".join(parts) + end

    def _chunked(self, data: bytes) -> bytes:
        if self._sometimes(30):
            return self._pick(
                # What ends here; whoever sends less only makes the server wait.
                (
                    b"x\r\n\r\n",
                    b"-1\r\n\r\n",
                    b"2\r\nabcd\r\n0\r\n\r\n",
                    b"\r\n0\r\n\r\n",
                )
            )
        return (
            b"%x;e=f\r\n%s\r\n0\r\n\r\n" % (len(data), data) if data else b"0\r\n\r\n"
        )

    # -- choices --------------------------------------------------------------

    def _text(self) -> str:
        return self._pick(TEXTS)

    def _id(self) -> str:
        if self._sometimes(25):
            return quote(self._text(), errors="replace")[:300] or "x"
        return self._pick(self.world.ids)

    def _pick(self, choices: Sequence[Any]) -> Any:
        return self.random.choice(choices)

    def _sometimes(self, percent: int) -> bool:
        return self.random.random() * 100 < percent


def _quoted(text: str) -> bytes:
    return quote(text, safe="", errors="surrogatepass").encode("ascii")


def _repeated_api(before: str, path: str) -> str:
    return before + "/++api++" * 300 + path


def _one_api(before: str, path: str) -> str:
    return f"{before}/++api++{path}"


def _skin(before: str, path: str) -> str:
    return f"{before}/++skin++nothing{path}"


def _view_namespace(before: str, path: str) -> str:
    return before + path.replace("/@@", "/++view++")


def _virtual_host(before: str, path: str) -> str:
    host = "/VirtualHostBase/https/www.example.org:443"
    return f"{host}{before}/VirtualHostRoot/_vh_a/_vh_b{path}"


def _virtual_host_below(before: str, path: str) -> str:
    return f"/VirtualHostBase/http/x:80/VirtualHostRoot{before}{path}"


def _broken_virtual_host(before: str, path: str) -> str:
    return f"/VirtualHostBase/http{before}/_vh_{path}/VirtualHostRoot"


def _slashes(before: str, path: str) -> str:
    return f"/{before}//.{path}//"


def _absolute(before: str, path: str) -> str:
    return f"http://evil.example:99999{before}{path}"
