"""Applications: clients that an administrator has registered (RFC 6749 section 2)."""

from ..core.keys import PublicKey
from ..core.tokens import TokenDigest
from .credentials import Credential
from .credentials import Credentials
from .interfaces import IRegisteredApplication
from .tokensecrets import TokenSecret
from collections.abc import Iterator
from zope.interface import implementer

import hmac


#: As profile 1000 has stored it: decision 0023.
ClientSecret = TokenSecret


@implementer(IRegisteredApplication)
class Application(Credential):
    """See IRegisteredApplication."""

    kind = "application"
    authentication = "client_secret"
    redirect_uris: tuple[str, ...] = ()
    allowed_schemes: tuple[str, ...] = ()
    default_scopes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    runs_as = ""
    is_first_party = False
    requires_pkce = False
    stays_signed_in = False
    uses_device_codes = False
    uses_passwords = False
    uses_implicit_grant = False
    id_token_signed_response_alg = "RS256"
    subject_type = "public"
    claims_in_id_token = False
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri = ""
    frontchannel_logout_uri = ""
    resource = ""
    resource_scopes: tuple[str, ...] = ()
    may_exchange = False
    is_open = False
    secrets: tuple[TokenSecret, ...] = ()
    public_keys: tuple[PublicKey, ...] = ()

    @property
    def acts_as(self) -> str:
        return self.runs_as

    @property
    def secret_made_at(self) -> float:
        made = [each.added_at for each in self.secrets]
        made += [each.added_at for each in self.public_keys]
        return max(made, default=self.issued_at)

    def live_secrets(self, now: float) -> tuple[TokenSecret, ...]:
        return tuple(each for each in self.secrets if each.is_live(now))

    def live_public_keys(self, now: float) -> tuple[PublicKey, ...]:
        return tuple(each for each in self.public_keys if each.is_live(now))

    def secret_of(self, digest: TokenDigest, now: float) -> TokenSecret | None:
        found = None
        for each in self.live_secrets(now):
            # How long this takes says nothing about any of them.
            if hmac.compare_digest(each.digest, digest):
                found = each
        return found


class Applications(Credentials[Application]):
    """All applications of the site; those "of a user" are those that act as the user.

    When the user is gone, they go on for everybody else, and cannot act by themselves.

    There are few: no index finds those of a user.
    """

    def owners(self) -> list[str]:
        return sorted({each.runs_as for each in self.all() if each.runs_as})

    def owned_by(self, owner: str) -> Iterator[Application]:
        yield from (each for each in self.all() if each.runs_as == owner)

    def mark_orphaned(self, owner: str, now: float) -> None:
        for application in self.owned_by(owner):
            application.runs_as = ""
            application.owner_missing_since = None
