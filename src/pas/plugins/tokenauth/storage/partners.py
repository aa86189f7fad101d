"""Partners: those with whom the site shares a secret for signatures."""

from .sharedsecrets import SecretSharer


class Partner(SecretSharer):
    """Somebody with whom the site shares a secret for signatures; see partners.

    :ivar purpose: what its signatures are for: login, views or outgoing
    :ivar algorithm: the hash of its signatures
    :ivar extras: names of what is signed besides the user, as a tuple
    :ivar max_lifetime: seconds for which a signature may be valid
    :ivar creates_users: whether users that nobody knows are created
    :ivar landing: path below the site where people get to
    """

    kind = "partner"
    purpose = "login"
    algorithm = "sha256"
    extras: tuple[str, ...] = ()
    max_lifetime = 600
    creates_users = False
    landing = ""
