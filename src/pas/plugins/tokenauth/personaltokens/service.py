"""Issuing personal access tokens."""

from ..core.tokens import digest
from ..core.tokens import make_token
from ..core.tokens import PERSONAL_TOKEN_PREFIX
from ..core.tokens import RANDOM_BYTES
from ..credentials.errors import AlreadyIssued
from ..credentials.identifiers import identifier
from ..credentials.kinds import PERSONAL_TOKEN
from ..credentials.maintenance import forget_ended
from ..credentials.options import accepted_limits
from ..credentials.options import PersonalTokenLimits
from ..credentials.policies import check_number
from ..credentials.rights import check_owner
from ..credentials.service import note
from ..events import PersonalTokenIssued
from ..site.context import AuthorizationServer
from ..site.requester import Actor
from ..storage.personaltokens import PersonalToken
from dataclasses import dataclass
from dataclasses import field
from zope.event import notify

import secrets


TOKEN_ID_PREFIX = "pat-"


@dataclass(frozen=True, kw_only=True)
class IssuedPersonalToken:
    """A fresh personal access token, with the only copy of its secret.

    :param credential: what the site keeps
    :param token: the secret; the repr does not show it
    """

    credential: PersonalToken
    token: str = field(repr=False)


def check_may_issue_token(
    server: AuthorizationServer, actor: Actor, now: float, owner: str = ""
) -> None:
    """Refuse unless the actor can issue a personal access token now.

    :param owner: user id of who will own it; the actor if it is empty
    :raises NotAllowed: with the reason, one class for each
    :raises InvalidInput: when there is no such owner
    """
    check_owner(server, actor, PERSONAL_TOKEN, owner)
    check_number(server, PERSONAL_TOKEN, owner or actor.user_id, now)


def issue_personal_token(
    server: AuthorizationServer,
    actor: Actor,
    limits: PersonalTokenLimits,
    now: float,
    once: str,
    owner: str = "",
) -> IssuedPersonalToken:
    """Issue a personal access token.

    :param once: a random text for this one form, so that a form sent twice cannot
        issue two tokens
    :param owner: user id of who will own it; the actor if it is empty
    :raises NotAllowed: when that may not be, or the form was used
    :raises InvalidInput: when a value cannot be used; nothing is stored
    """
    check_may_issue_token(server, actor, now, owner)
    owner = owner or actor.user_id
    accepted = accepted_limits(server, PERSONAL_TOKEN, limits, now, made_at=now)
    credential_id = identifier(TOKEN_ID_PREFIX, owner, once)
    if server.storage.credential(credential_id) is not None:
        raise AlreadyIssued(PERSONAL_TOKEN)
    token = make_token(PERSONAL_TOKEN_PREFIX, secrets.token_bytes(RANDOM_BYTES))
    credential = PersonalToken(
        credential_id,
        digest=digest(token),
        owner=owner,
        issued_at=now,
        issued_by="" if actor.is_user(owner) else actor.name,
        **vars(accepted),
    )
    server.storage.personal_tokens.add(credential)
    forget_ended(server, now)
    note("issue", [credential], actor)
    notify(PersonalTokenIssued(credential_id, owner, actor.name))
    return IssuedPersonalToken(credential=credential, token=token)
