"""Acting as somebody else: asked at issue and at every use."""

from ..permissions import IMPERSONATE_USER
from ..site.administrative import ADMINISTRATORS
from ..site.users import SiteUser
from ..site.users import SiteUsers
from ..storage.interfaces import ICredential


def may_act_as(
    users: SiteUsers, credential: ICredential, owner: SiteUser, subject: SiteUser
) -> bool:
    """Whether a credential may act as this user of the site.

    As its owner, always. As another user, if the credential and the owner may
    impersonate, and the subject has neither one of Plone's roles for administration nor
    an administrative permission that the owner lacks.
    """
    if subject.user_id == owner.user_id:
        return True
    if not credential.may_impersonate:
        return False
    # Asking for groups and roles is expensive, so each is asked for once.
    requester = users.principal(owner)
    if not users.permits(requester, IMPERSONATE_USER):
        return False
    own = users.roles(requester)
    gained = users.roles(users.principal(subject)) - own
    if gained & (ADMINISTRATORS | users.roles_with(IMPERSONATE_USER)):
        return False
    return users.permissions_of(gained) <= users.permissions_of(own)
