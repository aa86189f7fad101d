"""``settings``: shown with what is a default, and changed."""

from pas.plugins.tokenauth.site.sections import setting_fields
from pas.plugins.tokenauth.site.sections import settings_sections
from typing import Any

import pytest
import re


def test_every_setting_of_every_section_is_shown(site: Any, tokenauth: Any) -> None:
    """There was no way to see them."""
    result = tokenauth("settings")
    names = re.findall(r"^(\w+)  ", result.out, re.M)
    assert names == list(setting_fields())
    for section in settings_sections():
        assert f"{section.title}\n" in result.out
    assert tokenauth("settings", "--json").json.keys() == setting_fields().keys()
    assert max(map(len, result.out.splitlines())) <= 100


def test_a_default_is_called_one(site: Any, tokenauth: Any) -> None:
    out = tokenauth("settings").out
    assert re.search(r"^leeway +60 \(default\)$", out, re.M)
    assert re.search(r"^require_ip_ranges +no \(default\)$", out, re.M)
    tokenauth("settings", "leeway=30", "require_ip_ranges=on")
    out = tokenauth("settings").out
    assert re.search("^leeway +30$", out, re.M)
    assert re.search("^require_ip_ranges +yes$", out, re.M)


def test_what_is_changed_is_told(site: Any, tokenauth: Any) -> None:
    result = tokenauth("settings", "leeway=30", "max_key_lifetime=90")
    assert result.out == "Changed: leeway, max_key_lifetime.\n"
    site.sync()
    assert (site.plugin.leeway, site.plugin.max_key_lifetime) == (30, 90)
    result = tokenauth("settings", "leeway=30", "--json")
    assert result.json["leeway"] == 30
    assert "nothing" in tokenauth("settings", "leeway=30").out


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        (["leeway=soon", "issuer=ftp://x"], ["leeway: ", "issuer: "]),
        (["leeway=9999"], ["leeway: "]),
        (["lee=30"], ["lee is no setting"]),
        (["leeway"], ["leeway is no setting"]),
        (["require_ip_ranges=maybe"], ["require_ip_ranges is on or off."]),
    ],
)
def test_what_cannot_be_used_changes_nothing(
    site: Any, tokenauth: Any, values: list[str], faults: list[str]
) -> None:
    before = tokenauth("settings", "--json").json
    result = tokenauth("settings", "grant_lifetime=600", *values)
    assert result.code == 2
    assert [fault in result.err for fault in faults] == [True] * len(faults)
    assert tokenauth("settings", "--json").json == before


def test_an_empty_value_takes_one_away(site: Any, tokenauth: Any) -> None:
    tokenauth("settings", "max_key_lifetime=90")
    assert tokenauth("settings", "max_key_lifetime=").code == 0
    site.sync()
    assert site.plugin.max_key_lifetime is None


def test_several_lines_are_several_values(site: Any, tokenauth: Any) -> None:
    lines = "https://a.example/@@oauth2-token 2030-12-31\nhttps://b.example 2031-01-01"
    assert tokenauth("settings", f"former_token_endpoints={lines}").code == 0
    out = " ".join(tokenauth("settings").out.split())
    assert ", ".join(lines.splitlines()) in out
