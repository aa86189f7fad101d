"""One browser told from others, by a cookie that says nothing else.

What was begun in one browser is finished in no other: nobody logs somebody else in, or
lets them authorize, by sending them what they have got themselves.
"""

from ..core.base64url import encoded
from typing import Any

import hashlib
import hmac
import re
import secrets


_COOKIE = "tokenauth_browser"
#: Browsers take a cookie with this name over https, and for this host alone.
_SECURE = "__Host-"
_VALUE = re.compile(r"[A-Za-z0-9_-]{43}")


def remember_browser(request: Any) -> str:
    """Let a browser be known, by the cookie that it has or by a new one.

    :returns: by what it is known, to be sealed into what it is asked; not the cookie,
        since that is compressed with what others choose, and its length tells of it
    """
    value = _value(request) or secrets.token_urlsafe(32)
    request.response.setCookie(
        cookie_name(request, _COOKIE),
        value,
        path="/",
        http_only=True,
        same_site="Lax",
        secure=is_secure(request),
    )
    return _digest(value)


def is_browser(request: Any, known: str) -> bool:
    """Whether a request comes from the browser that is known by this."""
    value = _value(request)
    return bool(value) and hmac.compare_digest(_digest(value), known)


def _value(request: Any) -> str:
    value = str(request.cookies.get(cookie_name(request, _COOKIE), ""))
    return value if _VALUE.fullmatch(value) else ""


def _digest(value: str) -> str:
    return encoded(hashlib.sha256(value.encode("ascii")).digest())


def cookie_name(request: Any, name: str) -> str:
    """What a cookie of this name is called, by https and by http."""
    return f"{_SECURE}{name}" if is_secure(request) else name


def is_secure(request: Any) -> bool:
    """Whether a request is by https."""
    return bool(request["SERVER_URL"].startswith("https:"))
