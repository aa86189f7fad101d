"""Query and body as they come over the wire; Zope's own ideas of them do not count."""

from io import BytesIO
from pas.plugins.tokenauth.authorization_server.endpoints.parameters import BodyTooLarge
from pas.plugins.tokenauth.authorization_server.endpoints.parameters import check_uri
from pas.plugins.tokenauth.authorization_server.endpoints.parameters import (
    form_parameters,
)
from pas.plugins.tokenauth.authorization_server.endpoints.parameters import MAX_BODY
from pas.plugins.tokenauth.authorization_server.endpoints.parameters import (
    MAX_PARAMETERS,
)
from pas.plugins.tokenauth.authorization_server.endpoints.parameters import (
    SECRET_PARAMETERS,
)
from pas.plugins.tokenauth.core.errors import InvalidRequest
from typing import Any
from urllib.parse import urlencode

import gzip
import json
import pytest


FORM = "application/x-www-form-urlencoded"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
PATH = "/@@oauth2-token"


def _body(assertion: str, *more: tuple[str, str]) -> bytes:
    return urlencode(
        [("grant_type", GRANT_TYPE), ("assertion", assertion), *more]
    ).encode("ascii")


# -- Content-Type ------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type",
    [
        FORM,
        FORM.upper(),
        f"{FORM};charset=UTF-8",
        f"{FORM}; charset=utf-8",
        f'{FORM} ; charset="utf-8"',
        f"{FORM};charset=nope",
        f"{FORM};charset=utf-16",
        f"{FORM};charset=",
        f"{FORM};",
        f"{FORM};boundary=x",
        f"{FORM};charset=idna;charset=hex",
    ],
)
def test_parameters_of_the_media_type_do_not_matter(
    site: Any, endpoint: Any, keyfile: Any, content_type: str
) -> None:
    """TE-13, ZP-03: a form is ASCII that stands for UTF-8, whatever charset says."""
    body = _body(site.grant(keyfile))
    endpoint.send(body, [("Content-Type", content_type)]).check_success()


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Content-Type", "")],
        [("Content-Type", "application/json")],
        [("Content-Type", "application/jwt")],
        [("Content-Type", "text/plain")],
        [("Content-Type", "text/xml")],
        [("Content-Type", "application/octet-stream")],
        [("Content-Type", "multipart/form-data; boundary=x")],
        [("Content-Type", "multipart/form-data")],
        [("Content-Type", "application/x-url-encoded")],
        [("Content-Type", f"{FORM}x")],
        [("Content-Type", f"{FORM}, text/plain")],
        [("Content-Type", FORM), ("Content-Type", FORM)],
        [("Content-Type", "é; charset=\xff")],
    ],
    ids=str,
)
def test_any_other_media_type_is_refused(
    site: Any, endpoint: Any, keyfile: Any, headers: list[tuple[str, str]]
) -> None:
    """TE-13, ZP-01: also none at all, and those that Zope would read as forms."""
    answer = endpoint.send(_body(site.grant(keyfile)), headers)
    assert "Content-Type" in answer.check_refused("invalid_request")


def test_json_and_multipart_are_refused(site: Any, endpoint: Any, keyfile: Any) -> None:
    """TE-13."""
    parameters = {"grant_type": GRANT_TYPE, "assertion": site.grant(keyfile)}
    body = json.dumps(parameters).encode("ascii")
    answer = endpoint.send(body, [("Content-Type", "application/json")])
    answer.check_refused("invalid_request")
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parameters.items()
    ).encode("ascii")
    content_type = "multipart/form-data; boundary=x"
    answer = endpoint.send(body + b"--x--\r\n", [("Content-Type", content_type)])
    answer.check_refused("invalid_request")


def test_a_compressed_body_is_refused(site: Any, endpoint: Any, keyfile: Any) -> None:
    """TE-14."""
    headers = [("Content-Type", FORM), ("Content-Encoding", "gzip")]
    answer = endpoint.send(gzip.compress(_body(site.grant(keyfile))), headers)
    answer.check_refused("invalid_request")


