"""What people have authorized, whether it still holds, and the tokens for it."""

from ..authorization_server.interfaces import IApplication
from ..authorization_server.resources import find_resource
from ..core.errors import AccessRefused
from ..core.ipranges import contains
from ..core.scopes import format_scope
from ..core.scopes import parse_scope
from ..core.tokens import TokenDigest
from ..credentials.identifiers import identifier
from ..credentials.scopes import granted_scopes
from ..credentials.service import announce
from ..credentials.service import note
from ..events import ChangedEvent
from ..events import IssuedEvent
from ..permissions import AUTHORIZE_APPLICATIONS
from ..site.context import SiteAdapter
from ..site.requester import Requester
from ..site.users import SiteUser
from ..storage.authorizations import Authorization
from ..storage.families import RefreshFamily
from ..storage.interfaces import ISession
from ..tokens.accesstokens import end_access_token
from ..tokens.issue import TokenResponse
from ..usage.client import ClientInfo
from .authorizing import consent_items
from .authorizing import ends_at
from .authorizing import recorded_authorization
from .authorizing import targets_read
from .families import end_made_since
from .families import end_stolen_family
from .families import REPLAYED
from .families import start_family
from .families import stays_signed_in
from .interfaces import AuthorizationRequest
from .interfaces import IAuthorizationData
from .interfaces import IDelegation
from .kind import AUTHORIZATION
from .redeeming import check_may_still
from .redeeming import token_response
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any
from typing import NoReturn
from zope.component import getAdapters
from zope.interface import implementer

import secrets


@implementer(IDelegation)
class Delegation(SiteAdapter):
    """See IDelegation."""

    def may_still(
        self,
        client: IApplication,
        subject: SiteUser,
        authorization: Authorization | None,
        address: str | None,
        now: float,
    ) -> None:
        credential_id = authorization.credential_id if authorization else ""

        def refuse(reason: str) -> NoReturn:
            raise AccessRefused(reason, credential_id, reason.capitalize())

        if not client.is_live(now):
            refuse("the application is disabled or has expired")
        if address is not None and not _is_from(address, client, authorization):
            refuse("the application cannot be used from this address")
        users = self._site.users
        if not client.limits.allow(users, subject):
            refuse("the application is not for this user")
        is_use = authorization is not None and address is None
        # Asking for roles takes longer than all other checks of a use together.
        if not is_use and not users.has_permission(subject, AUTHORIZE_APPLICATIONS):
            refuse("the user may not authorize applications")
        if authorization is not None:
            self._check_holds(client, subject, authorization, now, refuse)

    def may_authorize(
        self, request: AuthorizationRequest, subject: SiteUser, address: str | None
    ) -> None:
        client, now = request.client, request.now
        self.may_still(client, subject, None, address, now)
        found = self.authorization(subject.user_id, client.client_id, request.resource)
        if found and not found.has_ended and found.disabled_at is not None:
            reason = "the authorization is disabled"
            raise AccessRefused(reason, found.credential_id, reason.capitalize())

    def _check_holds(
        self,
        client: IApplication,
        subject: SiteUser,
        authorization: Authorization,
        now: float,
        refuse: Callable[[str], NoReturn],
    ) -> None:
        if (authorization.owner, authorization.client_id) != (
            subject.user_id,
            client.client_id,
        ):
            refuse("the authorization is for somebody else")
        if not authorization.is_live(now):
            refuse("the authorization has ended")
        if not frozenset(authorization.scopes) <= frozenset(client.scopes):
            refuse("the application has lost a scope")
        if authorization.resource:
            resource = find_resource(self._site, authorization.resource)
            if resource is None or not resource.is_live(now):
                refuse("the resource is gone or disabled")

    def authorization(
        self, subject: str, client_id: str, resource: str
    ) -> Authorization | None:
        return self._site.storage[Authorization.kind].newest(
            subject, client_id, resource
        )

    def record(
        self,
        request: AuthorizationRequest,
        subject: SiteUser,
        scopes: frozenset[str],
        requester: Requester,
        address: str,
    ) -> Authorization:
        found = recorded_authorization(request, subject)
        client, now = request.client, request.now
        before = (
            granted_scopes(found.scopes) & frozenset(client.scopes) if found else ()
        )
        expires_at = ends_at(found, scopes, now)
        scopes = scopes.union(before)
        attributes: dict[str, Any] = {
            "title": client.title,
            "scopes": tuple(sorted(scopes)),
            "claims": tuple(
                sorted({item.name for item in consent_items(request, subject)})
            ),
            "targets": targets_read(request, found),
            "expires_at": expires_at,
        }
        details: dict[str, Any] = {
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
            resource=request.resource,
            address=address,
            issued_at=now,
            **attributes,
        )
        self._site.storage[Authorization.kind].add(authorization)
        note("authorize", [authorization], requester)
        if client.is_self_registered and self._site.settings.tell_of_self_registered:
            # Nobody but the person has looked at it, who hears of it twice.
            details["tells_owner"] = True
        announce(IssuedEvent, authorization, requester, details=details)
        return authorization

    def data(
        self, request: AuthorizationRequest, subject: SiteUser
    ) -> dict[str, Mapping[str, Any]]:
        kept = {
            name: data(request, subject)
            for name, data in getAdapters((self._site,), IAuthorizationData)
        }
        return {name: data for name, data in kept.items() if data}

    def issue(
        self,
        authorization: Authorization,
        client: ClientInfo,
        scope: str,
        data: Mapping[str, Any],
        now: float,
        session: ISession | None = None,
    ) -> TokenResponse:
        check_may_still(self._site, authorization, client, now)
        family, refresh_token = None, None
        if stays_signed_in(client.client, parse_scope(scope)):
            kept = self._for_refreshes(data)
            family, refresh_token = start_family(
                self._site, authorization, scope, kept, client, now
            )
        response = token_response(
            self._site,
            authorization,
            client,
            now,
            scope,
            data=data,
            family=family,
            session=session if family is None else None,
        )
        if refresh_token is not None:
            response.more["refresh_token"] = refresh_token
        return response

    def _for_refreshes(self, data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        """What of the data of a grant is needed as long as the client stays."""
        kept = {
            name: {
                member: value
                for member, value in data.get(name, {}).items()
                if member in each.for_refreshes
            }
            for name, each in getAdapters((self._site,), IAuthorizationData)
        }
        return {name: members for name, members in kept.items() if members}

    def end(
        self, made: RefreshFamily | TokenDigest | None, requester: str, now: float
    ) -> None:
        if isinstance(made, bytes):
            ended = end_access_token(self._site, TokenDigest(made), requester, now)
            if ended is not None:
                end_made_since(
                    self._site, ended.credential, ended.issued_at, REPLAYED, now
                )
        elif made is not None:
            end_stolen_family(self._site, made, REPLAYED, now)


def _is_from(address: str, *limited: IApplication | Authorization | None) -> bool:
    return all(contains(each.ip_ranges, address) for each in limited if each)
