"""From the name of a command to what it does, and from a refusal to an exit code."""

from ..usecases.errors import InvalidInput
from ..usecases.errors import NotAllowed
from ..usecases.errors import NotYourKey
from ..usecases.errors import PolicyViolation
from ..usecases.errors import TooManyKeys
from .answers import Answer
from .ending import revoke
from .english import in_english
from .failures import Absent
from .failures import AgainstPolicy
from .failures import CommandFailed
from .failures import WrongUsage
from .imports import import_keys
from .issuing import ensure
from .issuing import issue
from .issuing import rotate
from .listing import list_keys
from .listing import usage
from .session import Session
from .session import session_at
from .upkeep import notify
from .upkeep import purge
from collections.abc import Callable
from typing import Any


_COMMANDS: dict[str, Callable[[Session, Any], Answer]] = {
    "issue": issue,
    "ensure": ensure,
    "list": list_keys,
    "revoke": revoke,
    "rotate": rotate,
    "usage": usage,
    "purge": purge,
    "notify": notify,
    "import": import_keys,
}
#: Arguments that are not called as the use cases call the value.
_ARGUMENTS = {"owner": "user", "ip_ranges": "ip"}


def run(site: Any, options: Any) -> Answer:
    """Run the command that the options name, at a site.

    :raises CommandFailed: when it cannot do what it should
    """
    try:
        return _COMMANDS[options.command](session_at(site), options)
    except InvalidInput as invalid:
        raise _refused_value(invalid) from None
    except NotAllowed as refused:
        raise _refusal(refused) from None


def _refused_value(invalid: InvalidInput) -> CommandFailed:
    argument = _ARGUMENTS.get(invalid.field, invalid.field).replace("_", "-")
    message = f"--{argument}: {in_english(invalid.message)}"
    if isinstance(invalid, PolicyViolation):
        return AgainstPolicy(message)
    return Absent(message) if invalid.field == "owner" else WrongUsage(message)


def _refusal(refused: NotAllowed) -> CommandFailed:
    if isinstance(refused, NotYourKey):
        return Absent("There is no such service key in this site.")
    message = in_english(refused.args[0])
    if isinstance(refused, TooManyKeys):
        return AgainstPolicy(message)
    return CommandFailed(message)
