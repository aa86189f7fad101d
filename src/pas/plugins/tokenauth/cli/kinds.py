"""What the commands for each kind of credential know of it."""

from ..credentials.kinds import CredentialKind
from ..credentials.kinds import PERSONAL_ACCESS_TOKEN
from ..credentials.kinds import SERVICE_KEY
from ..personaltokens.serializers import serialize_personal_access_token
from ..servicekeys.serializers import serialize_service_key
from ..site.context import SiteContext
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ShownKind:
    """One kind of credential, as the command line shows it.

    :param kind: the kind itself
    :param word: what people call one of them
    :param document: makes the document about one of them
    :param columns: members of it that are shown in a table
    :param usage_columns: members of an entry of its usage log that are
    """

    kind: CredentialKind
    word: str
    document: Callable[[SiteContext, Any, float], dict[str, Any]]
    columns: tuple[str, ...]
    usage_columns: tuple[str, ...]


SERVICE_KEYS = ShownKind(
    kind=SERVICE_KEY,
    word="service key",
    document=serialize_service_key,
    columns=("client_id", "owner", "name", "title", "state", "expires", "last_used"),
    usage_columns=("time", "subject", "address", "user_agent"),
)

PERSONAL_ACCESS_TOKENS = ShownKind(
    kind=PERSONAL_ACCESS_TOKEN,
    word="personal access token",
    document=serialize_personal_access_token,
    columns=("token_id", "owner", "title", "scopes", "state", "expires", "last_used"),
    usage_columns=("time", "uses", "address", "user_agent"),
)
