"""The endpoint ``@personal-access-tokens``: personal access tokens."""

from ..core.scopes import READ
from ..credentials.kinds import PERSONAL_ACCESS_TOKEN
from ..credentials.options import PersonalAccessTokenOptions
from ..credentials.rest.base import WritingService
from ..credentials.rest.body import json_object
from ..credentials.rest.delete import CredentialsDelete
from ..credentials.rest.endpoint import Endpoint
from ..credentials.rest.members import JSONFields
from ..credentials.rest.options import given_options
from ..credentials.rest.options import option_names
from ..credentials.rest.patch import CredentialsPatch
from ..i18n import _
from ..site.errors import InvalidInput
from ..usage.rest import CredentialsAndUsageGet
from .serializers import serialize_issued_token
from .serializers import serialize_personal_access_token
from .service import issue_personal_access_token
from typing import Any
from zExceptions import NotFound

import secrets


ACCESS_TOKENS = Endpoint(
    name="@personal-access-tokens",
    kind=PERSONAL_ACCESS_TOKEN,
    document=serialize_personal_access_token,
)


class PersonalAccessTokensGet(CredentialsAndUsageGet):
    """``GET @personal-access-tokens``, ``…/{token_id}`` and ``…/{token_id}/usage``."""

    endpoint = ACCESS_TOKENS


class PersonalAccessTokensPatch(CredentialsPatch):
    """``PATCH @personal-access-tokens/{token_id}``."""

    endpoint = ACCESS_TOKENS


class PersonalAccessTokensDelete(CredentialsDelete):
    """``DELETE @personal-access-tokens/{token_id}``."""

    endpoint = ACCESS_TOKENS


class PersonalAccessTokensPost(WritingService):
    """``POST @personal-access-tokens``."""

    endpoint = ACCESS_TOKENS

    def answer(self) -> dict[str, Any]:
        if self.params:
            raise NotFound()
        known = (*option_names(ACCESS_TOKENS), "owner")
        members = JSONFields(json_object(self.request), known)
        issued = issue_personal_access_token(
            self.site,
            self.requester,
            _whole_limits(members),
            self.now,
            idempotency_key=secrets.token_hex(),
            owner=members.text("owner"),
        )
        document = serialize_issued_token(self.site, issued, self.now)
        return self.created(issued.credential, document)


def _whole_limits(members: JSONFields) -> PersonalAccessTokenOptions:
    """The options of a token; with those that are left out it may do the least."""
    if "expires" not in members:
        # Nobody gets a secret that never expires because they forgot something.
        raise InvalidInput(
            "expires", _("Say when it ends: a day, a time, or null for never.")
        )
    options = {"title": "", "scopes": (READ,), **given_options(ACCESS_TOKENS, members)}
    return PersonalAccessTokenOptions(**options)
