"""Requests that are large, or have a lot of something."""

from collections.abc import Callable
from dataclasses import replace
from tests.surface.wire import Request


MEGABYTE = 1_000_000
FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = (("Content-Type", "application/json"), ("Accept", "application/json"))


def _form(request: Request, body: bytes) -> Request:
    headers = (*request.headers, FORM)
    return replace(request, method="POST", headers=headers, body=body)


def _json(request: Request, body: bytes) -> Request:
    headers = (*request.headers, *JSON)
    return replace(request, method="POST", headers=headers, body=body)


def large_form(request: Request) -> Request:
    """100 MB in one parameter."""
    return _form(request, b"assertion=" + b"a" * 100 * MEGABYTE)


def large_form_in_chunks(request: Request) -> Request:
    """The same, and nobody says before how much it is."""
    piece = b"%x\r\n%s\r\n" % (MEGABYTE, b"a" * MEGABYTE)
    chunked = (("Transfer-Encoding", "chunked"),)
    headers = (*request.headers, *chunked)
    return _form(replace(request, headers=headers), piece * 100 + b"0\r\n\r\n")


def large_json(request: Request) -> Request:
    """100 MB of JSON in one string."""
    return _json(request, b'{"title": "' + b"a" * 100 * MEGABYTE + b'"}')


def many_parameters(request: Request) -> Request:
    """10,000 of them."""
    return _form(request, b"&".join(b"x%d=y" % number for number in range(10_000)))


def one_parameter_many_times(request: Request) -> Request:
    """What Zope makes a list of."""
    return _form(request, b"&".join([b"ids:list=y"] * 10_000))


def deep_json(request: Request) -> Request:
    """30,000 arrays, one in the other."""
    return _json(request, b"[" * 30_000 + b"]" * 30_000)


def long_header(request: Request) -> Request:
    """1 MB in one header."""
    return replace(request, headers=(*request.headers, ("X-Long", "a" * MEGABYTE)))


def long_token(request: Request) -> Request:
    """As much as the server lets through in the header that we read."""
    headers = (("Authorization", "Bearer " + "pta_ " * 40_000),)
    return replace(request, headers=headers)


def long_query(request: Request) -> Request:
    """1 MB in the query."""
    return replace(request, target=f"{request.target}?x={'a' * MEGABYTE}")


def many_in_query(request: Request) -> Request:
    """As many parameters in the query as the server lets through."""
    return replace(request, target=f"{request.target}?{'x=y&' * 60_000}")


def deep_path(request: Request) -> Request:
    """plone.rest CVE-2023-42457 and its like."""
    return replace(request, target="/++api++" * 20_000 + request.target)


MONSTERS: tuple[Callable[[Request], Request], ...] = (
    large_form,
    large_form_in_chunks,
    large_json,
    many_parameters,
    one_parameter_many_times,
    deep_json,
    long_header,
    long_token,
    long_query,
    many_in_query,
    deep_path,
)
