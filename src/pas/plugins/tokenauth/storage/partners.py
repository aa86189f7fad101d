"""Partners: those with whom the site shares a secret for signatures."""

from .credentials import Credential
from .interfaces import IPartner
from .sharedsecrets import SharedSecret
from zope.interface import implementer


@implementer(IPartner)
class Partner(Credential):
    """See IPartner."""

    kind = "partner"
    scopes: tuple[str, ...] = ()
    purpose = "login"
    algorithm = "sha256"
    extras: tuple[str, ...] = ()
    max_lifetime = 600
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    creates_users = False
    landing = ""
    urls: tuple[str, ...] = ()
    secrets: tuple[SharedSecret, ...] = ()

    @property
    def secret_made_at(self) -> float:
        return max((each.added_at for each in self.secrets), default=self.issued_at)
