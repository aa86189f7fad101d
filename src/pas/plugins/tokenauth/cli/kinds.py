"""What the command line knows of a kind of credential, before Zope starts.

A distribution names its own in the entry points of the group GROUP: the arguments are
read, and wrong ones refused, without Zope and its configuration.
"""

from ..credentials.interfaces import IMaterial
from ..site.fields import fields_of
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any
from zope.interface.interface import InterfaceClass


GROUP = "pas.plugins.tokenauth.commands"
#: Tuples of Command that are about no kind of credential.
SITE_GROUP = "pas.plugins.tokenauth.site_commands"
#: What a table shows of credentials of a kind that says nothing else.
COLUMNS = ("id", "owner", "title", "state", "expires", "last_used")
#: Likewise of entries of a usage log.
USAGE_COLUMNS = ("time", "subject", "address", "user_agent")


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command that only one kind has, or none.

    :param name: the word
    :param summary: what it does, for people
    :param add_arguments: adds what it knows to its parser
    :param run: ``module:function`` that is called with Session and arguments
    :param examples: arguments as one would type them, after the word
    """

    name: str
    summary: str
    add_arguments: Callable[[ArgumentParser], None]
    run: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class KindCommands:
    """The commands for one kind of credential.

    :param kind: name of the ICredentialKind
    :param word: what people call one of them
    :param group: word before the commands; empty for none
    :param order: a number; those with smaller ones come first
    :param options: schema of the options
    :param material: schema of what is asked besides at issue
    :param rotation: schema of what is asked when a secret is replaced; None if none is
    :param id_member: what its id is called in JSON
    :param belongs_to_site: whether no user owns one
    :param secret: what people call the secret that is written to a file; empty where
        there is none
    :param gives_secret: whether there is one that cannot be had again, by arguments
    :param columns: members that are shown in a table
    :param usage_columns: members of an entry of its usage log that are
    :param uses: when there is an entry, for people
    :param example: arguments that an example of issuing one needs besides
    :param more: commands that only this kind has
    """

    kind: str
    word: str
    group: str = ""
    order: int = 100
    options: InterfaceClass
    material: InterfaceClass = IMaterial
    rotation: InterfaceClass | None = None
    belongs_to_site: bool = False
    id_member: str
    secret: str = ""
    gives_secret: Callable[[Any], bool] = lambda arguments: True
    columns: tuple[str, ...] = COLUMNS
    usage_columns: tuple[str, ...] = USAGE_COLUMNS
    uses: str = "was used"
    example: str = ""
    more: tuple[Command, ...] = ()

    @property
    def metavar(self) -> str:
        """What its id is called in the help."""
        return self.id_member.upper()

    @property
    def needs_output(self) -> bool:
        """Whether each one has a secret of the site, which goes to a file."""
        return "public_key" not in fields_of(self.material)


def known_kinds() -> list[KindCommands]:
    """The commands for every kind that is installed, in their order."""
    found = [point.load() for point in entry_points(group=GROUP)]
    return sorted(found, key=lambda commands: (commands.order, commands.word))


def site_commands() -> list[Command]:
    """The commands of every feature that are about no kind of credential, by name."""
    found = [each for point in entry_points(group=SITE_GROUP) for each in point.load()]
    return sorted(found, key=lambda command: command.name)


def commands_for(kind: str) -> KindCommands | None:
    """The commands for the kind of a name; None where it brings none."""
    return next((each for each in known_kinds() if each.kind == kind), None)


def plural_words() -> str:
    """What people call credentials of every kind that has commands."""
    *words, last = (f"{each.word}s" for each in known_kinds())
    return f"{', '.join(words)} and {last}"
