"""Where a request comes from."""

from ..core.ipranges import normalized_address
from functools import lru_cache
from typing import Any
from ZPublisher import HTTPRequest


#: What servers and settings write, not what clients send: each request asks again.
_peer_address = lru_cache(maxsize=1_000)(normalized_address)


def client_address(request: Any) -> str:
    """The address of the client, as checks, logs and pages write it.

    The request's own method compares strings, so that a trusted proxy looks like the
    client as soon as somebody writes a port, brackets or another spelling.

    :returns: the address without a port; an empty string where there is none, and what
        a proxy has sent where that is no address
    """
    trusted = {_peer_address(proxy) for proxy in HTTPRequest.trusted_proxies}
    nearest = _peer_address(request.environ.get("REMOTE_ADDR", ""))
    if nearest in trusted:
        for entry in _forwarded_for(request):
            if entry not in trusted:
                return entry
    return nearest


def _forwarded_for(request: Any) -> list[str]:
    """The clients that proxies name in X-Forwarded-For, the nearest first."""
    header = request.environ.get("HTTP_X_FORWARDED_FOR", "")
    entries = map(normalized_address, reversed(header.split(",")))
    return [entry for entry in entries if entry]
