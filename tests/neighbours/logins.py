"""Every way to log in, as a client goes it."""

from tests.neighbours.provider import Provider
from tests.neighbours.site import USER_HEADER
from tests.plone_fixtures import PASSWORD
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import urlsplit

import requests


class Logins:
    """Ways to log in; each answers with what the client sends from then on.

    :param site: the site
    :param provider: who says who somebody is
    """

    def __init__(self, site: Any, provider: Provider) -> None:
        self.site = site
        self._provider = provider
        for user_id in ("by-password", "by-jwt", "by-header", "by-token"):
            site.add_user(user_id, "Manager")

    def who(self, credentials: dict[str, Any]) -> str:
        """Whom the site takes a client for."""
        response = self.site.get("/@@who", **credentials)
        assert response.status_code == 200, response.text
        return response.text

    def password(self) -> dict[str, Any]:
        return {"auth": ("by-password", PASSWORD)}

    def form(self) -> dict[str, Any]:
        """By the log-in form; a cookie."""
        data = {
            "__ac_name": "by-password",
            "__ac_password": PASSWORD,
            "buttons.login": "Log in",
        }
        response = self.site.request("POST", "/login", data=data)
        return {"cookies": {"__ac": response.cookies["__ac"]}}

    def jwt(self, login: str = "by-jwt") -> dict[str, Any]:
        """By plone.restapi; a JWT."""
        body = {"login": login, "password": PASSWORD}
        return bearer(self.site.api("POST", "/@login", json=body).json()["token"])

    def header(self, user_id: str = "by-header") -> dict[str, Any]:
        """By the word of a proxy."""
        return {"headers": {USER_HEADER: user_id}}

    def token(self) -> dict[str, Any]:
        """By a grant; an access token of ours."""
        return bearer(self.site.token(self.site.issue("by-token")))

    def personal_access_token(self) -> dict[str, Any]:
        return bearer(self.site.personal_access_token("by-token"))

    def oidc(self, user: str = "by-oidc") -> dict[str, Any]:
        """By pas.plugins.oidc; the cookie of plone.session."""
        client = requests.Session()
        start = client.get(
            f"{self.site.url}/acl_users/oidc/login", allow_redirects=False, timeout=30
        )
        back = client.get(
            f"{self.site.url}/acl_users/oidc/callback",
            params=self._at_the_provider(start.headers["Location"], user),
            allow_redirects=False,
            timeout=30,
        )
        return {"cookies": {"__ac": back.cookies["__ac"]}}

    def authomatic(self, user: str = "by-authomatic") -> dict[str, Any]:
        """By pas.plugins.authomatic; a JWT of plone.restapi."""
        return bearer(
            self.finish_authomatic(self.start_authomatic(user)).json()["token"]
        )

    def start_authomatic(self, user: str) -> dict[str, str]:
        """What a client brings back from the provider."""
        start = self.site.api("GET", "/@login-authomatic/github").json()
        query = self._at_the_provider(start["next_url"], user)
        return {
            "qs": "&".join(f"{name}={value}" for name, value in query.items()),
            "session": start["session"],
        }

    def finish_authomatic(
        self, brought: dict[str, str], token: str | None = None
    ) -> requests.Response:
        path = "/@login-authomatic/github"
        return self.site.api("POST", path, token, json=brought)

    def start_oidc(self, user: str) -> tuple[dict[str, str], dict[str, str]]:
        """What a client brings back from the provider, and its cookies."""
        start = self.site.api("GET", "/@login-oidc/oidc")
        query = self._at_the_provider(start.json()["next_url"], user)
        qs = "&".join(f"{name}={value}" for name, value in query.items())
        return {"qs": qs}, dict(start.cookies)

    def _at_the_provider(self, url: str, user: str) -> dict[str, str]:
        """Log in there; the query of the URL that it redirects to."""
        assert url.startswith(f"{self._provider.url}/authorize"), url
        asked = {
            name: values[0] for name, values in parse_qs(urlsplit(url).query).items()
        }
        self._provider.user = user
        self._provider.nonce = asked.get("nonce", "")
        return {"code": "a-code", "state": asked["state"]}


def bearer(token: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {token}"}}
