"""One browser told from others."""

from pas.plugins.tokenauth.signin.browser import is_browser
from pas.plugins.tokenauth.signin.browser import remember_browser
from tests.signin.conftest import Request


def test_a_browser_is_known_by_its_cookie() -> None:
    """CO-02: and keeps it, whatever it is asked."""
    request = Request()
    known = remember_browser(request)
    again, other = Request(**request.response.cookies), Request()
    assert remember_browser(again) == known
    assert again.response.cookies == request.response.cookies
    assert is_browser(again, known)
    assert not is_browser(Request(), known)
    assert remember_browser(other) != known
    assert not is_browser(Request(**other.response.cookies), known)


def test_what_is_sealed_about_a_browser_is_not_its_cookie() -> None:
    """Threat: it is compressed with what others choose, and its length is seen."""
    request = Request()
    known = remember_browser(request)
    (value,) = request.response.cookies.values()
    assert value not in known
    assert not is_browser(Request(tokenauth_browser=known), known)
