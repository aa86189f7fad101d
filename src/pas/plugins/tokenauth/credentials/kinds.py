"""The kinds of credentials, and what the services must know to tell them apart."""

from ..events import ITokenAuthEvent
from ..events import PersonalAccessTokenChanged
from ..events import PersonalAccessTokenRevoked
from ..events import ServiceKeyChanged
from ..events import ServiceKeyRevoked
from ..i18n import _
from ..permissions import MANAGE_OWN_PERSONAL_ACCESS_TOKENS
from ..permissions import MANAGE_OWN_SERVICE_KEYS
from ..storage.interfaces import ICredential
from ..storage.personaltokens import PersonalAccessToken
from ..storage.servicekeys import ServiceKey
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CredentialKind:
    """One kind of credential.

    :param name: by which storage calls it
    :param manage_own: the permission to have some of one's own
    :param max_lifetime: name of the setting with the longest lifetime in days
    :param max_per_user: name of the setting with the largest number per user
    :param may_never_end: name of the setting that lets them never expire; empty where
        they may unless there is a longest lifetime
    :param changed: makes the event of a change from id, owner and requester
    :param revoked: makes the event of a revocation likewise
    """

    name: str
    manage_own: str
    max_lifetime: str
    max_per_user: str
    changed: Callable[[str, str, str], ITokenAuthEvent]
    revoked: Callable[[str, str, str], ITokenAuthEvent]
    # Sentences for people.
    issued_already: str
    ended: str
    somebody_elses: str
    too_long: Callable[[int], str]
    too_many: Callable[[int], str]
    # Of kinds that must expire unless a setting says otherwise.
    may_never_end: str = ""
    must_end: str = ""
    # Of kinds that have names.
    name_taken: str = ""


def _keys_end(days: int) -> str:
    return _(
        "By the policy of this site a key ends at most ${days} days after its key pair"
        " was made.",
        mapping={"days": days},
    )


def _too_many_keys(maximum: int) -> str:
    return _(
        "By the policy of this site a user has at most ${maximum} service keys. Revoke"
        " one first.",
        mapping={"maximum": maximum},
    )


def _tokens_end(days: int) -> str:
    return _(
        "By the policy of this site a personal access token ends at most ${days} days"
        " after it was issued.",
        mapping={"days": days},
    )


def _too_many_tokens(maximum: int) -> str:
    return _(
        "By the policy of this site a user has at most ${maximum} personal access"
        " tokens. Revoke one first.",
        mapping={"maximum": maximum},
    )


SERVICE_KEY = CredentialKind(
    name=ServiceKey.kind,
    manage_own=MANAGE_OWN_SERVICE_KEYS,
    max_lifetime="max_key_lifetime",
    max_per_user="max_keys_per_user",
    changed=ServiceKeyChanged,
    revoked=ServiceKeyRevoked,
    name_taken=_("The user has a live key of this name already."),
    issued_already=_(
        "This service key was issued already. Its private key cannot be shown again."
    ),
    ended=_("This service key has ended and can no longer be changed."),
    somebody_elses=_(
        "This is the key of somebody else: you may only tighten its limits."
    ),
    too_long=_keys_end,
    too_many=_too_many_keys,
)

PERSONAL_ACCESS_TOKEN = CredentialKind(
    name=PersonalAccessToken.kind,
    manage_own=MANAGE_OWN_PERSONAL_ACCESS_TOKENS,
    max_lifetime="max_personal_access_token_lifetime",
    may_never_end="personal_access_tokens_may_never_end",
    max_per_user="max_personal_access_tokens_per_user",
    changed=PersonalAccessTokenChanged,
    revoked=PersonalAccessTokenRevoked,
    issued_already=_("This access token was issued already. It cannot be shown again."),
    ended=_("This access token has ended and can no longer be changed."),
    somebody_elses=_(
        "This is the access token of somebody else: you may only tighten its limits."
    ),
    must_end=_("By the policy of this site every personal access token must expire."),
    too_long=_tokens_end,
    too_many=_too_many_tokens,
)

KINDS = {kind.name: kind for kind in (SERVICE_KEY, PERSONAL_ACCESS_TOKEN)}


def kind_of(credential: ICredential) -> CredentialKind:
    """The kind of a credential."""
    return KINDS[credential.kind]
