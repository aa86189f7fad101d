"""Tokens in the Authorization header: whom they reach, as Bearer and as passwords."""

from collections.abc import Iterator
from http.client import HTTPConnection
from pas.plugins.tokenauth.core.tokens import is_well_formed
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import PERSONAL_ACCESS_TOKEN_PREFIX
from plone.base.interfaces import IPloneSiteRoot
from Products.Five.browser import BrowserView
from Products.PluggableAuthService.interfaces.plugins import IAuthenticationPlugin
from Products.PluggableAuthService.interfaces.plugins import IExtractionPlugin
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from tests.plone_fixtures import PASSWORD
from typing import Any
from urllib.parse import quote
from urllib.parse import urlsplit
from zope.component import getGlobalSiteManager
from zope.component import provideAdapter
from zope.interface import implementer
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import base64
import json
import pytest
import requests
import time


AS_JSON: Any = {"headers": {"Accept": "application/json"}, "timeout": 30}
NOT_ACCEPTED = "This site does not accept access tokens as passwords"

#: What a plugin that asks a directory server would send to it.
seen: list[Any] = []
#: What a plugin that reads the header for itself finds there.
headers: list[Any] = []


@implementer(IExtractionPlugin, IAuthenticationPlugin)
class Listener(BasePlugin):
    """Notes every header it can read and every credential that it is asked about."""

    def extractCredentials(self, request: Any) -> dict[str, str]:
        headers.append((str(request._auth), repr(request._auth)))
        return {}

    def authenticateCredentials(self, credentials: Any) -> None:
        seen.append(dict(credentials))


@pytest.fixture
def listener(site: Any) -> Any:
    """Another plugin, the first to be asked about passwords."""
    seen.clear()
    headers.clear()
    users = site.portal.acl_users
    users._setObject("listener", Listener())
    for interface in (IExtractionPlugin, IAuthenticationPlugin):
        users.plugins.activatePlugin(interface, "listener")
        users.plugins.movePluginsTop(interface, ["listener"])
    site.commit()
    return seen


def passwords(listener: Any) -> str:
    """What was taken for a password, in one string."""
    found = [credentials.get("password", "") for credentials in listener]
    return "\n".join(found)


@pytest.fixture
def token(site: Any) -> str:
    return site.personal_access_token()


@pytest.fixture
def accepted(site: Any) -> None:
    """The site accepts tokens as passwords."""
    site.plugin.personal_access_tokens_as_passwords = True
    site.commit()


@pytest.fixture
def forgeable() -> Iterator[str]:
    """Path of a view that writes and relies on plone.protect."""

    class View(BrowserView):
        def __call__(self) -> str:
            self.context.title = "Forged"
            return "done"

    wanted = (IPloneSiteRoot, IBrowserRequest)
    provideAdapter(View, wanted, Interface, "forgeable")
    yield "/@@forgeable"
    getGlobalSiteManager().unregisterAdapter(View, wanted, Interface, "forgeable")


def basic(site: Any, user: str, password: str, **kwargs: Any) -> requests.Response:
    kwargs.setdefault("method", "GET")
    kwargs.setdefault("path", "/@users/owner")
    method, path = kwargs.pop("method"), kwargs.pop("path")
    return site.api(method, path, auth=(user, password), **kwargs)


def test_a_header_that_cgi_has_renamed_is_the_same_header(
    site: Any, token: str, listener: Any
) -> None:
    """ZP-11: it authenticates, and no other plugin sees the token."""
    renamed = {"CGI-Authorization": f"Bearer {token}"}
    assert site.api("GET", "/@users/owner", headers=renamed).status_code == 200
    assert headers and token not in str(headers)
    renamed = {"CGI-Authorization": f"Bearer {token}x"}
    assert site.api("GET", "", headers=renamed).status_code == 401


