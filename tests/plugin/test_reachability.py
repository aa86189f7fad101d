"""Nothing of ours is reachable by URL that is not meant to be."""

from pas.plugins.tokenauth.plugin.plugin import TokenAuthPlugin
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from typing import Any

import pytest


PASSWORD = "correct-horse-battery-1"


def public_names(cls: type) -> set[str]:
    return {name for name in dir(cls) if not name.startswith("_")}


def own_names() -> list[str]:
    """Names that our class adds to those of any PAS plugin, or overrides."""
    return sorted(
        name
        for name in public_names(TokenAuthPlugin)
        if getattr(TokenAuthPlugin, name) is not getattr(BasePlugin, name, None)
    )


def test_the_names_of_ours_are_found() -> None:
    expected = {"extractCredentials", "issuer", "manage_settings", "leeway"}
    assert expected <= set(own_names())


@pytest.mark.parametrize("who", ["anonymous", "member"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_name_of_ours_answers(site: Any, who: str, method: str) -> None:
    """A docstring makes an object publishable: every name of ours is tried."""
    site.add_user("member")
    auth = ("member", PASSWORD) if who == "member" else None
    answering = []
    for name in own_names():
        response = site.request(method, f"/acl_users/token_auth/{name}", auth=auth)
        to_login = "require_login" in response.headers.get("Location", "")
        if not to_login and response.status_code not in (401, 403, 404):
            answering.append(name)
    assert answering == []


@pytest.mark.parametrize("who", ["anonymous", "member"])
def test_names_of_every_zope_object_tell_nothing_of_ours(site: Any, who: str) -> None:
    keyfile = site.issue()
    site.add_user("member")
    auth = ("member", PASSWORD) if who == "member" else None
    for name in sorted(public_names(BasePlugin)):
        response = site.get(f"/acl_users/token_auth/{name}", auth=auth)
        assert keyfile["client_id"] not in response.text, name


@pytest.mark.parametrize("name", ["_storage", "_storage/service_key", "_getOb"])
@pytest.mark.parametrize("user", [None, "owner"])
def test_the_storage_has_no_url(site: Any, name: str, user: str | None) -> None:
    """Not even for a Manager."""
    site.issue()
    auth = (user, PASSWORD) if user else None
    response = site.get(f"/acl_users/token_auth/{name}", auth=auth)
    assert response.status_code in (401, 403, 404)


@pytest.mark.parametrize(
    "name",
    [
        "extractCredentials",
        "authenticateCredentials",
        "settings_for_form",
        "setting_overrides",
        "issuer",
    ],
)
def test_methods_of_the_plugin_have_no_url_even_for_a_manager(
    site: Any, name: str
) -> None:
    site.add_user("boss", "Manager")
    response = site.get(f"/acl_users/token_auth/{name}", auth=("boss", PASSWORD))
    assert response.status_code in (403, 404)


@pytest.mark.parametrize("name", ["__call__", "site", "request", "context", "answer"])
def test_the_token_endpoint_has_no_sub_paths(site: Any, name: str) -> None:
    response = site.request("POST", f"/@@oauth2-token/{name}")
    assert response.status_code in (400, 404, 405)
    assert response.headers["Content-Type"] == "application/json"
