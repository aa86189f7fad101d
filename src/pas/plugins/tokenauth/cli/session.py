"""What a command works with, and how its failures are told."""

from ..credentials.errors import NotYours
from ..credentials.errors import TooManyCredentials
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import NotAllowed
from ..site.errors import PolicyViolation
from ..site.lookup import site_at
from ..site.requester import Operator
from .options import argument_of
from .outcomes import Absent
from .outcomes import AgainstPolicy
from .outcomes import Answer
from .outcomes import CommandFailed
from .outcomes import WrongUsage
from collections.abc import Callable
from dataclasses import dataclass
from pkgutil import resolve_name
from transaction.interfaces import TransientError
from typing import Any
from typing import TypeVar
from zope.i18n import translate

import getpass
import transaction


#: Fields that name users or groups.
_USERS = ("owner", "runs_as", "user", "users", "groups")


@dataclass(frozen=True)
class Session:
    """One call of the command line.

    :param site: the context of the site
    :param requester: who runs the command
    """

    site: SiteContext
    requester: Operator


def session_at(portal: Any) -> Session:
    """The session of whoever runs this process.

    :raises Absent: when the add-on is not installed in the site
    """
    site = site_at(portal)
    if site is None:
        path = "/".join(portal.getPhysicalPath())
        raise Absent(f"The add-on is not installed in a site at {path}.")
    return Session(site, Operator(f"{_account()} (command line)"))


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run as a number that no account has.
        return "unknown"


def in_english(message: str) -> str:
    """A translatable string in English, with its variables filled in."""
    return translate(message, target_language="en")


TRIES = 5
Result = TypeVar("Result")


def committed(change: Callable[[], Result]) -> Result:
    """Change something in a transaction of its own.

    :raises CommandFailed: when it conflicts at every attempt
    """
    try:
        for attempt in transaction.manager.attempts(TRIES):
            with attempt:
                result = change()
    except TransientError:
        raise CommandFailed(
            "Others change the same data at this moment. Nothing was done: repeat it."
        ) from None
    return result


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
    return Absent(message) if invalid.field in _USERS else WrongUsage(message)


def _refusal(refused: NotAllowed) -> CommandFailed:
    message = in_english(refused.args[0])
    if isinstance(refused, TooManyCredentials):
        return AgainstPolicy(message)
    return CommandFailed(message)


def _sought(arguments: Any) -> str:
    """What a command looks for by the id it is given."""
    commands = arguments.commands
    return "credential" if commands is None else str(commands.word)
