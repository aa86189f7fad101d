"""Personal access tokens: of each secret, only the digest is kept."""

from ..core.tokens import TokenDigest
from .credentials import Credential
from .credentials import Credentials
from .tokensecrets import TokenSecret
from BTrees.OOBTree import OOBTree
from typing import Any


class PersonalAccessToken(Credential):
    """A personal access token: the secret itself is sent with every request.

    :ivar secrets: what is kept of its secrets, as a tuple; the newest is last
    :ivar newest_secret: the newest of them
    """

    kind = "personal_access_token"

    def __init__(
        self, credential_id: str, *, digest: TokenDigest, **common: Any
    ) -> None:
        super().__init__(credential_id, **common)
        secret = TokenSecret(digest=digest, added_at=self.issued_at)
        self.secrets: tuple[TokenSecret, ...] = (secret,)

    @property
    def newest_secret(self) -> TokenSecret:
        return self.secrets[-1]

    @property
    def secret_made_at(self) -> float:
        return self.newest_secret.added_at

    def secret(self, digest: TokenDigest) -> TokenSecret:
        """The one with this digest. Raises StopIteration where there is none."""
        return next(each for each in self.secrets if each.digest == digest)


class PersonalAccessTokens(Credentials[PersonalAccessToken]):
    """All personal access tokens of the site."""

    def __init__(self) -> None:
        super().__init__()
        self._by_digest = OOBTree()

    def add(self, credential: PersonalAccessToken) -> None:
        super().add(credential)
        self._by_digest[credential.newest_secret.digest] = credential

    def by_digest(self, digest: TokenDigest) -> PersonalAccessToken | None:
        """The one that has a secret with this digest, or None."""
        return self._by_digest.get(digest)

    def change_secrets(
        self, credential: PersonalAccessToken, secrets: tuple[TokenSecret, ...]
    ) -> None:
        """Let one have these secrets, as a tuple, the newest last."""
        for secret in credential.secrets:
            del self._by_digest[secret.digest]
        for secret in secrets:
            self._by_digest[secret.digest] = credential
        credential.secrets = secrets

    def remove(self, credential_id: str) -> None:
        for secret in self._by_id[credential_id].secrets:
            del self._by_digest[secret.digest]
        super().remove(credential_id)