def test_a_soap_header_changes_nothing(site: Any, endpoint: Any, keyfile: Any) -> None:
    """ZP-01: Zope reads the body of such requests itself."""
    headers = [("Content-Type", FORM), ("SOAPAction", "x")]
    endpoint.send(_body(site.grant(keyfile)), headers).check_success()


# -- size and encoding -------------------------------------------------------


def test_a_body_in_chunks_is_as_good(site: Any, endpoint: Any, keyfile: Any) -> None:
    endpoint.send(_body(site.grant(keyfile)), chunked=True).check_success()


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [MAX_BODY + 1, 1024 * 1024 + 1, 5 * 1024 * 1024])
def test_a_large_body_is_refused(endpoint: Any, size: int, chunked: bool) -> None:
    """TE-27, ZP-04: in one piece or in chunks."""
    body = b"grant_type=" + b"x" * (size - 11)
    answer = endpoint.send(body, chunked=chunked)
    assert "large" in answer.check_refused("invalid_request", 413)


def test_a_body_of_the_largest_size_is_read(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """TE-27: the limit itself is fine."""
    body = _body(site.grant(keyfile)) + b"&padding="
    endpoint.send(body.ljust(MAX_BODY, b"x")).check_success()


@pytest.mark.parametrize("count", [MAX_PARAMETERS + 1, 10_000])
def test_too_many_parameters_are_refused(endpoint: Any, count: int) -> None:
    """TE-27."""
    body = b"&".join(b"p%d" % number for number in range(count))
    assert "50" in endpoint.send(body).check_refused("invalid_request")


def test_fifty_parameters_are_fine(site: Any, endpoint: Any, keyfile: Any) -> None:
    """TE-12, TE-27."""
    more = [(f"p{number}", "x") for number in range(MAX_PARAMETERS - 2)]
    endpoint.post(site.grant(keyfile), *more).check_success()


@pytest.mark.parametrize("body", [b"", b"&", b"&&&", b"=", b"=&=", b"x", b"grant_type"])
def test_an_empty_body_has_no_grant_type(endpoint: Any, body: bytes) -> None:
    """TE-15."""
    endpoint.send(body).check_refused("invalid_request")


@pytest.mark.parametrize(
    "pair",
    [
        b"x=%ff",
        b"%ff=x",
        b"x=%c3%28",
        b"x=%ed%a0%80",
        b"x=%ed%b3%bf",
        b"x=%c0%af",
        b"x=%f4%90%80%80",
        b"x=%00",
        b"%00=x",
        b"x=a%00b",
        b"x=\x00",
        b"x=\xff",
        "x=é".encode(),
        b"\xef\xbb\xbfx=1",
        b"\xff\xfex\x00=\x001\x00",
    ],
    ids=repr,
)
def test_a_body_that_is_not_utf8_is_refused(
    site: Any, endpoint: Any, keyfile: Any, pair: bytes
) -> None:
    """TE-14: not UTF-8, surrogates, zero bytes, bytes that are not encoded; no 500."""
    body = _body(site.grant(keyfile)) + b"&" + pair
    endpoint.send(body).check_refused("invalid_request")


@pytest.mark.parametrize(
    "pair",
    [
        b"x=%",
        b"x=%zz",
        b"x=%u0041",
        b"x=%c3%a9",
        b"x=%f0%9f%94%91",
        b"x=a+b",
        b"x=a;y=b",
        b"x=1;assertion=2",
        b"x=%0d%0a",
        b"x=a=b=c",
        b"&&",
        b"x",
    ],
    ids=repr,
)
def test_an_odd_parameter_is_ignored(
    site: Any, endpoint: Any, keyfile: Any, pair: bytes
) -> None:
    """TE-12: unknown parameters are nobody's business."""
    body = _body(site.grant(keyfile)) + b"&" + pair
    endpoint.send(body).check_success()


def test_a_body_in_utf16_is_refused(site: Any, endpoint: Any, keyfile: Any) -> None:
    """ZP-03: also when the charset says so."""
    body = _body(site.grant(keyfile)).decode("ascii").encode("utf-16")
    headers = [("Content-Type", f"{FORM};charset=utf-16")]
    endpoint.send(body, headers).check_refused("invalid_request")


# -- names -------------------------------------------------------------------

#: Names that mean something to Zope.
ZOPE_NAMES = [
    ("foo:int", "abc"),
    ("foo:float", ""),
    ("foo:date", "never"),
    ("foo:required", ""),
    ("foo:json", "{"),
    ("foo:method", "manage_main"),
    ("manage_main:method", "x"),
    ("manage_delObjects:action", "x"),
    (":method", "manage_main"),
    (":action", "manage_main"),
    ("manage_main:default_method", "x"),
    (":default_action", "manage_main"),
    ("foo.bar:record", "1"),
    ("foo.bar:records", "1"),
    ("foo:list", "1"),
    ("foo:tuple", "1"),
    ("foo:tokens", "1"),
    ("foo:lines", "1"),
    ("foo:ignore_empty", ""),
    ("foo:default", "1"),
    ("grant_type:utf-7", "password"),
    ("grant_type:list", "password"),
    ("grant_type:default", "password"),
    ("grant_type.x:record", "password"),
    ("assertion:tokenize", "x"),
    ("assertion:idna", "\u00df.\u00e9"),
    ("assertion:hex", "zz"),
    ("foo:rot13", "1"),
    ("REQUEST", "x"),
    ("HTTP_COOKIE", "x"),
    ("BODYFILE", "x"),
    ("BODY", "x"),
    ("QUERY_STRING", "x"),
    ("AUTHENTICATED_USER", "admin"),
    ("-C", ""),
    ("__ac_name", "admin"),
]


@pytest.mark.parametrize(("name", "value"), ZOPE_NAMES)
def test_names_for_zope_mean_nothing(
    site: Any, endpoint: Any, keyfile: Any, name: str, value: str
) -> None:
    """TE-12, ZP-02: in the body and in the query, the result is the same."""
    answer = endpoint.post(site.grant(keyfile), (name, value))
    answer.check_success()
    query = urlencode({name: value})
    endpoint.post(site.grant(keyfile), path=f"{PATH}?{query}").check_success()


@pytest.mark.parametrize(
    "name",
    [
        "grant_type:utf-7",
        "grant_type:list",
        "grant_type:ignore_empty",
        "grant_type.x:record",
        ":grant_type",
        "GRANT_TYPE",
        " grant_type",
    ],
)
def test_a_suffixed_name_is_another_name(
    site: Any, endpoint: Any, keyfile: Any, name: str
) -> None:
    """ZP-02: it does not stand in for the parameter either."""
    parameters = [(name, GRANT_TYPE), ("assertion", site.grant(keyfile))]
    assert "grant_type" in endpoint.form(parameters).check_refused("invalid_request")


# -- repetition --------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        [("grant_type", GRANT_TYPE)],
        [("grant_type", "password")],
        [("grant_type", "")],
        [("assertion", "x")],
        [("assertion", "")],
        [("foo", "1"), ("foo", "1")],
        [("foo", ""), ("foo", "")],
        [("scope", ""), ("scope", "a")],
    ],
    ids=str,
)
def test_a_repeated_parameter_is_refused(
    site: Any, endpoint: Any, keyfile: Any, more: list[tuple[str, str]]
) -> None:
    """TE-11: whatever it is, and even with the same value."""
    answer = endpoint.post(site.grant(keyfile), *more)
    assert "repeated" in answer.check_refused("invalid_request")


