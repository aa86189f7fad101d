"""Applications: clients that an administrator has registered (RFC 6749 section 2)."""

from ..core.keys import PublicKey
from ..core.tokens import TokenDigest
from .credentials import Credential
from .credentials import Credentials
from .tokensecrets import TokenSecret
from collections.abc import Iterator

import hmac


#: As profile 1000 has stored it: decision 0023.
ClientSecret = TokenSecret


class Application(Credential):
    """A client that an administrator has registered; it belongs to the site.

    :ivar authentication: how it authenticates itself, see applications
    :ivar redirect_uris: where people may be sent back to, as a tuple
    :ivar allowed_schemes: schemes without a dot that these may have
    :ivar default_scopes: names of the scopes it gets where it names none
    :ivar groups: ids of the groups it is for, as a tuple; none for everybody
    :ivar runs_as: user id as whom it acts by itself; empty where it cannot
    :ivar is_first_party: whether people are not asked
    :ivar requires_pkce: whether it must use PKCE although it is confidential
    :ivar stays_signed_in: whether it gets refresh tokens without asking
    :ivar uses_passwords: whether it may send passwords of people
    :ivar uses_implicit_grant: whether it may get tokens in the URL
    :ivar uses_device_codes: whether people can let it in by a device code
    :ivar id_token_signed_response_alg: algorithm by which the site signs for it
    :ivar subject_type: whether it knows people by names of its own: pairwise
    :ivar claims_in_id_token: whether ID tokens hold the claims of scopes
    :ivar post_logout_redirect_uris: where people may be sent back to who log out, as a
        tuple
    :ivar backchannel_logout_uri: where it hears of a log-out, or empty
    :ivar frontchannel_logout_uri: where a browser tells it so, or empty
    :ivar resource: URL by which tokens can be for it; empty where none are
    :ivar resource_scopes: scopes of that, as a tuple: name, space, sentence
    :ivar may_exchange: whether it exchanges such tokens for those of the site
    :ivar is_open: whether clients that registered themselves get its scopes
    :ivar secrets: what is kept of its secrets, as a tuple
    :ivar public_keys: tuple of core.keys.PublicKey
    """

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
        """The secrets that authenticate it at this time, as a tuple."""
        return tuple(each for each in self.secrets if each.is_live(now))

    def live_public_keys(self, now: float) -> tuple[PublicKey, ...]:
        """The public keys that verify what it signs at this time, as a tuple."""
        return tuple(each for each in self.public_keys if each.is_live(now))

    def secret_of(self, digest: TokenDigest, now: float) -> TokenSecret | None:
        """The live secret that has this digest, None where it is none of them."""
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
