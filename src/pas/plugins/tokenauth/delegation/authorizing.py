"""Recording what a person allows, and issuing the code for it."""

from ..core.clock import DAY
from ..core.redirects import is_native
from ..core.scopes import format_scope
from ..core.tokens import AUTHORIZATION_CODE_PREFIX
from ..core.tokens import digest
from ..core.tokens import make_token
from ..core.tokens import RANDOM_BYTES
from ..credentials.identifiers import identifier
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import is_administrative
from ..credentials.service import announce
from ..credentials.service import note
from ..events import ChangedEvent
from ..events import IssuedEvent
from ..site.requester import Requester
from ..site.users import SiteUser
from ..storage.authorizations import Authorization
from ..storage.authorizations import AuthorizationCode
from .interfaces import AuthorizationRequest
from .interfaces import ConsentItem
from .interfaces import IAuthorizationData
from .interfaces import IConsentItems
from .interfaces import IDelegation
from .kind import AUTHORIZATION
from collections.abc import Iterable
from typing import Any
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
        subject.user_id, request.client.client_id, ""
    )
    return found if found is not None and found.is_live(request.now) else None


def consent_items(
    request: AuthorizationRequest, subject: SiteUser
) -> list[ConsentItem]:
    """What the client gets besides scopes."""
    adapters = sorted(getAdapters((request.site,), IConsentItems))
    return [item for _, items in adapters for item in items(request, subject)]


def must_ask(
    request: AuthorizationRequest,
    authorization: Authorization | None,
    items: Iterable[ConsentItem],
) -> bool:
    """Whether the person has to say yes.

    Not where they have said so before, or the application is the site's own. But
    whenever the client may be another than it says: one that registered itself, or a
    public one on the person's own computer, whose place any program there can take.
    """
    client = request.client
    if client.is_self_registered:
        return True
    if client.is_public and is_native(request.redirect_uri):
        return True
    if client.is_first_party:
        return False
    return (
        authorization is None
        # Of one that the application has lost, nothing holds any more.
        or not frozenset(authorization.scopes) <= frozenset(client.scopes)
        or not request.scopes <= granted_scopes(authorization.scopes)
        or not {item.name for item in items} <= set(authorization.claims)
    )


def record_authorization(
    request: AuthorizationRequest,
    subject: SiteUser,
    scopes: frozenset[str],
    items: Iterable[ConsentItem],
    requester: Requester,
    address: str,
) -> Authorization:
    """Record that the person allows the client all this, beside what they did before.

    :param scopes: what is allowed now
    """
    found = recorded_authorization(request, subject)
    client, now = request.client, request.now
    before = granted_scopes(found.scopes) & frozenset(client.scopes) if found else ()
    scopes = scopes.union(before)
    attributes: dict[str, Any] = {
        "title": client.title,
        "scopes": tuple(sorted(scopes)),
        "claims": tuple(sorted({item.name for item in items})),
        "expires_at": (
            now + ADMINISTRATION_LIFETIME if is_administrative(scopes) else None
        ),
    }
    details = {
        "client_id": client.client_id,
        "scope": format_scope(scopes),
        "address": address,
    }
    if found is not None:
        if any(getattr(found, name) != value for name, value in attributes.items()):
            for name, value in attributes.items():
                setattr(found, name, value)
            note("authorize", [found], requester)
            announce(ChangedEvent, found, requester, details=details)
        return found
    authorization = Authorization(
        identifier(AUTHORIZATION.id_prefix, subject.user_id, secrets.token_hex()),
        owner=subject.user_id,
        application=client.client_id,
        resource="",
        address=address,
        issued_at=now,
        **attributes,
    )
    request.site.storage[Authorization.kind].add(authorization)
    note("authorize", [authorization], requester)
    announce(IssuedEvent, authorization, requester, details=details)
    return authorization


def issue_code(
    request: AuthorizationRequest,
    subject: SiteUser,
    authorization: Authorization,
    scopes: frozenset[str],
) -> str:
    """A code for the client to exchange, once.

    :raises AccessRefused: when the client may not go on
    """
    may_still = IDelegation(request.site).may_still
    may_still(request.client, subject, authorization, None, request.now)
    code = make_token(AUTHORIZATION_CODE_PREFIX, secrets.token_bytes(RANDOM_BYTES))
    kept = {
        name: data(request, subject)
        for name, data in getAdapters((request.site,), IAuthorizationData)
    }
    request.site.storage[CODES].add(
        digest(code),
        AuthorizationCode(
            authorization=authorization,
            redirect_uri=request.redirect_uri,
            challenge=request.parameters.get("code_challenge"),
            scope=format_scope(scopes),
            expires_at=request.now + CODE_LIFETIME,
            data={name: data for name, data in kept.items() if data},
        ),
        request.now,
    )
    return code
