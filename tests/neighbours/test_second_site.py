"""A second Plone site, where people log in with their account of the first.

It runs pas.plugins.oidc as the documentation says, and its own code all the way.
"""

from collections.abc import Iterator
from html import unescape
from pas.plugins.tokenauth.applications.kind import APPLICATION
from pas.plugins.tokenauth.core import keys
from pas.plugins.tokenauth.fetching.deliveries import Deliveries
from pas.plugins.tokenauth.fetching.interfaces import IDeliveries
from plone import api
from plone.app.testing import applyProfile
from Products.CMFPlone.factory import addPloneSite
from tests.fetching.delivering import deliver
from tests.plone_fixtures import PASSWORD
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import urlsplit
from zope.component import getGlobalSiteManager
from zope.component import getUtility
from zope.component.hooks import setSite

import pytest
import re
import requests


SCOPES = ("openid", "profile", "email", "groups")


@pytest.fixture
def deliveries() -> Iterator[Deliveries]:
    """Messages to other servers, which the test sends itself."""
    manager = getGlobalSiteManager()
    before, waiting = getUtility(IDeliveries), Deliveries(in_background=False)
    manager.registerUtility(waiting, IDeliveries)
    yield waiting
    manager.registerUtility(before, IDeliveries)


class Two:
    """Both sites and the browser of alice, who belongs to the group writers."""

    def __init__(self, first: Any, second_url: str) -> None:
        self.first = first
        self.second_url = second_url
        self.session = requests.Session()

    def get(self, url: str) -> requests.Response:
        return self.session.get(url, allow_redirects=False, timeout=60)

    def who(self) -> str:
        """Whom the second site takes alice for."""
        return self.get(f"{self.second_url}/@@who").text

    def follow(self, url: str) -> str:
        """Where everything leads from a URL, with a log-in and consent on the way."""
        for _ in range(15):
            answer = self.get(url)
            if 'name="__ac_name"' in answer.text:
                (came_from,) = parse_qs(urlsplit(url).query)["came_from"]
                data = {
                    "__ac_name": "alice",
                    "__ac_password": PASSWORD,
                    "came_from": came_from,
                    "buttons.login": "1",
                }
                answer = self._post(f"{self.first.url}/login", data)
            elif 'name="pending"' in answer.text:
                answer = self._post(*self._answer(answer.text))
            if answer.status_code not in (301, 302, 303):
                assert answer.status_code == 200, answer.text
                return url
            url = answer.headers["Location"]
        raise AssertionError("never came anywhere")

    def _post(self, url: str, data: Any) -> requests.Response:
        return self.session.post(url, data, allow_redirects=False, timeout=60)

    def _answer(self, page: str) -> tuple[str, list[tuple[str, str]]]:
        action = re.search(r'<form[^>]*action="([^"]*)"', page)
        assert action is not None
        fields = [
            (unescape(name), unescape(value))
            for name, value in re.findall(
                r'<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"', page
            )
        ]
        return unescape(action[1]), [*fields, ("answer", "allow")]


@pytest.fixture
def two(
    empty_site: Any,
    sealing_key: str,
    zope_conf: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Two:
    monkeypatch.setattr(keys, "RSA_BITS", keys.MIN_RSA_BITS)
    first = empty_site
    first.plugin.openid_enabled = True
    first.add_user("alice")
    api.group.create("writers")
    api.group.add_user(groupname="writers", username="alice")
    port = urlsplit(first.url).port
    zope_conf["fetch-hosts"] = f"127.0.0.1:{port}"
    # On another host, so that neither has the cookies of the other.
    url = f"http://127.0.0.1:{port}/second"
    issued = first.make(
        APPLICATION,
        title="Second site",
        redirect_uris=(f"{url}/acl_users/oidc/callback",),
        post_logout_redirect_uris=(url,),
        backchannel_logout_uri=f"{url}/acl_users/oidc/backchannel-logout",
        scopes=SCOPES,
        default_scopes=(),
    )
    second = addPloneSite(first.app, "second", setup_content=False)
    setSite(second)
    applyProfile(second, "pas.plugins.oidc:default")
    second.acl_users.oidc.manage_changeProperties(
        issuer=first.url,
        client_id=issued.credential.client_id,
        client_secret=issued.secret,
        scope=SCOPES,
        create_groups=True,
    )
    second.acl_users.session.per_user_keyring = True
    api.group.create("writers", roles=["Editor"])
    setSite(first.portal)
    first.commit()
    return Two(first, url)


def test_a_second_site_logs_people_in_and_out(two: Two, deliveries: Deliveries) -> None:
    """Groups of one site have roles in the other; a log-out of one is one of both."""
    login = f"{two.second_url}/acl_users/oidc/login"
    assert two.who() == "anonymous"
    two.follow(login)
    user_id = two.who()
    two.first.sync()
    assert user_id == two.first.context.storage["subjects"].get("alice", "")
    second = two.first.app.second
    user = second.acl_users.getUserById(user_id)
    assert "writers" in user.getGroups()
    assert "Editor" in user.getRoles()

    # Out at the first: the second hears of it from server to server.
    two.get(f"{two.first.url}/logout")
    deliver(deliveries)
    assert two.who() == "anonymous"

    # Out at the second: the browser is sent to the first, which asks.
    two.follow(login)
    assert two.who() == user_id
    assert two.follow(f"{two.second_url}/acl_users/oidc/logout") == two.second_url
    assert two.who() == "anonymous"
    assert two.get(f"{two.first.url}/@@who").text == "anonymous"
