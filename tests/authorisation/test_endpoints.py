"""Who may do what at the OAuth endpoints: every cell of their table, over HTTP."""

from .table import ENDPOINTS
from .table import Row
from .world import PASSWORD
from .world import World
from collections.abc import Callable
from tests.authorization_server.endpoints.conftest import authenticated
from tests.authorization_server.endpoints.conftest import client_assertion
from typing import Any

import pytest
import requests


GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Asking:
    """Those who ask, and the token that they ask about."""

    def __init__(self, world: World) -> None:
        self.site, self.keyfile = world.site, world.keyfile
        self.other = world.issue("other")
        self.token = self.site.token(self.keyfile)
        self._bearers = {
            "read": world.tokens["manager's personal, read"],
            "write": world.tokens["manager's, write"],
            "admin.read": world.tokens["manager's, admin.read"],
            "admin": world.tokens["manager's, admin"],
            "owner": world.tokens["owner's, write"],
        }
        self._cookies = self._logged_in("manager")

    def _logged_in(self, user_id: str) -> requests.cookies.RequestsCookieJar:
        form = {"__ac_name": user_id, "__ac_password": PASSWORD, "buttons.login": "1"}
        response = self.site.request("POST", "/login", data=form)
        assert "__ac" in response.cookies
        return response.cookies

    def is_live(self) -> bool:
        """Whether the site still accepts the token."""
        return bool(self.site.api("GET", "/@types", self.token).status_code == 200)

    def request(self, who: str, row: Row, method: str) -> requests.Response:
        """A request of one of them that is as good as it can be."""
        form = self._form(who, row)
        kwargs: dict[str, Any] = {"data": form} if method == "POST" else {}
        if who == "person":
            kwargs["cookies"] = self._cookies
        path = self._path(row.what)
        return self.site.request(method, path, self._bearers.get(who), **kwargs)

    def _path(self, what: str) -> str:
        if not what.startswith(".well-known"):
            return f"/{what}"
        document = ".well-known/oauth-authorization-server"
        if what.endswith("root"):
            root, _, name = self.site.url.rpartition("/")
            return f"{root}/{document}/{name}"
        return f"/{document}"

    def _form(self, who: str, row: Row) -> list[tuple[str, str]]:
        keyfile = {"client": self.keyfile, "other client": self.other}.get(who)
        if row.what == "@@oauth2-token":
            # The other client signs a grant for the key with its own.
            claims = {"iss": self.keyfile["client_id"]}
            grant = self.site.grant(keyfile, **claims) if keyfile else ""
            return [("grant_type", GRANT), ("assertion", grant)]
        proof = authenticated(client_assertion(self.site, keyfile)) if keyfile else []
        return [("token", self.token), *proof]


def opened_a_token(asking: Asking, response: requests.Response) -> str:
    token = response.json()["access_token"]
    assert asking.site.api("GET", "/@types", token).status_code == 200
    return "yes"


def told_about_it(asking: Asking, response: requests.Response) -> str:
    answer = response.json()
    assert answer == {"active": False} or answer["sub"] == "owner"
    return "yes" if answer["active"] else "unknown"


def ended_it(asking: Asking, response: requests.Response) -> str:
    return "unknown" if asking.is_live() else "yes"


def told_the_issuer(asking: Asking, response: requests.Response) -> str:
    assert response.json()["issuer"] == asking.site.url
    return "yes"


def let_log_in(asking: Asking, response: requests.Response) -> str:
    return "log in" if "/login?" in response.headers.get("Location", "") else "yes"


EFFECTS: dict[str, Callable[[Asking, requests.Response], str]] = {
    "@@oauth2-token": opened_a_token,
    "@@oauth2-introspect": told_about_it,
    "@@oauth2-revoke": ended_it,
    "@@cas-resume": let_log_in,
    ".well-known": told_the_issuer,
    ".well-known of the root": told_the_issuer,
}


@pytest.mark.long
class TestEveryCell:
    """In one site, row after row."""

    @pytest.mark.parametrize("row", ENDPOINTS, ids=str)
    def test_every_cell_is_as_the_table_says(self, world: World, row: Row) -> None:
        wrong = []
        asking = Asking(world)
        for method in row.methods:
            for who, expected in row.cells.items():
                found = self.result(asking, who, row, method)
                if found != expected:
                    wrong.append(f"{method} by {who}: {found}, not {expected}")
                if not asking.is_live():
                    asking = Asking(world)
        assert wrong == []

    def result(self, asking: Asking, who: str, row: Row, method: str) -> str:
        """What one of them gets; who is refused has changed and learned nothing."""
        response = asking.request(who, row, method)
        if response.status_code < 400:
            return EFFECTS[row.what](asking, response)
        assert asking.is_live()
        assert "Location" not in response.headers
        assert "access_token" not in response.text
        assert '"sub"' not in response.text
        return str(response.status_code)


def test_the_table_is_read() -> None:
    assert len(ENDPOINTS) == 31
