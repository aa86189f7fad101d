"""``edit``: options of a credential of any kind, by what its kind declares."""

from pas.plugins.tokenauth.core.clock import DAY
from typing import Any

import pytest


@pytest.fixture
def token(site: Any) -> str:
    """The id of a personal access token."""
    issued = site.issue_personal_access_token("owner", title="Script")
    return str(issued.credential.credential_id)


def options(tokenauth: Any, credential_id: str) -> dict[str, Any]:
    found = tokenauth("show", credential_id, "--json").json
    names = ("title", "ip_ranges", "expires", "scopes")
    return {name: found[name] for name in names}


def test_what_is_not_named_stays(site: Any, tokenauth: Any, token: str) -> None:
    """There was no edit."""
    before = options(tokenauth, token)
    result = tokenauth("edit", token, "--title", "Backup", "--ip", "127.0.0.1")
    assert result.out == f"Changed: {token}.\n"
    assert options(tokenauth, token) == {
        **before,
        "title": "Backup",
        "ip_ranges": ["127.0.0.1"],
    }
    assert tokenauth("edit", token, "--ip", "").code == 0
    assert options(tokenauth, token)["ip_ranges"] == []


def test_a_lifetime_counts_from_now(site: Any, tokenauth: Any, token: str) -> None:
    assert tokenauth("edit", token, "--expires", "30d").code == 0
    shown = tokenauth("show", token, "--json").json
    assert shown["days_left"] == 29


def test_the_same_again_changes_nothing(site: Any, tokenauth: Any, token: str) -> None:
    assert tokenauth("edit", token, "--title", "A", "--json").json["changed"] is True
    result = tokenauth("edit", token, "--title", "A")
    assert result.out == f"Unchanged: {token}.\n"


def test_a_switch_is_turned_on_and_off(site: Any, tokenauth: Any) -> None:
    client_id = site.issue("owner")["client_id"]
    assert tokenauth("edit", client_id, "--require-jti").code == 0
    assert tokenauth("show", client_id, "--json").json["require_jti"] is True
    assert tokenauth("edit", client_id, "--no-require-jti").code == 0
    assert tokenauth("show", client_id, "--json").json["require_jti"] is False


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "There is nothing to change"),
        (["--require-jti", "--max-uses", "3"], 2, "option: --max-uses, --require-jti"),
        (["--ip", "here", "--title", ""], 2, "--title: Please enter a title."),
        (["--max-uses", "few"], 2, "invalid"),
    ],
)
def test_what_cannot_be_used_changes_nothing(
    site: Any,
    tokenauth: Any,
    token: str,
    capsys: Any,
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    before = options(tokenauth, token)
    try:
        result = tokenauth("edit", token, *arguments)
    except SystemExit as ended:
        assert (ended.code, message in capsys.readouterr().err) == (code, True)
    else:
        assert (result.code, message in result.err) == (code, True)
    assert options(tokenauth, token) == before


def test_the_policy_of_the_site_holds(site: Any, tokenauth: Any, token: str) -> None:
    site.plugin.require_ip_ranges = True
    site.commit()
    assert tokenauth("edit", token, "--title", "Other").code == 0
    site.plugin.max_personal_access_token_lifetime = 7
    site.commit()
    later = f"{int(8 * DAY)}s"
    result = tokenauth("edit", token, "--expires", later)
    assert (result.code, "--expires: " in result.err) == (4, True)


def test_what_has_ended_is_not_changed(site: Any, tokenauth: Any, token: str) -> None:
    tokenauth("revoke", token)
    assert tokenauth("edit", token, "--title", "Other").code == 1


def test_what_is_not_there_is_exit_code_3(site: Any, tokenauth: Any) -> None:
    assert tokenauth("edit", "svc-none", "--title", "Other").code == 3
