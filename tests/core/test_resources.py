"""What tokens are for, as clients name it."""

from pas.plugins.tokenauth.core.resources import is_below
from pas.plugins.tokenauth.core.resources import is_resource
from pas.plugins.tokenauth.core.resources import is_same

import pytest


@pytest.mark.parametrize(
    "url",
    [
        "https://mcp.example.org",
        "https://mcp.example.org/mcp?x=1",
        "https://mcp.example.org:8443/",
        "http://127.0.0.1:9000/mcp",
        "http://localhost/mcp",
        "http://[::1]:9000/",
    ],
)
def test_a_resource_is_reached_by_https_or_on_this_computer(url: str) -> None:
    """Conformance: RI-01, RI-02."""
    assert is_resource(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mcp.example.org",
        "/mcp",
        "http://mcp.example.org/",
        "https://mcp.example.org/#",
        "https://mcp.example.org/#a",
        "https://user@mcp.example.org/",
        "https://mcp.example.org:x/",
        "https://[::1/",
        "https:///mcp",
        "https://mcp.example.org/a b",
        'https://mcp.example.org/"',
        "https://mcp.example.org/\\x",
        "https://mcp.exämple.org/",
        "javascript:alert(1)",
        "https://mcp.example.org/" + "x" * 500,
    ],
)
def test_anything_else_is_no_resource(url: str) -> None:
    """Conformance: RI-01."""
    assert not is_resource(url)


@pytest.mark.parametrize(
    ("resource", "named", "same"),
    [
        ("https://a.example", "https://a.example/", True),
        ("https://a.example/", "https://a.example", True),
        ("https://a.example/mcp", "https://a.example/mcp", True),
        ("https://a.example/mcp", "https://a.example/mcp/", False),
        ("https://a.example/mcp", "https://a.example/MCP", False),
        ("https://a.example", "https://a.example.evil", False),
        ("https://a.example", "https://a.example?x", False),
        ("https://a.example", "", False),
    ],
)
def test_a_resource_is_named_as_it_is_registered(
    resource: str, named: str, same: bool
) -> None:
    """Conformance: RI-06: but for the slash that parsers of URLs add to an origin."""
    assert is_same(resource, named) is same


@pytest.mark.parametrize(
    ("named", "below"),
    [
        ("https://p.example/Plone", True),
        ("https://p.example/Plone/", True),
        ("https://p.example/Plone/news?x=1", True),
        ("https://p.example/Plone2", False),
        ("https://p.example/", False),
        ("https://p.example/Plone#x", False),
        ("https://p.example/Plone/../x", False),
        ("https://p.example/Plone/\\x", False),
    ],
)
def test_what_is_inside_a_site_is_the_site(named: str, below: bool) -> None:
    """Conformance: RI-09."""
    assert is_below("https://p.example/Plone", named) is below
