"""The implicit grant of older clients."""

from pas.plugins.tokenauth.authorization_server.metadata import (
    authorization_server_metadata,
)
from tests.applications.registering import register as register
from tests.applications.registering import URI
from tests.delegation.conftest import apps as apps
from tests.delegation.conftest import Browser
from tests.delegation.conftest import STATE
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests


class Asked:
    """An older application in the browser of alice."""

    def __init__(self, site: Any, register: Any) -> None:
        self.site = site
        self.register = register
        self.browser = Browser(site)
        self.browser.log_in()
        self.client_id: str = self.registered().client_id

    def registered(self, **options: Any) -> Any:
        options = {
            "authentication": "none",
            "redirect_uris": (URI,),
            "uses_implicit_grant": True,
            "scopes": ("plone.read", "plone.write"),
            **options,
        }
        return self.register(**options).credential

    def authorize(self, **changes: Any) -> requests.Response:
        parameters = {
            "client_id": self.client_id,
            "redirect_uri": URI,
            "response_type": "token",
            "code_challenge": None,
            "code_challenge_method": None,
            **changes,
        }
        return self.browser.authorize(**parameters)

    def token(self, **changes: Any) -> dict[str, str]:
        """The members that alice sends to the application, if she is asked or not."""
        answer = self.authorize(**changes)
        if answer.status_code == 200:
            answer = self.browser.answer(answer)
        return members_of(answer)


def members_of(answer: requests.Response, separator: str = "#") -> dict[str, str]:
    """The members of an answer, which stand in that part of the redirect URI."""
    assert answer.status_code == 303, answer.text
    uri, _separator, members = answer.headers["Location"].partition(separator)
    assert uri == URI
    pairs = parse_qsl(members, strict_parsing=True)
    assert len(pairs) == len(dict(pairs))
    return dict(pairs)


@pytest.fixture
def asked(site: Any, register: Any, sealing_key: str) -> Asked:
    """The application, and both switches on."""
    site.add_user("alice")
    site.plugin.implicit_grant_enabled = True
    site.commit()
    return Asked(site, register)


def test_a_person_sends_the_application_a_token(site: Any, asked: Asked) -> None:
    """Conformance: LG-06."""
    members = asked.token()
    token = members.pop("access_token")
    assert members == {
        "token_type": "Bearer",
        "expires_in": "3600",
        "scope": "plone.read plone.write",
        "state": STATE,
        "iss": site.context.issuer,
    }
    assert site.api("GET", "/@users/alice", token).status_code == 200
    site.sync()
    (authorization,) = site.context.storage["authorization"].all()
    assert (authorization.owner, authorization.application) == (
        "alice",
        asked.client_id,
    )
    (entry,) = site.context.storage["usage_log"].entries(authorization.credential_id)
    assert entry.subject == "alice"


def test_whoever_has_allowed_it_is_not_asked_again(site: Any, asked: Asked) -> None:
    """Conformance: LG-06: also on a GET, the token is stored."""
    asked.token()
    answer = asked.authorize(prompt="none")
    token = members_of(answer)["access_token"]
    assert site.api("GET", "/@users/alice", token).status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_ends_the_authorization_ends_the_token(site: Any, asked: Asked) -> None:
    """Conformance: LG-06: an authorization like any other."""
    token = asked.token()["access_token"]
    site.sync()
    (authorization,) = site.context.storage["authorization"].all()
    authorization.revoked_at = 1.0
    site.commit()
    assert site.api("GET", "/@users/alice", token).status_code == 401


@pytest.mark.parametrize("is_off", ["site", "application", "both"])
def test_there_is_no_such_grant_unless_site_and_application_have_it_on(
    site: Any, asked: Asked, is_off: str
) -> None:
    """Conformance: AE-14, LG-07."""
    if is_off != "application":
        site.plugin.implicit_grant_enabled = False
        site.commit()
    if is_off != "site":
        asked.client_id = asked.registered(uses_implicit_grant=False).client_id
    answer = members_of(asked.authorize(), "?")
    assert answer["error"] == "unsupported_response_type"
    assert answer["state"] == STATE


def test_the_metadata_tells_of_it_only_while_the_site_has_it(
    site: Any, asked: Asked, zope_conf: dict[str, str]
) -> None:
    """Conformance: AE-14, LG-07."""

    def told() -> list[str]:
        members = authorization_server_metadata(site.context)
        assert ("fragment" in members.get("response_modes_supported", ())) == (
            "implicit" in members["grant_types_supported"]
        )
        return members["response_types_supported"]

    assert told() == ["code", "token"]
    site.plugin.implicit_grant_enabled = False
    assert told() == ["code"]
    site.plugin.implicit_grant_enabled = True
    zope_conf.clear()
    assert told() == ["code"]


def test_the_token_endpoint_knows_no_such_grant(site: Any, asked: Asked) -> None:
    """Conformance: TE-16, LG-07."""
    data = {"grant_type": "implicit", "client_id": asked.client_id}
    answer = requests.post(site.endpoint, data, timeout=30)
    assert answer.json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize("mode", ["form_post", "query"])
