"""From the arguments to what is done, and from a refusal to an exit code."""

from ..credentials.errors import NotYours
from ..credentials.errors import TooManyCredentials
from ..site.errors import InvalidInput
from ..site.errors import NotAllowed
from ..site.errors import PolicyViolation
from .answers import Answer
from .failures import Absent
from .failures import AgainstPolicy
from .failures import CommandFailed
from .failures import WrongUsage
from .kinds import every_word
from .options import argument_of
from .session import in_english
from .session import session_at
from pkgutil import resolve_name
from typing import Any


def run(portal: Any, arguments: Any) -> Answer:
    """Run the command that the arguments name, at a site.

    :raises CommandFailed: when it cannot do what it should
    """
    try:
        answer: Answer = resolve_name(arguments.run)(session_at(portal), arguments)
    except InvalidInput as invalid:
        raise _refused_values(invalid) from None
    except NotYours:
        raise Absent(f"There is no such {_sought(arguments)} in this site.") from None
    except NotAllowed as refused:
        raise _refusal(refused) from None
    return answer


def _refused_values(invalid: InvalidInput) -> CommandFailed:
    message = "\n".join(
        f"--{argument_of(each.field).replace('_', '-')}: {in_english(each.message)}"
        for each in invalid.all
    )
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
    commands = arguments.commands
    return every_word("or", plural=False) if commands is None else str(commands.word)
