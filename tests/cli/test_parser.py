"""Arguments, and what a call without Zope loads."""

from pas.plugins.tokenauth.cli.kinds import known_kinds
from pas.plugins.tokenauth.cli.main import main
from pas.plugins.tokenauth.cli.parser import parsed
from pas.plugins.tokenauth.cli.tables import table
from tests.authorisation.discovery import commands

import pytest
import re
import subprocess
import sys


SITE = ["--conf", "zope.conf", "--site", "/Plone"]
ISSUE = ["issue", "--user", "jane", "--title", "A key"]
PAT_ISSUE = ["pat", "issue", "--user", "jane", "--title", "A token"]


@pytest.mark.parametrize(
    "arguments",
    [[*SITE, "list"], ["list", *SITE], [*SITE, "pat", "list"], ["pat", "list", *SITE]],
)
def test_common_arguments_stand_before_or_after_the_command(
    arguments: list[str],
) -> None:
    options = parsed([*arguments, "--json"])
    assert (options.conf, options.site, options.json) == ("zope.conf", "/Plone", True)
    assert parsed(["--json", *arguments]).json is True
    assert parsed(arguments).json is False


def test_zopes_own_variable_names_the_conf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOPE_CONFIG", "from-variable.conf")
    assert parsed(["--site", "/Plone", "list"]).conf == "from-variable.conf"
    assert parsed([*SITE, "list"]).conf == "zope.conf"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "COMMAND"),
        (["list", "--site", "/Plone"], "--conf is missing"),
        ([*SITE, *ISSUE], "--output is missing"),
        ([*SITE, "ensure", "--user", "jane", "--name", "x"], "--output is missing"),
        ([*SITE, "rotate", "svc-1"], "--output is missing"),
        ([*SITE, *ISSUE, "--output", "-", "--expires", "soon"], "no date like"),
        ([*SITE, "list", "--state", "lost"], "invalid choice"),
        ([*SITE, "revoke"], "is required"),
        ([*SITE, "revoke", "svc-1", "--all"], "not allowed with"),
        ([*SITE, "revoke", "--all", "--issued-before", "2026-11-22"], "not allowed"),
        ([*SITE, "import"], "FILE"),
        ([*SITE, "pat"], "COMMAND"),
        ([*SITE, *PAT_ISSUE, "--expires", "90d"], "--output"),
        ([*SITE, "pat", "revoke"], "is required"),
        ([*SITE, "pat", "revoke", "pat-1", "--all"], "not allowed with"),
        ([*SITE, "pat", "rotate", "pat-1"], "--output"),
        (["pat", "list", "--site", "/Plone"], "--conf is missing"),
        ([*SITE, "list", "--sea", "x"], "unrecognized"),
    ],
)
def test_wrong_usage_is_exit_code_2(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.delenv("ZOPE_CONFIG", raising=False)
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


def test_a_public_key_needs_no_output() -> None:
    assert parsed([*SITE, *ISSUE, "--public-key", "key.pub"]).output is None


def test_everything_that_revoke_ends_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parsed(["revoke", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "every credential of the site" in told
    for known in known_kinds():
        assert f"{known.word}s" in told


def test_a_table_shows_nothing_that_steers_a_terminal() -> None:
    lines = table(["A", "B"], [["\x1b[2J", ""], ["xy", "z"]]).splitlines()
    assert lines == ["A     B", "?[2J  -", "xy    z"]


@pytest.mark.parametrize("command", sorted(commands()))
def test_each_help_has_an_example_of_the_command(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """There were none."""
    with pytest.raises(SystemExit):
        parsed([*command.split(), "--help"])
    out = capsys.readouterr().out
    assert f"  tokenauth {command}" in out or f"example: tokenauth {command}" in out
    assert "  " not in "".join(re.findall("tokenauth (.+)", out))


@pytest.mark.parametrize("command", sorted(commands()))
def test_a_help_calls_a_default_by_its_name(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """`(never)` may be anything."""
    with pytest.raises(SystemExit):
        parsed([*command.split(), "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "(None)" not in told and "(never)" not in told
    assert re.findall(r"\((7d|anywhere|plone\.\w+)\)", told) == []
    if command == "edit":
        # What is left out stays.
        assert re.findall(r"\(default: (?!what|the only)", told) == []


PROBE = """
import sys
try:
    from pas.plugins.tokenauth.cli.main import main
    main(sys.argv[1:])
except SystemExit:
    pass
heavy = ("AccessControl", "ZODB", "Zope2", "ZPublisher", "Products", "plone",
         "persistent", "transaction", "zope.component")
print(sorted(set(heavy) & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments", [["token", "none.json"], ["--help"], ["--version"]]
)
def test_asking_for_a_token_loads_nothing_of_zope(arguments: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROBE, *arguments],
        capture_output=True,
        text=True,
    )
    assert result.stderr.splitlines()[-1] == "[]"


def test_the_client_alone_loads_nothing_of_zope() -> None:
    probe = PROBE.replace(".cli.main", ".client")
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", probe, "token", "none.json"],
        capture_output=True,
        text=True,
    )
    assert result.stderr.splitlines()[-2:] == ["There is no keyfile none.json.", "[]"]
