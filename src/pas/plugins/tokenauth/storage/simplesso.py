"""Clients of django-simple-sso, and the tokens on the way to them."""

from .records import Records
from .sharedsecrets import SecretSharer
from dataclasses import dataclass


class SimpleSSOConsumer(SecretSharer):
    """A web site with django-simple-sso that lets people log in here.

    Without users and groups it is for everybody.

    :ivar tells_login_name: whether it knows people by login name, not user id
    """

    kind = "simple_sso_consumer"
    tells_login_name = False


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
