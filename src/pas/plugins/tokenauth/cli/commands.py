"""From the name of a command to what it does, and from a refusal to an exit code."""

from ..credentials.errors import NotYours
from ..credentials.errors import TooManyCredentials
from ..site.errors import InvalidInput
from ..site.errors import NotAllowed
from ..site.errors import PolicyViolation
from .answers import Answer
from .ending import revoke
from .ending import revoke_tokens
from .english import in_english
from .failures import Absent
from .failures import AgainstPolicy
from .failures import CommandFailed
from .failures import WrongUsage
from .imports import import_keys
from .issuing import ensure
from .issuing import issue
from .issuing import rotate
from .kinds import PERSONAL_ACCESS_TOKENS
from .kinds import SERVICE_KEYS
from .listing import list_some
from .listing import usage
from .personaltokens import issue_token
from .session import Session
from .session import session_at
from .upkeep import notify
from .upkeep import purge
from collections.abc import Callable
from functools import partial
from typing import Any


_COMMANDS: dict[str, Callable[[Session, Any], Answer]] = {
    "issue": issue,
    "ensure": ensure,
    "list": partial(list_some, shown=SERVICE_KEYS),
    "revoke": revoke,
    "rotate": rotate,
    "usage": partial(usage, shown=SERVICE_KEYS),
    "purge": purge,
    "notify": notify,
    "import": import_keys,
    "pat issue": issue_token,
    "pat list": partial(list_some, shown=PERSONAL_ACCESS_TOKENS),
    "pat usage": partial(usage, shown=PERSONAL_ACCESS_TOKENS),
    "pat revoke": revoke_tokens,
}
#: Arguments whose names differ from those of the values in the services.
_ARGUMENTS = {"owner": "user", "ip_ranges": "ip", "scopes": "scope"}


def run(portal: Any, arguments: Any) -> Answer:
    """Run the command that the options name, at a site.

    :raises CommandFailed: when it cannot do what it should
    """
    try:
        return _COMMANDS[arguments.command](session_at(portal), arguments)
    except InvalidInput as invalid:
        raise _refused_value(invalid) from None
    except NotYours:
        raise Absent(f"There is no such {_sought(arguments)} in this site.") from None
    except NotAllowed as refused:
        raise _refusal(refused) from None


def _refused_value(invalid: InvalidInput) -> CommandFailed:
    argument = _ARGUMENTS.get(invalid.field, invalid.field).replace("_", "-")
    message = f"--{argument}: {in_english(invalid.message)}"
    if isinstance(invalid, PolicyViolation):
        return AgainstPolicy(message)
    return Absent(message) if invalid.field == "owner" else WrongUsage(message)


def _refusal(refused: NotAllowed) -> CommandFailed:
    message = in_english(refused.args[0])
    if isinstance(refused, TooManyCredentials):
        return AgainstPolicy(message)
    return CommandFailed(message)


def _sought(arguments: Any) -> str:
    """What a command looks for by the id it is given."""
    if arguments.command == "revoke":
        return f"{SERVICE_KEYS.word} or {PERSONAL_ACCESS_TOKENS.word}"
    is_for_tokens = arguments.command.startswith("pat ")
    return PERSONAL_ACCESS_TOKENS.word if is_for_tokens else SERVICE_KEYS.word
