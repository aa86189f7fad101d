"""The kind *authorization*: what a person lets an application do."""

from ..authorization_server.clients import find_client
from ..authorization_server.interfaces import IApplication
from ..core.errors import AccessRefused
from ..credentials.kind import CredentialKind
from ..credentials.options import Decision
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import scopes_in_force
from ..i18n import _
from ..permissions import AUTHORIZE_APPLICATIONS
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import NotAllowed
from ..site.requester import Requester
from ..site.users import SiteUser
from ..storage.authorizations import Authorization
from .interfaces import IDelegation
from .options import IAuthorizationOptions
from .texts import TEXTS
from collections.abc import Mapping
from typing import Any


class MadeByConsent(NotAllowed):
    """Nobody issues an authorization: it comes to be on the page of an application."""

    def __init__(self) -> None:
        super().__init__(
            _("You are asked for it when an application sends you to this site.")
        )


class AuthorizationKind(CredentialKind):
    """See ICredentialKind."""

    name = Authorization.kind
    order = 40
    made_by = "consent"
    is_for_applications = True
    options = IAuthorizationOptions
    manage_own = AUTHORIZE_APPLICATIONS
    password_setting = "authorizations_on_password_change"
    page = "manage-authorizations"
    list_links = ((_("Sign out everywhere"), "sign-out"),)
    endpoint = "@authorizations"
    id_member = "authorization_id"
    id_prefix = "aut-"
    texts = TEXTS

    def check_may_issue(
        self, site: SiteContext, requester: Requester, now: float, owner: str = ""
    ) -> None:
        raise MadeByConsent()

    def check_options(self, decision: Decision, accepted: Mapping[str, Any]) -> None:
        before = granted_scopes(decision.before.get("scopes", ()))
        if not granted_scopes(accepted.get("scopes", ())) <= before:
            raise InvalidInput(
                "scopes",
                _("Only the person can allow more, when the application asks for it."),
            )

    def check_use(
        self, site: SiteContext, credential: Any, subject: SiteUser, now: float
    ) -> None:
        client = find_client(site, credential.client_id)
        if not IApplication.providedBy(client):
            raise AccessRefused("application is gone", credential.credential_id)
        IDelegation(site).may_still(client, subject, credential, None, now)

    def may_obtain(
        self, site: SiteContext, credential: Any, scopes: frozenset[str]
    ) -> bool:
        client = find_client(site, credential.client_id)
        if not IApplication.providedBy(client):
            return False
        return scopes <= scopes_in_force(site.settings, client.scopes)

    def details(self, credential: Authorization) -> dict[str, Any]:
        return {
            "client_id": credential.client_id,
            "resource": credential.resource or None,
        }


AUTHORIZATION = AuthorizationKind()
