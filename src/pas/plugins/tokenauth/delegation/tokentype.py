"""Refresh tokens at the endpoints about tokens: ``ptr_``."""

from ..core.scopes import parse_scope
from ..core.tokens import digest
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import scopes_in_force
from ..credentials.service import HOLDER
from ..site.context import SiteContext
from ..tokens.find import FoundToken
from ..tokens.find import UnknownToken
from ..tokens.interfaces import IRevocableTokenType
from .families import end_family
from .families import end_stolen_family
from .families import find_family
from .families import is_live
from .families import lives_until
from typing import Any
from zope.interface import implementer


@implementer(IRevocableTokenType)
class RefreshTokenType:
    """See IRevocableTokenType. It is for the token endpoint, and no request else."""

    authenticates = False
    explains_refusals = False
    password_setting = ""
    records_uses = False
    is_introspected = True

    def find(self, site: SiteContext, token: str, now: float) -> FoundToken:
        family = find_family(site, token, now)
        if family is None or not is_live(site, family, now):
            raise UnknownToken()
        authorization = family.authorization
        scopes = granted_scopes(parse_scope(family.scope))
        scopes &= granted_scopes(authorization.scopes)
        return FoundToken(
            digest=digest(token),
            credential=authorization,
            subject=authorization.owner,
            scopes=scopes_in_force(site.settings, scopes),
            issued_at=family.used_at,
            expires_at=lives_until(site, family),
            family=family,
            # A client that has lost an answer signs out with what it has.
            is_replaced=not family.is_current(token),
        )

    def revoke(
        self, site: SiteContext, found: FoundToken, requester: str, now: float
    ) -> None:
        family: Any = found.family
        if requester == HOLDER:
            # Whoever has found it may not be the first.
            end_stolen_family(site, family, requester, now)
        else:
            end_family(family, requester, now)
