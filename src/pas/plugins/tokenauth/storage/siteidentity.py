"""The identity of a site, which stays when its address changes."""

from persistent import Persistent


class SiteIdentity(Persistent):
    """Tells this site from any other.

    :param identity: random bytes
    """

    def __init__(self, identity: bytes) -> None:
        self.identity = identity
