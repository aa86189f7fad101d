"""The endpoint ``@access-tokens``: personal access tokens."""

from ..core.scopes import READ
from ..credentials.kinds import PERSONAL_TOKEN
from ..credentials.options import PersonalTokenLimits
from ..credentials.rest.base import WritingService
from ..credentials.rest.body import json_object
from ..credentials.rest.delete import CredentialsDelete
from ..credentials.rest.endpoint import Endpoint
from ..credentials.rest.members import Members
from ..credentials.rest.options import given_limits
from ..credentials.rest.options import limit_names
from ..credentials.rest.patch import CredentialsPatch
from ..i18n import _
from ..site.errors import InvalidInput
from ..usage.rest import CredentialsAndUsageGet
from .serializers import issued_token_document
from .serializers import personal_token_document
from .service import issue_personal_token
from typing import Any
from zExceptions import NotFound

import secrets


ACCESS_TOKENS = Endpoint(
    name="@access-tokens", kind=PERSONAL_TOKEN, document=personal_token_document
)


class PersonalTokensGet(CredentialsAndUsageGet):
    """``GET @access-tokens``, ``…/{token_id}`` and ``…/{token_id}/usage``."""

    endpoint = ACCESS_TOKENS


class PersonalTokensPatch(CredentialsPatch):
    """``PATCH @access-tokens/{token_id}``."""

    endpoint = ACCESS_TOKENS


class PersonalTokensDelete(CredentialsDelete):
    """``DELETE @access-tokens/{token_id}``."""

    endpoint = ACCESS_TOKENS


class PersonalTokensPost(WritingService):
    """``POST @access-tokens``."""

    endpoint = ACCESS_TOKENS

    def answer(self) -> dict[str, Any]:
        if self.params:
            raise NotFound()
        known = (*limit_names(ACCESS_TOKENS), "owner")
        members = Members(json_object(self.request), known)
        issued = issue_personal_token(
            self.server,
            self.actor,
            _whole_limits(members),
            self.now,
            once=secrets.token_hex(),
            owner=members.text("owner"),
        )
        document = issued_token_document(self.server, issued, self.now)
        return self.created(issued.credential, document)


def _whole_limits(members: Members) -> PersonalTokenLimits:
    """What is decided about a token; what is left out lets it do the least."""
    if "expires" not in members:
        # Nobody gets a secret that works for ever because they forgot something.
        raise InvalidInput(
            "expires", _("Say when it ends: a day, a time, or null for never.")
        )
    limits = {"title": "", "scopes": (READ,), **given_limits(ACCESS_TOKENS, members)}
    return PersonalTokenLimits(**limits)
