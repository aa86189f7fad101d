"""Issuing personal access tokens."""

from ..core.tokens import digest
from ..core.tokens import make_token
from ..core.tokens import PERSONAL_ACCESS_TOKEN_PREFIX
from ..core.tokens import RANDOM_BYTES
from ..credentials.errors import AlreadyIssued
from ..credentials.identifiers import identifier
from ..credentials.kinds import PERSONAL_ACCESS_TOKEN
from ..credentials.maintenance import forget_ended
from ..credentials.options import accepted_options
from ..credentials.options import check_scopes
from ..credentials.options import PersonalAccessTokenOptions
from ..credentials.policies import check_number
from ..credentials.rights import check_owner
from ..credentials.service import note
from ..events import PersonalAccessTokenIssued
from ..site.context import SiteContext
from ..site.requester import Requester
from ..storage.personaltokens import PersonalAccessToken
from dataclasses import dataclass
from dataclasses import field
from zope.event import notify

import secrets


TOKEN_ID_PREFIX = "pat-"


@dataclass(frozen=True, kw_only=True)
class IssuedPersonalAccessToken:
    """A fresh personal access token, with the only copy of its secret.

    :param credential: what the site keeps
    :param token: the secret; the repr does not show it
    """

    credential: PersonalAccessToken
    token: str = field(repr=False)


def check_may_issue_token(
    site: SiteContext, requester: Requester, now: float, owner: str = ""
) -> None:
    """Refuse unless the requester can issue a personal access token now.

    :param owner: user id of the owner; the requester if it is empty
    :raises NotAllowed: with the reason, one class for each
    :raises InvalidInput: when there is no such owner
    """
    check_owner(site, requester, PERSONAL_ACCESS_TOKEN, owner)
    check_number(site, PERSONAL_ACCESS_TOKEN, owner or requester.user_id, now)


def issue_personal_access_token(
    site: SiteContext,
    requester: Requester,
    options: PersonalAccessTokenOptions,
    now: float,
    idempotency_key: str,
    owner: str = "",
) -> IssuedPersonalAccessToken:
    """Issue a personal access token.

    :param idempotency_key: a random string for this one form, so that a form sent
        twice cannot issue two tokens
    :param owner: user id of the owner; the requester if it is empty
    :raises NotAllowed: when that may not be, or the form was used
    :raises InvalidInput: when a value cannot be used; nothing is stored
    """
    check_may_issue_token(site, requester, now, owner)
    owner = owner or requester.user_id
    accepted = accepted_options(site, PERSONAL_ACCESS_TOKEN, options, now, made_at=now)
    check_scopes(site, requester, owner, accepted)
    credential_id = identifier(TOKEN_ID_PREFIX, owner, idempotency_key)
    if site.storage.credential(credential_id) is not None:
        raise AlreadyIssued(PERSONAL_ACCESS_TOKEN)
    token = make_token(PERSONAL_ACCESS_TOKEN_PREFIX, secrets.token_bytes(RANDOM_BYTES))
    credential = PersonalAccessToken(
        credential_id,
        digest=digest(token),
        owner=owner,
        issued_at=now,
        issued_by="" if requester.is_user(owner) else requester.name,
        **vars(accepted),
    )
    site.storage.personal_access_tokens.add(credential)
    forget_ended(site, now)
    note("issue", [credential], requester)
    notify(PersonalAccessTokenIssued(credential_id, owner, requester.name))
    return IssuedPersonalAccessToken(credential=credential, token=token)
