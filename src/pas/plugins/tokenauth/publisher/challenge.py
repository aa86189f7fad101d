"""Telling API clients that a Bearer token would help (RFC 6750 section 3).

plone.rest answers an unauthorised API request itself and keeps the challenge
plugins of PAS from running, so the header is added at the end.
"""

from .refusal import challenge
from plone.rest.interfaces import IAPIRequest
from typing import Any
from zope.component import adapter
from ZPublisher.interfaces import IPubFailure


@adapter(IPubFailure)
def challenge_api_client(event: IPubFailure) -> None:
    """Add a Bearer challenge to a 401 of the API that has none."""
    response = event.request.response
    if response.getStatus() != 401 or not IAPIRequest.providedBy(event.request):
        return
    if not any("bearer" in value.lower() for value in _challenges(response)):
        response.addHeader("WWW-Authenticate", challenge())


def _challenges(response: Any) -> list[str]:
    # Zope keeps a header under the spelling that somebody chose for it.
    headers = [*response.headers.items(), *response.accumulated_headers]
    return [value for name, value in headers if name.lower() == "www-authenticate"]