class TestOff:
    """The default."""

    def test_tokens_as_passwords_are_off_by_default(
        self, site: Any, token: str
    ) -> None:
        response = basic(site, "owner", token)
        assert response.status_code == 401
        assert response.json()["error_description"] == NOT_ACCEPTED

    def test_no_other_plugin_sees_the_token(
        self, site: Any, token: str, listener: Any
    ) -> None:
        basic(site, "owner", token)
        site.get("", auth=("owner", token))
        assert token not in passwords(listener)

    def test_no_plugin_that_reads_credentials_first_sees_the_token(
        self, site: Any, token: str, listener: Any
    ) -> None:
        plugins = site.portal.acl_users.plugins
        plugins.movePluginsDown(IExtractionPlugin, ["token_auth"])
        assert plugins.listPluginIds(IExtractionPlugin)[0] != "token_auth"
        site.commit()
        basic(site, "owner", token)
        assert token not in passwords(listener)

    def test_no_plugin_sees_the_token_where_ours_is_not_active(
        self, site: Any, token: str, listener: Any
    ) -> None:
        plugins = site.portal.acl_users.plugins
        plugins.deactivatePlugin(IExtractionPlugin, "token_auth")
        site.commit()
        assert basic(site, "owner", token).status_code == 401
        assert token not in passwords(listener)

    @pytest.mark.parametrize("on", [False, True])
    @pytest.mark.parametrize("password", ["", "x-oauth-basic"])
    def test_a_token_before_the_colon_is_refused_and_nobody_sees_it(
        self, site: Any, token: str, listener: Any, on: bool, password: str
    ) -> None:
        site.plugin.personal_access_tokens_as_passwords = on
        site.commit()
        response = basic(site, token, password)
        assert (response.status_code, response.json()["error"]) == (
            401,
            "invalid_token",
        )
        names = [str(credentials.get("login")) for credentials in listener]
        assert token not in " ".join(names) + passwords(listener)

    def test_passwords_work_as_ever(self, site: Any, token: str, listener: Any) -> None:
        assert basic(site, "owner", PASSWORD).status_code == 200
        assert PASSWORD in passwords(listener)


