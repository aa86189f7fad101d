"""The kind *personal access token*: one secret, sent with every request."""

from ..core.tokens import digest
from ..core.tokens import make_token
from ..core.tokens import PERSONAL_ACCESS_TOKEN_PREFIX
from ..core.tokens import RANDOM_BYTES
from ..credentials.interfaces import IMaterial
from ..credentials.kind import CredentialKind
from ..credentials.kind import Issued
from ..credentials.rotation import rotated
from ..credentials.serializers import serialize_secret
from ..i18n import _
from ..permissions import MANAGE_OWN_PERSONAL_ACCESS_TOKENS
from ..site.context import SiteContext
from ..storage.personaltokens import PersonalAccessToken
from ..storage.tokensecrets import TokenSecret
from .interfaces import IPersonalAccessTokenOptions
from .texts import TEXTS
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import secrets


class IssuedPersonalAccessToken(Issued):
    """A fresh personal access token, with the only copy of it."""

    @property
    def token(self) -> str:
        """The token itself."""
        return self.text


class PersonalAccessTokenKind(CredentialKind):
    """See ICredentialKind."""

    name = PersonalAccessToken.kind
    order = 20
    options = IPersonalAccessTokenOptions
    password_setting = "personal_access_tokens_on_password_change"
    rotation = IMaterial
    secret_fields = ("secrets",)
    is_bearer = True
    manage_own = MANAGE_OWN_PERSONAL_ACCESS_TOKENS
    max_lifetime = "max_personal_access_token_lifetime"
    max_per_user = "max_personal_access_tokens_per_user"
    may_never_end = "personal_access_tokens_may_never_end"
    page = "manage-personal-access-tokens"
    endpoint = "@personal-access-tokens"
    id_member = "token_id"
    id_prefix = "pat-"
    texts = TEXTS

    def make(self, site: SiteContext, prepared: Any, **attributes: Any) -> Issued:
        token = _new_token()
        return _issued(PersonalAccessToken(digest=digest(token), **attributes), token)

    def renew(
        self,
        site: SiteContext,
        credential: PersonalAccessToken,
        prepared: Any,
        ends_at: float,
        now: float,
    ) -> Issued:
        token = _new_token()
        added = TokenSecret(digest=digest(token), added_at=now)
        kept = rotated(credential.secrets, added, ends_at, now)
        site.storage[self.name].change_secrets(credential, kept)
        return _issued(credential, token)

    def details(self, credential: PersonalAccessToken) -> dict[str, Any]:
        return {"secrets": [serialize_secret(each) for each in credential.secrets]}

    def sentences(
        self,
        credential: PersonalAccessToken,
        now: float,
        time: Callable[[float], str],
    ) -> Iterator[str]:
        for secret in credential.secrets:
            if secret.expires_at is not None and secret.is_live(now):
                end = time(secret.expires_at)
                yield _("An earlier token works until ${time}.", mapping={"time": end})


PERSONAL_ACCESS_TOKEN = PersonalAccessTokenKind()


def _new_token() -> str:
    return make_token(PERSONAL_ACCESS_TOKEN_PREFIX, secrets.token_bytes(RANDOM_BYTES))


def _issued(credential: PersonalAccessToken, token: str) -> IssuedPersonalAccessToken:
    return IssuedPersonalAccessToken(
        credential=credential, members={"token": token}, text=token
    )
