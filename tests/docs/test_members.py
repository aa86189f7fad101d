"""The tables of members are those of the REST API."""

from pas.plugins.tokenauth.credentials.interfaces import ICredentialKind
from pas.plugins.tokenauth.credentials.rest.verbs import member_names
from pathlib import Path
from typing import Any
from zope.component import getUtilitiesFor

import members


PAGE = Path(__file__).parents[2] / "docs" / "rest-members.md"


def test_the_page_has_a_place_for_the_tables() -> None:
    assert PAGE.read_text(encoding="utf-8").count(members.PLACE) == 1


def test_every_kind_has_a_table_of_all_its_members(site: Any) -> None:
    kinds = dict(getUtilitiesFor(ICredentialKind))
    sections = members.tables().split("## `")[1:]
    told = {section.partition("`")[0]: section for section in sections}
    assert told.keys() == {kind.endpoint for kind in kinds.values()}
    for kind in kinds.values():
        schemas = [kind.options]
        if kind.made_by not in ("consent", "itself"):
            schemas.append(kind.material)
        rows = told[kind.endpoint].split("\n| `")[1:]
        names = [row.partition("`")[0] for row in rows]
        assert names == member_names(*schemas)