@pytest.mark.usefixtures("accepted")
class TestOn:
    """The setting is on."""

    def test_the_token_is_a_password(self, site: Any, token: str) -> None:
        answer = basic(site, "owner", token)
        assert (answer.status_code, answer.json()["id"]) == (200, "owner")

    def test_no_other_plugin_sees_the_token(
        self, site: Any, token: str, listener: Any
    ) -> None:
        assert basic(site, "owner", token).status_code == 200
        assert token not in passwords(listener)

    def test_white_space_around_the_token_does_not_matter(
        self, site: Any, token: str, listener: Any
    ) -> None:
        assert basic(site, "owner", f" {token} ").status_code == 200
        assert token not in passwords(listener)

    @pytest.mark.parametrize("user", ["", "other", "admin", "OWNER", "ownér", "owner "])
    def test_the_user_name_must_be_that_of_the_owner(
        self, site: Any, token: str, user: str
    ) -> None:
        site.add_user("other", "Manager")
        response = basic(site, user.encode("utf-8"), token)
        assert response.status_code == 401
        assert "another user name" in response.json()["error_description"]

    def test_the_login_name_will_do(self, site: Any, token: str) -> None:
        site.portal.acl_users.source_users.updateUser("owner", "jane@example.org")
        site.commit()
        assert basic(site, "jane@example.org", token).status_code == 200
        assert basic(site, "owner", token).status_code == 200

    def test_a_login_name_is_transformed_like_any_other(
        self, site: Any, token: str
    ) -> None:
        site.portal.acl_users.login_transform = "lower"
        site.commit()
        assert basic(site, "OWNER", token).status_code == 200

    def test_every_check_runs(self, site: Any, token: str) -> None:
        for stored in site.context.storage["personal_access_token"].all():
            stored.expires_at = time.time() - 1
        site.commit()
        response = basic(site, "owner", token)
        assert response.status_code == 401
        assert response.json()["error"] == "invalid_token"

    def test_a_token_that_was_never_issued_is_refused(
        self, site: Any, listener: Any
    ) -> None:
        token = make_token(PERSONAL_ACCESS_TOKEN_PREFIX, bytes(32))
        assert basic(site, "owner", token).status_code == 401
        assert token not in passwords(listener)

    def test_a_short_lived_token_is_no_password(self, site: Any, listener: Any) -> None:
        token = site.token(site.issue())
        assert basic(site, "owner", token).status_code == 401
        assert token not in passwords(listener)

    def test_a_password_that_only_begins_like_a_token_is_a_password(
        self, site: Any
    ) -> None:
        password = "ptp_correct-horse-battery"
        assert not is_well_formed(password)
        site.portal.acl_users.userFolderAddUser("jane", password, ["Manager"], [])
        site.commit()
        assert basic(site, "jane", password, path="/@users/jane").status_code == 200

    @pytest.mark.parametrize("user", ["weiß", "é", "MÜLLER"])
    def test_a_user_name_in_latin_1_works(self, site: Any, user: str) -> None:
        """Requests and aiohttp encode like that."""
        token = site.personal_access_token(user)
        path = f"/@users/{quote(user)}"
        assert site.api("GET", path, auth=(user, token)).json()["id"] == user
        for encoding in ("latin-1", "utf-8"):
            name = user.encode(encoding)
            answer = basic(site, name, token, path=path)
            assert answer.json()["id"] == user, answer.text

    def test_a_user_name_that_is_not_utf_8_and_not_theirs_is_refused(
        self, site: Any, token: str
    ) -> None:
        assert basic(site, "weiß".encode("latin-1"), token).status_code == 401
        assert basic(site, b"\xff\xfe", token).status_code == 401

    def test_passwords_work_as_ever(self, site: Any, token: str) -> None:
        assert basic(site, "owner", PASSWORD).status_code == 200

    def test_the_api_writes(self, site: Any, token: str) -> None:
        body = {"@type": "Document", "title": "Written"}
        response = basic(site, "owner", token, method="POST", path="", json=body)
        assert response.status_code == 201

    def test_a_page_that_a_browser_was_tricked_to_call_writes_nothing(
        self, site: Any, token: str, forgeable: str
    ) -> None:
        """A browser sends Basic by itself, so it is no proof against forgery."""
        for method in ("GET", "POST"):
            site.request(method, forgeable, auth=("owner", token))
            site.sync()
            assert site.portal.title != "Forged"
        # In the header that no browser sends by itself it is no forgery.
        assert site.request("POST", forgeable, token).text == "done"
        site.sync()
        assert site.portal.title == "Forged"

    def test_no_cookie_is_set(self, site: Any, token: str) -> None:
        response = site.get("/logged_in", auth=("owner", token))
        assert "Set-Cookie" not in response.headers

    def test_a_user_of_the_root_is_none_of_ours(
        self, site: Any, token: str, site_owner_auth: tuple[str, str]
    ) -> None:
        user, password = site_owner_auth
        assert basic(site, user, password).status_code == 200
        assert basic(site, user, token).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Basic " + base64.b64encode("weiß:grün".encode("latin-1")).decode(),
        "Basic a",
        "Digest x",
    ],
)
def test_a_damaged_header_is_left_to_others(site: Any, header: str) -> None:
    """What Zope makes of it does not change because of us."""
    response = site.get("", headers={"Authorization": header})
    assert "invalid_token" not in response.text


