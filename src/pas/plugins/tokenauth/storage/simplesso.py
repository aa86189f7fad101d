"""Clients of django-simple-sso, and the tokens on the way to them."""

from .credentials import Credential
from .records import Records
from .sharedsecrets import SharedSecret
from dataclasses import dataclass


class SimpleSSOConsumer(Credential):
    """A web site with django-simple-sso that lets people log in here.

    :ivar urls: where people come back to, as a tuple
    :ivar users: ids of the users it is for, as a tuple; none for everybody
    :ivar groups: ids of the groups it is for, as a tuple
    :ivar tells_login_name: whether it knows people by login name, not user id
    :ivar secrets: tuple of sharedsecrets.SharedSecret, the newest is last
    """

    kind = "simple_sso_consumer"
    scopes: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    tells_login_name = False
    secrets: tuple[SharedSecret, ...] = ()

    @property
    def secret_made_at(self) -> float:
        return max((each.added_at for each in self.secrets), default=self.issued_at)


@dataclass(frozen=True, kw_only=True)
class SimpleSSOToken:
    """What the site knows of a request token or an access token.

    :param consumer_id: whose it is
    :param expires_at: seconds since the epoch
    :param url: where a person is sent back to, for a request token
    :param user_id: who has logged in, for an access token
    """

    consumer_id: str
    expires_at: float
    url: str = ""
    user_id: str = ""


class SimpleSSOTokens(Records[SimpleSSOToken]):
    """Tokens of django-simple-sso by digest."""

    record = SimpleSSOToken
