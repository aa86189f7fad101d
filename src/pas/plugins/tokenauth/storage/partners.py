"""Partners: those with whom the site shares a secret for signatures."""

from .credentials import Credential
from .sharedsecrets import SharedSecret


class Partner(Credential):
    """Somebody with whom the site shares a secret for signatures; see partners.

    :ivar purpose: what its signatures are for: login, views or outgoing
    :ivar algorithm: the hash of its signatures
    :ivar extras: names of what is signed besides the user, as a tuple
    :ivar max_lifetime: seconds for which a signature may be valid
    :ivar users: ids of the users it may log in, as a tuple
    :ivar groups: ids of the groups whose members it may log in, as a tuple
    :ivar creates_users: whether users that nobody knows are created
    :ivar landing: path below the site where people get to
    :ivar urls: where signed URLs may lead, as a tuple
    :ivar secrets: tuple of sharedsecrets.SharedSecret, the newest is last
    """

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