class TestTwoCredentials:
    """A damaged token, or one beside other credentials, authorizes nobody else."""

    @pytest.fixture
    def cookies(self, site: Any) -> Any:
        """The cookies of a person who is logged in."""
        site.add_user("person", "Manager")
        session = requests.Session()
        form = {"__ac_name": "person", "__ac_password": PASSWORD, "buttons.login": "x"}
        session.post(f"{site.url}/login", data=form, timeout=30)
        answer = session.get(f"{site.url}/@users/person", **AS_JSON)
        assert (answer.status_code, answer.json()["id"]) == (200, "person")
        return session.cookies

    @pytest.mark.parametrize(
        "spelled",
        [
            "Token {}",
            "Bearer: {}",
            "Bearer token={}",
            "ApiKey {}",
            "Basic YWRtaW46c2VjcmV0, Bearer {}",
            "Bearer {}, Basic YWRtaW46c2VjcmV0",
            "Bearer {}, Bearer {}",
        ],
    )
    def test_a_token_in_another_spelling_is_refused(
        self, site: Any, token: str, cookies: Any, spelled: str
    ) -> None:
        authorization = spelled.format(token, token)
        answer = site.api(
            "GET",
            "/@users/person",
            headers={"Authorization": authorization},
            cookies=cookies,
        )
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
        assert "not sent as Bearer and one token" in answer.json()["error_description"]

    @pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
    def test_two_header_lines_are_refused(
        self, site: Any, token: str, cookies: Any, order: slice
    ) -> None:
        parts = urlsplit(site.url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        connection.putrequest("GET", f"{parts.path}/@users/person")
        for line in ["Basic YWRtaW46c2VjcmV0", f"Bearer {token}"][order]:
            connection.putheader("Authorization", line)
        connection.putheader("Accept", "application/json")
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        connection.putheader("Cookie", cookie)
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 401
        assert json.loads(answer.read())["error"] == "invalid_token"
        connection.close()

    @pytest.mark.parametrize("on", [False, True])
    @pytest.mark.parametrize(
        "damage",
        [
            lambda token: token[:-1],
            lambda token: token + "x",
            lambda token: token[:20],
            lambda token: token[:30] + "-" + token[31:],
            lambda token: f"x{token}",
            lambda token: f"{token}:{token}",
        ],
    )
    def test_a_damaged_token_as_the_password_is_refused(
        self, site: Any, token: str, cookies: Any, on: bool, damage: Any
    ) -> None:
        site.plugin.personal_access_tokens_as_passwords = on
        site.commit()
        answer = basic(
            site, "owner", damage(token), path="/@users/person", cookies=cookies
        )
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


class TestOtherPlugins:
    """They read one word that means nothing, in whatever order they are asked."""

    @pytest.mark.parametrize(
        "spelled",
        [
            "Bearer {}",
            "bearer   {}",
            "{}",
            "Bearer {}x",
            "Bearer x {}",
            "Token {}",
            "Token token={}",
            "Bearer: {}",
            "Bearer token={}",
            "ApiKey {}",
            "Basic YWRtaW46c2VjcmV0, Bearer {}",
        ],
    )
    def test_do_not_see_a_token_of_ours(
        self, site: Any, listener: Any, token: str, spelled: str
    ) -> None:
        """Threat of a log: nor where it is damaged."""
        site.get("", headers={"Authorization": spelled.format(token)})
        assert headers
        assert not any("ptp_" in str(found) for found in headers + seen)

    def test_do_not_see_a_damaged_one_that_is_a_password(
        self, site: Any, listener: Any, token: str
    ) -> None:
        site.get("", auth=("owner", token[:-1]))
        assert headers
        assert not any("ptp_" in str(found) for found in headers + seen)

    def test_do_not_see_one_that_is_a_password(
        self, site: Any, listener: Any, token: str
    ) -> None:
        site.get("", auth=("owner", token))
        assert headers
        assert not any(token in str(found) for found in headers + seen)

    @pytest.mark.parametrize("other", ["Bearer eyJ0.eyJ.pta_x", "Digest x", "bearer"])
    def test_read_any_other_header_as_it_was_sent(
        self, site: Any, listener: Any, other: str
    ) -> None:
        """RS-08: what is not ours is theirs."""
        site.get("", headers={"Authorization": other})
        assert headers[0][0] == other
