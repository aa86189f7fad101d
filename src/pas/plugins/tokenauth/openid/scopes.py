"""Scopes by which applications learn who somebody is; none lets them do anything."""

from ..credentials.scopes import IScope
from ..credentials.scopes import IScopeSource
from ..credentials.scopes import Scope
from ..i18n import _
from ..site.lookup import current_site
from .interfaces import IClaims
from .settings import is_enabled
from zope.component import getAdapters
from zope.interface import implementer


#: Asks for an ID token (OpenID Connect Core section 3.1.2.1).
OPENID = "openid"

_LOGIN = Scope(
    title=_("Log in"),
    description=_("Recognize you when you come again, by a name that says nothing."),
    is_for_applications=True,
    # Without it the answer would have no ID token, which the application waits for.
    is_optional=False,
)


@implementer(IScopeSource)
class IdentityScopes:
    """See IScopeSource. Unknown while the site is no OpenID provider."""

    def scopes(self) -> dict[str, IScope]:
        site = current_site()
        if site is None or not is_enabled(site):
            return {}
        named = {
            name: Scope(
                title=claims.title,
                description=claims.description,
                is_for_applications=True,
            )
            for name, claims in getAdapters((site,), IClaims)
        }
        return {OPENID: _LOGIN, **named}
