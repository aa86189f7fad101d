"""What people have authorized, and whether it still holds."""

from ..authorization_server.interfaces import IApplication
from ..core.errors import AccessRefused
from ..core.ipranges import contains
from ..permissions import AUTHORIZE_APPLICATIONS
from ..site.context import SiteContext
from ..site.interfaces import ISiteContext
from ..site.users import SiteUser
from ..storage.authorizations import Authorization
from .interfaces import IDelegation
from zope.component import adapter
from zope.interface import implementer


@implementer(IDelegation)
@adapter(ISiteContext)
class Delegation:
    """See IDelegation."""

    def __init__(self, site: SiteContext) -> None:
        self._site = site

    def may_still(
        self,
        client: IApplication,
        subject: SiteUser,
        authorization: Authorization | None,
        address: str | None,
        now: float,
    ) -> None:
        credential_id = authorization.credential_id if authorization else ""

        def refuse(reason: str) -> None:
            raise AccessRefused(reason, credential_id, reason.capitalize())

        if not client.is_live(now):
            refuse("the application is disabled or has expired")
        if address is not None and not contains(client.ip_ranges, address):
            refuse("the application cannot be used from this address")
        users = self._site.users
        if not client.limits.allow(users, subject):
            refuse("the application is not for this user")
        is_use = authorization is not None and address is None
        # Asking for roles takes longer than all other checks of a use together.
        if not is_use and not users.has_permission(subject, AUTHORIZE_APPLICATIONS):
            refuse("the user may not authorize applications")
        if authorization is None:
            return
        if (authorization.owner, authorization.client_id) != (
            subject.user_id,
            client.client_id,
        ):
            refuse("the authorization is for somebody else")
        if not authorization.is_live(now):
            refuse("the authorization has ended")
        if not frozenset(authorization.scopes) <= frozenset(client.scopes):
            refuse("the application has lost a scope")

    def authorization(
        self, subject: str, client_id: str, resource: str
    ) -> Authorization | None:
        found: Authorization | None = self._site.storage[Authorization.kind].newest(
            subject, client_id, resource
        )
        return found
