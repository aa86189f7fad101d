"""The members of each kind in the REST API, as tables for the documentation.

They are those of the schemas from which pages, REST and the command derive.
"""

from functools import singledispatch
from importlib import import_module
from pas.plugins.tokenauth.credentials.fields import Expiry
from pas.plugins.tokenauth.credentials.fields import IPRanges
from pas.plugins.tokenauth.credentials.fields import PublicKeyText
from pas.plugins.tokenauth.site.fields import fields_of
from pas.plugins.tokenauth.site.fields import member_of
from pas.plugins.tokenauth.site.fields import to_json
from pathlib import Path
from typing import Any
from zope import schema

import json
import re


PACKAGE = Path(__file__).parents[1] / "src" / "pas" / "plugins" / "tokenauth"
#: In a page, the place of the tables.
PLACE = "<!-- tables of members -->"

_KIND = re.compile(r'<tokenauth:credentialKind\s[^>]*component="([\w.]+)\.(\w+)"')
_HEADING = "| member | value | left out | meaning |\n|---|---|---|---|\n"
#: Kinds whose credentials are not made by `POST`.
_MADE_ELSEWHERE = {
    "consent": "Made by a person's consent: there is no `POST`.",
    "itself": "Made by the application itself: there is no `POST`.",
}


def kinds() -> list[Any]:
    """All kinds that the package registers, by the names of their endpoints."""
    found = [
        getattr(import_module(name, f"pas.plugins.tokenauth.{page.parent.name}"), kind)
        for page in PACKAGE.glob("*/configure.zcml")
        for name, kind in _KIND.findall(page.read_text(encoding="utf-8"))
    ]
    return sorted(found, key=lambda kind: kind.endpoint.lower())


def tables() -> str:
    """A section for each kind, with the table of its members."""
    return "\n".join(map(_section, kinds()))


def _section(kind: Any) -> str:
    rows = [_row(field) for field in fields_of(kind.options).values()]
    if kind.made_by not in _MADE_ELSEWHERE:
        once = fields_of(kind.material).values()
        rows += [_row(field, " Not in `PATCH`.") for field in once]
    made = _MADE_ELSEWHERE.get(kind.made_by, "")
    before = f"{made}\n\n" if made else ""
    return f"## `{kind.endpoint}`\n\n{before}{_HEADING}{''.join(rows)}"


def _row(field: Any, more: str = "") -> str:
    meaning = f"{field.title}. {field.description}{more}"
    permission = getattr(field, "permission", "")
    if permission:
        meaning += f" Only for who has *{permission}*."
    cells = (f"`{member_of(field)}`", json_type(field), _left_out(field), meaning)
    return "| " + " | ".join(" ".join(cell.split()) for cell in cells) + " |\n"


def _left_out(field: Any) -> str:
    if isinstance(field, Expiry):
        days = field.preferred_days
        return "never" if days is None else f"{days} days from now, or the policy's"
    if field.required and not field.default:
        return "required"
    return f"`{json.dumps(to_json(field, field.default))}`"


@singledispatch
def json_type(field: Any) -> str:
    """What the JSON value of a field is."""
    return "string"


@json_type.register
def _(field: schema.Bool) -> str:
    return "boolean"


@json_type.register
def _(field: schema.Int) -> str:
    bounds = f"{field.min} to {field.max}" if field.max else f"from {field.min}"
    return f"whole number, {bounds}" + ("" if field.required else ", or `null`")


@json_type.register
def _(field: schema.Tuple) -> str:
    return "list of strings"


@json_type.register
def _(field: schema.Choice) -> str:
    terms = getattr(field.vocabulary, "by_value", {})
    return ", ".join(f"`{value}`" for value in terms) or "string"


@json_type.register
def _(field: IPRanges) -> str:
    return "list of addresses and networks"


@json_type.register
def _(field: Expiry) -> str:
    return "time with an offset, day, or `null` for never"


@json_type.register
def _(field: PublicKeyText) -> str:
    return "PEM, OpenSSH or JWK"
