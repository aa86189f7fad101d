"""The plugin's say in what PAS writes: roles and log-in cookies.

PAS announces no event for these, but asks its plugins. Ours stores nothing; it
only refuses what a request with an access token may not do.
"""

from ..publisher.breeding import refuse_user_management
from AccessControl import ClassSecurityInfo
from AccessControl.class_init import InitializeClass
from typing import Any
from zope.globalrequest import getRequest


# IRoleAssignerPlugin and ICredentialsUpdatePlugin, for their timing alone.
class Veto:
    security = ClassSecurityInfo()

    @security.private
    def doAssignRoleToPrincipal(self, principal_id: str, role: str) -> bool:
        # See IRoleAssignerPlugin.
        refuse_user_management(getRequest())
        return False

    @security.private
    def doRemoveRoleFromPrincipal(self, principal_id: str, role: str) -> bool:
        # See IRoleAssignerPlugin.
        refuse_user_management(getRequest())
        return False

    @security.private
    def assignRolesToPrincipal(self, roles: Any, principal_id: str) -> None:
        # What PlonePAS calls on every IRoleAssignerPlugin.
        refuse_user_management(getRequest())

    @security.private
    def updateCredentials(
        self, request: Any, response: Any, login: str, new_password: str
    ) -> None:
        # See ICredentialsUpdatePlugin. Comes with log-ins and changed passwords; a
        # key that may manage users may change those. The cookie that other
        # plugins make of it never leaves, see publisher/response.py.
        refuse_user_management(request)


InitializeClass(Veto)
