"""No neighbour writes a token of ours to a log, however much it logs."""

from collections.abc import Callable
from collections.abc import Iterator
from tests.neighbours.logins import Logins
from tests.neighbours.site import move
from typing import Any

import io
import logging
import pytest


@pytest.fixture
def logged() -> Iterator[Callable[[], str]]:
    """All that all loggers write, at their most talkative."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream.getvalue
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.mark.parametrize("to_top", [True, False], ids=["ours first", "ours last"])
def test_no_log_holds_a_token(
    logins: Logins, logged: Callable[[], str], to_top: bool
) -> None:
    """SB-06."""
    site = logins.site
    move(site, to_top)
    tokens = [
        site.token(site.issue("by-token")),
        site.personal_access_token("by-token"),
    ]
    tokens.append(tokens[0][:-1] + "x")
    for token in tokens:
        ask_everybody(site, token)
    text = logged()
    for token in tokens:
        assert token[4:] not in text
    # They do log at this level, and what they log is seen here.
    assert "pas.plugins.oidc Challenge" in text
    assert "of-the-provider" not in tokens


def ask_everybody(site: Any, token: str) -> None:
    """Come along everywhere, in every way that a token can be sent."""
    for path in (
        "",
        "/@@who",
        "/@@overview-controlpanel",
        "/@login-authomatic/github",
        "/acl_users/oidc/login",
        "/headerlogin",
        "/nowhere",
    ):
        site.get(path, token)
        site.api("GET", path, token)
        site.get(path, auth=("by-token", token))
        site.get(path, auth=(token, ""))
    site.get("/@@overview-controlpanel")
    site.api("POST", "/@login", json={"login": "by-token", "password": token})
