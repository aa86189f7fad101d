"""One browser told from others, by a cookie that says nothing else.

What was begun in one browser is finished in no other: nobody logs somebody else in, or
lets them authorize, by sending them what they have got themselves.
"""

from typing import Any

import hmac
import re
import secrets


_COOKIE = "tokenauth_browser"
#: Browsers take a cookie with this name over https, and for this host alone.
_SECURE = "__Host-"
_VALUE = re.compile(r"[A-Za-z0-9_-]{43}")


def browser_of(request: Any) -> str:
    """What tells the browser of a request from others; new where it has no cookie yet.

    Only what is sealed may hold it: whoever knows it can pass for that browser.
    """
    return _value(request) or secrets.token_urlsafe(32)


def remember_browser(request: Any, value: str) -> None:
    """Let a browser be known by what :func:`browser_of` has made."""
    request.response.setCookie(
        cookie_name(request, _COOKIE),
        value,
        path="/",
        http_only=True,
        same_site="Lax",
        secure=is_secure(request),
    )


def is_browser(request: Any, known: str) -> bool:
    """Whether a request comes from the browser that is known by this."""
    value = _value(request)
    return bool(value) and hmac.compare_digest(value, known)


def _value(request: Any) -> str:
    value = str(request.cookies.get(cookie_name(request, _COOKIE), ""))
    return value if _VALUE.fullmatch(value) else ""


def cookie_name(request: Any, name: str) -> str:
    """What a cookie of this name is called, by https and by http."""
    return f"{_SECURE}{name}" if is_secure(request) else name


def is_secure(request: Any) -> bool:
    """Whether a request is by https."""
    return bool(request["SERVER_URL"].startswith("https:"))
