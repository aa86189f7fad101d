"""What a command works with: the site as an authorization server, and who asks."""

from ..site.context import AuthorizationServer
from ..site.lookup import server_at
from ..site.requester import Operator
from .failures import Absent
from dataclasses import dataclass
from typing import Any

import getpass


@dataclass(frozen=True)
class Session:
    """One call of the command line.

    :param server: the authorization server of the site
    :param actor: who called
    """

    server: AuthorizationServer
    actor: Operator


def session_at(site: Any) -> Session:
    """The session of whoever runs this process.

    :raises Absent: when the add-on is not installed in the site
    """
    server = server_at(site)
    if server is None:
        path = "/".join(site.getPhysicalPath())
        raise Absent(f"The add-on is not installed in a site at {path}.")
    return Session(server, Operator(f"{_account()} (command line)"))


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run as a number that no account has.
        return "unknown"
