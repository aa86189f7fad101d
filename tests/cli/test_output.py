"""Where the answer of a command goes, and which site it is about."""

from pas.plugins.tokenauth.cli.opening import chosen_site
from pas.plugins.tokenauth.cli.outcomes import Absent
from pas.plugins.tokenauth.cli.outcomes import WrongUsage
from typing import Any

import pytest
import subprocess
import sys


PROGRAM = """
from pas.plugins.tokenauth.cli import main
from pas.plugins.tokenauth.cli.outcomes import Answer
main._administer = lambda options: Answer([], "x" * 1_000_000)
raise SystemExit(main.main(["--conf", "zope.conf", "list"]))
"""


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    """`tokenauth list --json | head` ended with a traceback."""
    arguments = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(arguments, **pipes) as process:
        assert process.stdout.read(10) == b"x" * 10
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_the_only_site_need_not_be_named(site: Any) -> None:
    """Most instances have one."""
    app, path = site.app, "/".join(site.portal.getPhysicalPath())
    assert chosen_site(app, None).getPhysicalPath() == site.portal.getPhysicalPath()
    assert chosen_site(app, path).getPhysicalPath() == site.portal.getPhysicalPath()
    with pytest.raises(Absent):
        chosen_site(app, "/nowhere")


def test_one_of_several_sites_must_be_named(site: Any) -> None:
    class Two:
        def objectValues(self) -> list[Any]:
            return [site.portal, site.portal]

    with pytest.raises(WrongUsage, match="/plone, /plone"):
        chosen_site(Two(), None)