def test_a_token_is_sent_in_the_fragment_only(asked: Asked, mode: str) -> None:
    """Conformance: LG-08: no server gets it, and no log."""
    answer = members_of(asked.authorize(response_mode=mode))
    assert answer["error"] == "invalid_request"
    assert asked.token(response_mode="fragment")["access_token"]


def test_errors_are_in_the_fragment_too(asked: Asked) -> None:
    """Conformance: LG-08 (RFC 6749 section 4.2.2.1)."""
    page = asked.authorize()
    refused = members_of(asked.browser.answer(page, "deny"))
    assert refused["error"] == "access_denied"
    assert members_of(asked.authorize(scope="x"))["error"] == "invalid_scope"
    silent = members_of(asked.authorize(prompt="none"))
    assert silent["error"] == "consent_required"


def test_a_code_is_still_protected_by_pkce(asked: Asked) -> None:
    """Conformance: LG-08: what is left out for a token is left out for nothing else."""
    answer = members_of(asked.authorize(response_type="code"), "?")
    assert answer["error"] == "invalid_request"


def test_nothing_stays_signed_in(site: Any, asked: Asked) -> None:
    """Conformance: LG-09 (RFC 6749 section 4.2.2)."""
    scopes = ("offline_access", "plone.read")
    application = asked.registered(scopes=scopes, stays_signed_in=True)
    members = asked.token(client_id=application.client_id, scope=" ".join(scopes))
    assert members["scope"] == "plone.read"
    assert "refresh_token" not in members
    site.sync()
    (authorization,) = site.context.storage["authorization"].all()
    assert not authorization.families


@pytest.mark.parametrize("scope", ["plone.admin", "openid email", "offline_access"])
def test_nothing_administrative_and_nobodys_identity_is_granted(
    site: Any, asked: Asked, scope: str
) -> None:
    """Conformance: LG-09."""
    site.plugin.openid_enabled = True
    site.commit()
    application = asked.registered(
        scopes=("plone.admin", "openid", "email", "offline_access"),
        expires_at=4102444800.0,
    )
    answer = asked.authorize(client_id=application.client_id, scope=scope)
    assert members_of(answer)["error"] == "invalid_scope"


def test_what_was_allowed_by_a_code_is_not_sent_in_a_url(
    site: Any, asked: Asked
) -> None:
    """Conformance: LG-09: with an authorization that has more, too."""
    application = asked.registered(
        authentication="client_secret",
        scopes=("plone.admin", "plone.write"),
        expires_at=4102444800.0,
    )
    both = {"client_id": application.client_id, "scope": "plone.admin plone.read"}
    page = asked.authorize(**both, response_type="code")
    ticked = ["plone.admin", "plone.read"]
    assert members_of(asked.browser.answer(page, scope=ticked), "?")["code"]
    answer = asked.authorize(**both, prompt="none")
    assert members_of(answer)["scope"] == "plone.read"


def test_a_person_can_leave_something_out(asked: Asked) -> None:
    """Conformance: LG-06."""
    answer = asked.browser.answer(asked.authorize(), scope=["plone.read"])
    assert members_of(answer)["scope"] == "plone.read"


def test_an_application_is_for_its_addresses_and_groups_here_too(
    site: Any, asked: Asked
) -> None:
    """Conformance: LG-10: the one check of all grants."""
    elsewhere = asked.registered(ip_ranges="192.0.2.0/24")
    answer = asked.token(client_id=elsewhere.client_id)
    assert answer["error_description"] == (
        "The application cannot be used from this address"
    )
    site.portal.portal_groups.addGroup("staff")
    site.commit()
    theirs = asked.registered(groups=("staff",))
    answer = asked.token(client_id=theirs.client_id)
    assert answer["error"] == "access_denied"


def test_an_application_that_registered_itself_gets_no_token_in_a_url(
    apps: Any, asked: Asked
) -> None:
    """Conformance: LG-10, AE-39: nor is anybody sent there by themselves."""
    apps.change(
        redirect_uris=(URI,),
        grant_types=frozenset({"authorization_code", "implicit"}),
        is_self_registered=True,
        hosts=("app.example.org",),
    )
    answer = asked.authorize(client_id="app-1")
    assert answer.status_code == 403
    assert "Location" not in answer.headers
    assert "?error=unsupported_response_type" in answer.text


def test_a_token_ends_with_the_session(site: Any, asked: Asked) -> None:
    """Conformance: LO-12: where the site keeps sessions."""
    site.sync()
    site.plugin.openid_enabled = True
    site.commit()
    token = asked.token()["access_token"]
    assert site.get("", token).status_code == 200
    asked.browser.get(f"{site.url}/logout")
    assert site.get("", token).status_code == 401


def test_no_token_is_in_log_or_database(
    site: Any, asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    """Conformance: LG-06."""
    token = asked.token()["access_token"]
    site.sync()
    storage = site.app._p_jar.db().storage
    records = b"".join(record.data for txn in storage.iterator() for record in txn)
    assert token not in caplog.text
    assert token.encode() not in records
