"""Responses to programs: no cookies, no body to HEAD, nothing shared."""

from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest


@pytest.mark.parametrize(
    ("path", "status"),
    [("", 401), ("/@@oauth2-token", 405), ("/@@oauth2-token/x", 404)],
)
def test_an_answer_to_head_has_no_body(site: Any, path: str, status: int) -> None:
    """RFC 9110 section 9.3.2: a body would spoil the next answer on the connection."""
    url = urlsplit(site.url)
    connection = HTTPConnection(url.netloc, timeout=30)
    headers = {"Authorization": "Bearer pta_x", "Accept": "text/html"}
    connection.request("HEAD", url.path + path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == status
    connection.request("GET", url.path + path, headers=headers)
    again = connection.getresponse()
    assert again.status == status
    assert again.read().startswith(b"{")
    connection.close()


def test_a_visitor_cannot_ask_for_a_response_that_nobody_stores(site: Any) -> None:
    response = site.get("/sitemap?pas.plugins.tokenauth.no_store=1")
    assert "no-store" not in response.headers.get("Cache-Control", "")


def test_what_a_cache_varies_on_already_is_kept(site: Any) -> None:
    """RS-21: plone.rest varies on Accept for some answers."""
    token = site.token(site.issue())
    headers = {"Origin": "https://www.example.org"}
    response = site.get("/sitemap", token, headers=headers)
    assert "Authorization" in response.headers["Vary"]
