"""Somebody who has signed in, and all that an attacker may have of it; over HTTP only.

What is made here is sent to the endpoints as it is, to the wrong ones, and damaged.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from tests.surface.world import form_fields
from tests.surface.world import REDIRECT_URI
from tests.surface.world import World
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import urlsplit

import re
import requests


TIMEOUT = 60
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
SCOPES = ("openid", "plone.read", "profile", "email")
#: Everything that a site may switch on.
FEATURES = {
    "openid_enabled": True,
    "cas_enabled": True,
    "partners_enabled": True,
    "simple_sso_enabled": True,
    "device_grant_enabled": True,
    "dynamic_registration": True,
    "password_grant_enabled": True,
    "implicit_grant_enabled": True,
    "allow_signed_links": True,
    "client_documents": True,
}
#: Of an application with all that one can have.
APPLICATION: dict[str, Any] = {
    "title": "An application",
    "redirect_uris": [REDIRECT_URI],
    "scopes": list(SCOPES),
    "stays_signed_in": True,
    "uses_device_codes": True,
    "uses_passwords": True,
    "uses_implicit_grant": True,
    "post_logout_redirect_uris": ["https://app.example.org/bye"],
}
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')


def sign_in(world: World, user: tuple[str, str]) -> None:
    """Let somebody sign in to an application, and more; add what comes of it.

    :param world: of a site that has all features
    :param user: name and password of who may register applications
    """
    person = _Person(world, user)
    made = person.manage("/@applications", APPLICATION)
    application = (made["client_id"], made["client_secret"])
    page = person.manage("", {"@type": "Document", "title": "Page"})
    link = person.manage("/@signed-links", {"title": "Link", "object": page["UID"]})
    person.log_in()
    used, pending = person.code(application[0])
    tokens = person.token(application, used)
    unused, _ = person.code(application[0])
    device = person.device(application)
    world.cookie = person.cookie
    world.ids += (application[0], link["link_id"], person.authorization())
    world.secrets += (application[1], tokens["refresh_token"], tokens["access_token"])
    world.values |= {
        "access_token": (tokens["access_token"],),
        "client_id": (application[0],),
        "client_secret": (application[1],),
        "code": (unused, used),
        "code_challenge": (CHALLENGE, "x"),
        "code_challenge_method": ("S256", "plain"),
        "code_verifier": (VERIFIER,),
        "device_code": (device["device_code"],),
        "id_token_hint": (tokens["id_token"], tokens["id_token"][:-3]),
        "password": (user[1],),
        "pending": (pending,),
        "refresh_token": (tokens["refresh_token"], "ptr_x"),
        "subject_token": (tokens["access_token"],),
        "user_code": (device["user_code"], device["user_code"].lower()),
        "username": (user[0], "nobody"),
    }
    world.links += (urlsplit(link["url"]).path.rpartition("/")[2],)


class _Person:
    """Somebody with a browser, and with a password for the REST API."""

    def __init__(self, world: World, user: tuple[str, str]) -> None:
        self.url = f"http://{world.host}:{world.port}{world.site_path}"
        self.user = user
        self.browser = requests.Session()

    @property
    def cookie(self) -> str:
        """The header that the browser sends."""
        cookies = self.browser.cookies.get_dict().items()
        return "; ".join(f"{name}={value}" for name, value in cookies)

    def manage(self, path: str, values: Mapping[str, Any]) -> Any:
        answer = requests.post(
            f"{self.url}{path}",
            json=values,
            auth=self.user,
            headers={"Accept": "application/json"},
            timeout=TIMEOUT,
        )
        assert answer.status_code == 201, (path, answer.status_code, answer.text)
        return answer.json()

    def log_in(self) -> None:
        """Fill in Plone's form."""
        name, password = self.user
        form = {"__ac_name": name, "__ac_password": password, "buttons.login": "1"}
        self.browser.post(f"{self.url}/login", form, timeout=TIMEOUT)

    def code(self, client_id: str) -> tuple[str, str]:
        """A code, and what the page had sealed that asked for it."""
        parameters = {
            "client_id": client_id,
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": " ".join(SCOPES),
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "prompt": "consent",
        }
        page = self.browser.get(
            f"{self.url}/@@oauth2-authorize", params=parameters, timeout=TIMEOUT
        )
        fields: dict[str, Any] = form_fields("".join(_HIDDEN.findall(page.text)))
        answer = self.browser.post(
            f"{self.url}/@@oauth2-consent",
            {**fields, "scope": SCOPES, "answer": "allow"},
            allow_redirects=False,
            timeout=TIMEOUT,
        )
        query = urlsplit(answer.headers.get("Location", "")).query
        assert "code" in parse_qs(query), (page.status_code, answer.status_code, query)
        return parse_qs(query)["code"][0], fields["pending"]

    def token(self, application: tuple[str, str], code: str) -> Any:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
        }
        answer = requests.post(
            f"{self.url}/@@oauth2-token", form, auth=application, timeout=TIMEOUT
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def device(self, application: tuple[str, str]) -> Any:
        """A code that waits for an answer on a device."""
        answer = requests.post(
            f"{self.url}/@@oauth2-device-authorization",
            {"scope": "plone.read"},
            auth=application,
            timeout=TIMEOUT,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def authorization(self) -> str:
        """The id of what was allowed."""
        answer = requests.get(
            f"{self.url}/@authorizations",
            auth=self.user,
            headers={"Accept": "application/json"},
            timeout=TIMEOUT,
        )
        found: str = answer.json()["items"][0]["@id"]
        return found.rpartition("/")[2]
