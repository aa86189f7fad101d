"""Recording what a person allows, and issuing the code for it."""

from ..core.clock import DAY
from ..core.redirects import is_native
from ..core.redirects import shown_target
from ..core.scopes import format_scope
from ..core.tokens import AUTHORIZATION_CODE_PREFIX
from ..core.tokens import digest
from ..core.tokens import make_token
from ..core.tokens import RANDOM_BYTES
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import is_administrative
from ..site.users import SiteUser
from ..storage.authorizations import Authorization
from ..storage.authorizations import AuthorizationCode
from .interfaces import AuthorizationRequest
from .interfaces import ConsentItem
from .interfaces import IConsentItems
from .interfaces import IDelegation
from .scopes import OFFLINE_ACCESS
from collections.abc import Iterable
from zope.component import getAdapters

import secrets


CODES = "authorization_codes"
#: Seconds in which a client exchanges a code (RFC 6749 section 4.1.2).
CODE_LIFETIME = 60
#: Seconds after which whoever lets an application administer is asked again.
ADMINISTRATION_LIFETIME = 180 * DAY


def recorded_authorization(
    request: AuthorizationRequest, subject: SiteUser
) -> Authorization | None:
    """What the person has authorized this client to do before, as far as it holds."""
    found: Authorization | None = IDelegation(request.site).authorization(
        subject.user_id, request.client.client_id, request.resource
    )
    return found if found is not None and found.is_live(request.now) else None


def ends_at(
    found: Authorization | None, scopes: Iterable[str], now: float
) -> float | None:
    """When an authorization ends with what a person allows now; None for never.

    They can make it end earlier by that, and never later.

    :param found: what they have authorized before
    :param scopes: what they allow now
    :param now: seconds since the epoch
    """
    before = found.expires_at if found else None
    if not is_administrative(scopes):
        return before
    latest = now + ADMINISTRATION_LIFETIME
    return latest if before is None else min(before, latest)


def consent_items(
    request: AuthorizationRequest, subject: SiteUser
) -> list[ConsentItem]:
    """What the client gets besides scopes."""
    adapters = sorted(getAdapters((request.site,), IConsentItems))
    return [item for _, items in adapters for item in items(request, subject)]


def is_always_asked(request: AuthorizationRequest) -> bool:
    """Whether the person has to say yes each time.

    So it is whenever the client may be another than it says: one that registered
    itself, or a public one on the person's own computer, whose place any program there
    can take.
    """
    client = request.client
    return client.is_self_registered or (
        client.is_public and is_native(request.redirect_uri)
    )


def is_known_target(
    request: AuthorizationRequest, authorization: Authorization
) -> bool:
    """Whether the person has read before where the answer leads."""
    return shown_target(request.redirect_uri) in authorization.targets


def targets_read(
    request: AuthorizationRequest, found: Authorization | None
) -> tuple[str, ...]:
    """What an authorization keeps of where answers lead.

    Nothing where it does not decide whether the person is asked, nor where the answer
    leads nowhere, as that of a device. So an application that is the site's own no more
    asks once, whatever was recorded before.

    :param found: what the person has authorized before
    """
    targets = set(found.targets) if found else set()
    decides = not (is_always_asked(request) or _is_never_asked(request))
    if request.redirect_uri and decides:
        targets.add(shown_target(request.redirect_uri))
    return tuple(sorted(targets))


def must_ask(
    request: AuthorizationRequest,
    authorization: Authorization | None,
    items: Iterable[ConsentItem],
) -> bool:
    """Whether the person has to say yes.

    Not where they have said so before, or the application is the site's own and does
    not ask to stay signed in (OpenID Connect Core section 11).
    """
    if is_always_asked(request):
        return True
    if _is_never_asked(request):
        return False
    return (
        authorization is None
        # Of one that the application has lost, nothing holds any more.
        or not frozenset(authorization.scopes) <= frozenset(request.client.scopes)
        or not request.scopes <= granted_scopes(authorization.scopes)
        or not {item.name for item in items} <= set(authorization.claims)
        # Whoever changes the application could lead people who have said yes elsewhere.
        or not is_known_target(request, authorization)
    )


def issue_code(
    request: AuthorizationRequest,
    subject: SiteUser,
    authorization: Authorization,
    scopes: frozenset[str],
) -> str:
    """A code for the client to exchange, once.

    :raises AccessRefused: when the client may not go on
    """
    delegation = IDelegation(request.site)
    delegation.may_still(request.client, subject, authorization, None, request.now)
    code = make_token(AUTHORIZATION_CODE_PREFIX, secrets.token_bytes(RANDOM_BYTES))
    request.site.storage[CODES].add(
        digest(code),
        AuthorizationCode(
            authorization=authorization,
            redirect_uri=request.redirect_uri,
            is_redirect_uri_named="redirect_uri" in request.parameters,
            challenge=request.parameters.get("code_challenge"),
            scope=format_scope(scopes),
            expires_at=request.now + CODE_LIFETIME,
            data=delegation.data(request, subject),
            session=request.session,
        ),
        request.now,
    )
    return code


def _is_never_asked(request: AuthorizationRequest) -> bool:
    return request.client.is_first_party and OFFLINE_ACCESS not in request.scopes
