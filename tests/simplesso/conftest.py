"""Sites with django-simple-sso that are registered, and people's browsers."""

from collections.abc import Callable
from pas.plugins.tokenauth.simplesso.kind import SIMPLE_SSO_CONSUMER
from pas.plugins.tokenauth.simplesso.protocol import sign
from pas.plugins.tokenauth.simplesso.protocol import signed_value
from tests.delegation.conftest import Browser
from typing import Any

import pytest
import requests
import time


SHOP = "https://shop.example.org/client/"
Register = Callable[..., "Consumer"]


class Consumer:
    """A site with django-simple-sso, as far as it talks to the server."""

    def __init__(self, site: Any, issued: Any) -> None:
        self.credential = issued.credential
        self.public_key: str = issued.credential.credential_id
        self.private_key = str(issued.secret)
        self.server_url: str = issued.members["server_url"]

    def post(self, path: str, body: str, **headers: str) -> requests.Response:
        return requests.post(
            f"{self.server_url}{path}/",
            data=body.encode(),
            headers={
                "X-Services-Public-Key": self.public_key,
                "Content-Type": "application/json",
                **headers,
            },
            timeout=30,
        )

    def signed(self, value: Any, now: float | None = None) -> str:
        return sign(value, self.private_key.encode(), now or time.time())

    def ask(self, path: str, **value: Any) -> requests.Response:
        return self.post(path, self.signed(value))

    def opened(self, answer: requests.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return signed_value(answer.text, self.private_key.encode(), time.time())

    def request_token(self, url: str = f"{SHOP}authenticate/?next=%2F") -> str:
        return self.opened(self.ask("request-token", redirect_to=url))["request_token"]

    def authorize_url(self, token: str) -> str:
        return f"{self.server_url}authorize/?token={token}"


@pytest.fixture
def register(site: Any, sealing_key: str) -> Register:
    """Registers a site with django-simple-sso."""
    site.plugin.simple_sso_enabled = True
    site.commit()

    def register(by: Any = None, **options: Any) -> Consumer:
        site.sync()
        options = {"title": "Shop", "urls": (SHOP,), **options}
        return Consumer(site, site.make(SIMPLE_SSO_CONSUMER, by, **options))

    return register


@pytest.fixture
def browser(site: Any) -> Browser:
    """The browser of a person who is not logged in."""
    site.add_user("jane", "Member")
    member = site.portal.portal_membership.getMemberById("jane")
    member.setMemberProperties({"fullname": "Jane van Roe", "email": "j@example.org"})
    site.commit()
    return Browser(site)


@pytest.fixture
def other_browser(site: Any) -> Browser:
    """Somebody else's."""
    return Browser(site)
