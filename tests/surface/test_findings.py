"""What the fuzzer has found: one test for each."""

from pas.plugins.tokenauth.controlpanel.restapi import NAME
from pas.plugins.tokenauth.controlpanel.restapi import TokenAuthControlpanel
from tests.surface.wire import Request
from tests.surface.wire import send
from tests.surface.world import World

import json
import pytest


@pytest.mark.parametrize(
    "below",
    [
        "/@@oauth2-token",
        "/@@oauth2-introspect",
        "/.well-known/oauth-authorization-server",
    ],
)
@pytest.mark.parametrize("step", ["++skin++x", "++lang++de"])
def test_a_path_that_zope_cannot_read_leads_nowhere(
    world: World, below: str, step: str
) -> None:
    """TE-19: 404, and not a failure of the server that alarms somebody."""
    request = Request("POST", f"{world.site_path}/{step}{below}")
    answer = send(world.host, world.port, request)
    assert answer.status == 404
    assert json.loads(answer.body) == {"message": "There is no such endpoint."}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_header_of_soap_is_ignored(world: World, method: str) -> None:
    """TE-12: like whatever else an endpoint does not know."""
    path = f"{world.site_path}/@@oauth2-token"
    answer = send(world.host, world.port, Request(method, path, (("SOAPAction", "x"),)))
    assert answer.status == (400 if method == "POST" else 405)


def test_the_panel_is_shown_whatever_the_host_is_called(world: World) -> None:
    """It looks at the URL of the visit for its warnings."""
    headers = (("Host", "["), ("Authorization", world.authorizations["owner"]))
    path = f"{world.site_path}/@@tokenauth-controlpanel"
    answer = send(world.host, world.port, Request("GET", path, headers))
    assert answer.status == 200


@pytest.mark.parametrize("opening", [b"[", b'{"title":'])
def test_settings_that_nest_deeply_are_a_bad_request(
    world: World, opening: bytes
) -> None:
    """Without the media type, the log-in of plone.restapi does not fail before us."""
    headers = (
        ("Accept", "application/json"),
        ("Authorization", world.authorizations["owner"]),
    )
    path = f"{world.site_path}/@controlpanels/tokenauth"
    request = Request("PATCH", path, headers, opening * 30_000)
    answer = send(world.host, world.port, request)
    assert answer.status == 400
    assert b"nests too deeply" in answer.body


@pytest.mark.parametrize("before", ["", "/@@", "/++api++", "/nothing", "/@nothing"])
@pytest.mark.parametrize("who", ["anonymous", "member", "owner"])
def test_the_panel_of_the_rest_api_is_no_page(
    world: World, before: str, who: str
) -> None:
    """Zope finds it by its name, and must not publish its parts."""
    authorization = world.authorizations.get(who)
    headers = (("Authorization", authorization),) if authorization else ()
    names = [name for name in dir(TokenAuthControlpanel) if not name.startswith("_")]
    assert {"requester", "title", "site"} <= set(names)
    for name in ["", *names, "context", "request"]:
        path = f"{world.site_path}{before.removesuffix('/@@')}/"
        path += f"{'@@' if before == '/@@' else ''}{NAME}/{name}"
        answer = send(world.host, world.port, Request("GET", path, headers))
        assert answer.status == 404, path
