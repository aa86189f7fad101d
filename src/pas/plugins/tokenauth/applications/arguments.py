"""The commands for applications and their arguments. They need no Zope."""

from ..cli.kinds import KindCommands
from ..cli.options import add_argument
from ..cli.options import argument_of
from ..cli.options import argument_value
from ..site.fields import member_of
from .fields import has_secret
from .fields import Lines
from .interfaces import IApplicationMaterial
from .interfaces import IApplicationOptions
from argparse import ArgumentParser
from typing import Any


#: Arguments of which one is given for each line, by the name of the field.
_ARGUMENTS = {
    "redirect_uris": "redirect_uri",
    "allowed_schemes": "allow_scheme",
    "default_scopes": "default_scope",
    "groups": "group",
}


@add_argument.register
def _add_lines(field: Lines, parser: ArgumentParser) -> None:
    name = _ARGUMENTS[field.__name__]
    parser.add_argument(
        f"--{name.replace('_', '-')}",
        dest=argument_of(member_of(field)),
        action="append",
        metavar="VALUE",
        help=f"{field.title}; may be given several times",
    )


@argument_value.register
def _lines(field: Lines, arguments: Any, at: float) -> tuple[str, ...]:
    given = getattr(arguments, argument_of(member_of(field)))
    return tuple(field.default if given is None else given)


def _gives_secret(arguments: Any) -> bool:
    if "auth_method" in arguments:
        return has_secret(arguments.auth_method)
    return arguments.public_key is None


COMMANDS = KindCommands(
    kind="application",
    word="application",
    group="applications",
    order=30,
    options=IApplicationOptions,
    material=IApplicationMaterial,
    rotation=IApplicationMaterial,
    belongs_to_site=True,
    id_member="client_id",
    secret="credentials",
    gives_secret=_gives_secret,
    columns=("client_id", "title", "scopes", "state", "expires", "last_used"),
    usage_columns=("time", "subject", "address", "user_agent"),
    uses="obtained access tokens for itself",
)
