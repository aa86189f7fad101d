"""The kind *personal access token*: one secret, sent with every request."""

from ..core.tokens import digest
from ..core.tokens import make_token
from ..core.tokens import PERSONAL_ACCESS_TOKEN_PREFIX
from ..core.tokens import RANDOM_BYTES
from ..credentials.kind import CredentialKind
from ..credentials.kind import Issued
from ..permissions import MANAGE_OWN_PERSONAL_ACCESS_TOKENS
from ..site.context import SiteContext
from ..storage.personaltokens import PersonalAccessToken
from .interfaces import IPersonalAccessTokenOptions
from .texts import TEXTS
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
        token = make_token(
            PERSONAL_ACCESS_TOKEN_PREFIX, secrets.token_bytes(RANDOM_BYTES)
        )
        credential = PersonalAccessToken(digest=digest(token), **attributes)
        return IssuedPersonalAccessToken(
            credential=credential, members={"token": token}, text=token
        )


PERSONAL_ACCESS_TOKEN = PersonalAccessTokenKind()