@pytest.mark.parametrize("other", ["https://b.example", "https://a.example"])
def test_a_second_resource_is_a_wrong_target(
    site: Any, endpoint: Any, keyfile: Any, other: str
) -> None:
    """RI-03: a token is for one."""
    sent = [("resource", "https://a.example"), ("resource", other)]
    endpoint.post(site.grant(keyfile), *sent).check_refused("invalid_target")


def test_a_resource_that_is_sent_twice_is_one(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """RI-03: clients that take a list send each, whether it is the same or not."""
    sent = [("resource", site.url), ("resource", site.url)]
    endpoint.post(site.grant(keyfile), *sent).check_success()


def test_an_empty_scope_is_none(site: Any, endpoint: Any, keyfile: Any) -> None:
    """TE-10: google-auth and others send it."""
    answer = endpoint.send(_body(site.grant(keyfile)) + b"&scope=")
    answer.check_success()
    assert answer.json()["scope"] == "plone.read plone.write"


# -- the URI -----------------------------------------------------------------


@pytest.mark.parametrize("value", ["=x", "=", ""])
@pytest.mark.parametrize("name", sorted(SECRET_PARAMETERS))
def test_a_secret_in_the_uri_is_refused(
    site: Any, endpoint: Any, keyfile: Any, name: str, value: str
) -> None:
    """TE-09: the grant in the body does not make up for it."""
    answer = endpoint.post(site.grant(keyfile), path=f"{PATH}?foo=1&{name}{value}")
    assert "URI" in answer.check_refused("invalid_request")


def test_everything_in_the_uri_is_refused(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """TE-08, TE-09: by GET and by POST."""
    path = f"{PATH}?{_body(site.grant(keyfile)).decode('ascii')}"
    endpoint.send(method="GET", path=path).check_refused("invalid_request", 405)
    endpoint.send(path=path).check_refused("invalid_request")
    endpoint.send(path=path, headers=[]).check_refused("invalid_request")


def test_a_parameter_of_the_body_may_not_stand_in_the_uri_too(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """TE-11: body and query together repeat it."""
    answer = endpoint.post(site.grant(keyfile), path=f"{PATH}?grant_type=password")
    assert "URI" in answer.check_refused("invalid_request")


def test_the_uri_does_not_complete_the_body(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """ZP-01: what stands in the query is not a parameter."""
    parameters = [("assertion", site.grant(keyfile))]
    answer = endpoint.form(parameters, path=f"{PATH}?grant_type={GRANT_TYPE}")
    answer.check_refused("invalid_request")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "foo=bar",
        "foo=1&foo=2",
        "%ff=%ff",
        "foo=%00",
        "%ed%a0%80",
        "-C",
        "foo=" + "x" * 10_000,
        "&".join(f"p{number}=x" for number in range(2_000)),
        "_authenticator=x",
        "__ac_name=admin&__ac_password=x",
        "BODYFILE=x",
        "came_from=https://evil.example",
        "set_language=de",
    ],
    ids=lambda query: query[:20],
)
def test_anything_else_in_the_uri_is_ignored(
    site: Any, endpoint: Any, keyfile: Any, query: str
) -> None:
    """TE-12, TE-14."""
    endpoint.post(site.grant(keyfile), path=f"{PATH}?{query}").check_success()


# -- without a server --------------------------------------------------------


def test_parameters_are_decoded_once() -> None:
    """TE-14."""
    body = BytesIO(b"a=%2541&b=1+2&c=%C3%A9&d=")
    assert form_parameters(body, FORM) == {"a": "%41", "b": "1 2", "c": "é"}


def test_no_more_than_the_limit_is_read() -> None:
    """TE-27."""
    body = BytesIO(b"x" * (MAX_BODY + 100))
    with pytest.raises(BodyTooLarge):
        form_parameters(body, FORM)
    assert body.tell() == MAX_BODY + 1


@pytest.mark.parametrize("query", ["assertion=x", "x=1&%61ssertion=x", "a", "a=1"])
def test_secrets_and_parameters_of_the_body_are_found_in_a_query(query: str) -> None:
    """TE-09, TE-11: also when the name is encoded."""
    with pytest.raises(InvalidRequest):
        check_uri(query, {"a": "1"})


@pytest.mark.parametrize("query", ["", "b=1", "A=1", "assertion:utf-8=x"])
def test_the_rest_of_a_query_is_ignored(query: str) -> None:
    """TE-12."""
    check_uri(query, {"a": "1"})
