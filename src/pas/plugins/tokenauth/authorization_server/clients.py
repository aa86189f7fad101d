"""Service keys as clients that authenticate themselves (``private_key_jwt``)."""

from ..core.clientassertions import ASSERTION_TYPE
from ..core.clientassertions import NOT_OURS
from ..core.clientassertions import verified_client_assertion
from ..core.errors import AccessRefused
from ..core.errors import InvalidClient
from ..core.errors import InvalidGrant
from ..core.errors import InvalidRequest
from ..site.context import SiteContext
from ..storage.servicekeys import ServiceKey
from ..tokens.checks import checked_owner
from collections.abc import Mapping


NOT_USABLE = "The service key cannot be used: it has ended, or not from this address."


def authenticated_client(
    site: SiteContext,
    parameters: Mapping[str, str],
    address: str,
    now: float,
) -> ServiceKey | None:
    """The service key that authenticates a request, None for a request without one.

    The identifier of its assertion is used up.

    :param parameters: those of the request
    :param address: of the client
    :raises InvalidClient: when the assertion is not valid
    :raises InvalidRequest: when only one of two parameters that belong together is sent
    """
    assertion = parameters.get("client_assertion")
    assertion_type = parameters.get("client_assertion_type")
    if assertion is None and assertion_type is None:
        return None
    if assertion is None:
        raise InvalidRequest("The parameter client_assertion is missing.")
    if assertion_type != ASSERTION_TYPE:
        raise InvalidRequest(
            f"The parameter client_assertion_type must be {ASSERTION_TYPE}."
        )
    claims = verified_client_assertion(
        assertion,
        lambda client_id: site.public_keys_of(client_id, now),
        site.assertion_rules(_audiences(site)),
        now,
    )
    service_key = site.storage["service_key"].get(claims.client_id)
    if service_key is None:
        raise InvalidClient(NOT_OURS)
    try:
        _check_client_id(parameters, service_key)
        checked_owner(site, service_key, address, now)
        site.use_up(service_key.client_id, claims.jti, claims.expires_at, now)
    except AccessRefused as refused:
        raise InvalidClient(NOT_USABLE, refused.reason, claims.client_id) from None
    except InvalidGrant as refused:
        description, reason = refused.description, refused.reason
        raise InvalidClient(description, reason, claims.client_id) from None
    return service_key


def _audiences(site: SiteContext) -> frozenset[str]:
    """What an assertion may be addressed to: the issuer, unless the site says more."""
    audiences = {site.issuer}
    if site.settings.accept_token_endpoint_audience:
        audiences.add(site.token_endpoint)
    return frozenset(audiences - {""})


def _check_client_id(parameters: Mapping[str, str], service_key: ServiceKey) -> None:
    if parameters.get("client_id", service_key.client_id) != service_key.client_id:
        raise InvalidGrant("The parameter client_id is another client.")
