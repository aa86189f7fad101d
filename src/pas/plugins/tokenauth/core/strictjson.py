"""JSON read strictly: one document has one value, whoever reads it."""

from typing import Any
from typing import NoReturn

import json


def parsed(text: str) -> Any:
    """The value of a JSON document.

    :raises ValueError: when it is no JSON, has a member twice, holds NaN or
        infinity, or is nested too deeply
    """
    try:
        return json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
