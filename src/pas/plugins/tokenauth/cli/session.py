"""What a command works with: the context of the site, and the requester."""

from ..site.context import SiteContext
from ..site.lookup import site_at
from ..site.requester import Operator
from .failures import Absent
from dataclasses import dataclass
from typing import Any
from zope.i18n import translate

import getpass


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
    text: str = translate(message, target_language="en")
    return text
