"""The password grant of older clients, and `user_id` beside the token."""

from collections.abc import Callable
from collections.abc import Iterator
from pas.plugins.tokenauth.core.ratelimit import RateLimit
from pas.plugins.tokenauth.events import IIssuedEvent
from pas.plugins.tokenauth.legacygrants import grant
from plone import api
from Products.PluggableAuthService.interfaces.plugins import IAuthenticationPlugin
from Products.PluggableAuthService.interfaces.plugins import IUserEnumerationPlugin
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from Products.PluginRegistry.PluginRegistry import PluginRegistry
from tests.applications.registering import register as register
from tests.plone_fixtures import PASSWORD
from tests.site.sources import info
from tests.site.sources import Source
from tests.site.sources import source as source
from typing import Any
from zope.interface import implementer

import pytest
import requests


@pytest.fixture
def ask(
    site: Any, register: Any, sealing_key: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., requests.Response]]:
    """Asks with a password, of jane unless told otherwise."""
    none_yet = RateLimit(grant._TRIES, grant._WHILE)
    monkeypatch.setattr(grant, "wrong_passwords", lambda site: none_yet)
    site.add_user("jane", "Member", "Contributor")
    site.plugin.password_grant_enabled = True
    site.commit()
    issued = register(
        uses_passwords=True, scopes=("plone.read", "plone.write"), groups=()
    )

    def ask(basic: Any = None, **changed: str) -> requests.Response:
        form = {
            "grant_type": "password",
            "username": "jane",
            "password": PASSWORD,
            **changed,
        }
        basic = basic or (issued.credential.client_id, issued.secret)
        data = {name: value for name, value in form.items() if value}
        return requests.post(site.endpoint, data, auth=basic, timeout=30)

    ask.issued = issued  # type: ignore[attr-defined]
    yield ask


def refused(answer: requests.Response) -> str:
    assert answer.status_code in (400, 401), answer.text
    return str(answer.json()["error"])


def test_a_password_is_worth_a_token_of_the_person(site: Any, ask: Any) -> None:
    """Conformance: LG-01."""
    answer = ask(scope="plone.write").json()
    assert answer["scope"] == "plone.read plone.write"
    assert "user_id" not in answer
    assert site.api("GET", "/@users/jane", answer["access_token"]).status_code == 200
    site.sync()
    (authorization,) = site.context.storage["authorization"].all()
    assert (authorization.owner, authorization.application) == (
        "jane",
        ask.issued.credential.client_id,
    )
    again = ask().json()
    assert again["scope"] == "plone.read"
    site.sync()
    assert len(list(site.context.storage["authorization"].all())) == 1


def test_the_records_name_the_person_and_nobody_whom_plone_takes_for_them(
    site: Any, ask: Any, source: Source, listen: Any
) -> None:
    """PAS believes the first source, whomever it answers with."""
    events = listen(IIssuedEvent)
    source.answer = (info("JANE"),)
    site.portal.acl_users.plugins.movePluginsTop(IUserEnumerationPlugin, ["source"])
    site.commit()
    assert ask().status_code == 200
    named = [each.requester for each in events if each.kind == "authorization"]
    assert named == ["jane"]


def test_the_answer_tells_the_user_id_where_the_site_wants_it(
    site: Any, ask: Any
) -> None:
    """Conformance: LG-02."""
    site.plugin.tells_user_id = True
    site.commit()
    assert ask().json()["user_id"] == "jane"


def test_there_is_no_such_grant_unless_site_and_application_have_it_on(
    site: Any, ask: Any, register: Any
) -> None:
    """Conformance: SB-01, LG-03."""
    other = register()
    basic = (other.credential.client_id, other.secret)
    assert refused(ask(basic=basic)) == "unauthorized_client"
    metadata = "/.well-known/oauth-authorization-server"
    assert "password" in site.get(metadata).json()["grant_types_supported"]
    site.sync()
    site.plugin.password_grant_enabled = False
    site.commit()
    assert refused(ask()) == "unsupported_grant_type"
    assert "password" not in site.get(metadata).json()["grant_types_supported"]


def test_an_application_that_cannot_keep_a_secret_sends_no_passwords(
    register: Any,
) -> None:
    """Conformance: LG-03."""
    with pytest.raises(ValueError, match="uses_passwords"):
        register(
            uses_passwords=True,
            authentication="none",
            redirect_uris=("https://app.example.org/cb",),
        )


def test_a_wrong_password_and_an_unknown_user_are_one_answer(ask: Any) -> None:
    """Conformance: LG-04."""
    answers = [ask(password="wrong"), ask(username="nobody"), ask(username="admin")]
    assert len({answer.text for answer in answers}) == 1
    assert refused(answers[0]) == "invalid_grant"
    assert refused(ask(password="")) == "invalid_request"
    assert refused(ask(username="")) == "invalid_request"


def test_nobody_guesses_a_password(ask: Any) -> None:
    """Conformance: LG-04, TE-28: ten in ten minutes, however the name is spelled."""
    for spelling in ("jane", "Jane", " JANE", "jane ", "jAne") * 2:
        answer = ask(username=spelling, password="guess")
        assert "wrong" in answer.json()["error_description"]
    answer = ask()
    assert refused(answer) == "invalid_grant"
    assert "Too many" in answer.json()["error_description"]


def test_the_wrong_passwords_of_some_lock_nobody_else_out(ask: Any) -> None:
    """Conformance: LG-04: all of them come from the address of the application."""
    for number in range(10):
        assert refused(ask(username=f"user-{number}")) == "invalid_grant"
    assert ask().status_code == 200


def test_a_plugin_that_locks_people_out_is_asked(
    site: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Conformance: LG-04: as at the log-in form, and what it counts is kept."""

    @implementer(IAuthenticationPlugin)
    class Lockout(BasePlugin):
        def authenticateCredentials(self, credentials: Any) -> None:
            portal = api.portal.get()
            portal.tries = (*getattr(portal, "tries", ()), credentials["login"])

    registry = PluginRegistry
    list_plugins = registry.listPlugins

    def with_lockout(self: Any, interface: Any) -> Any:
        first = [("lockout", Lockout())] if interface is IAuthenticationPlugin else []
        return [*first, *list_plugins(self, interface)]

    monkeypatch.setattr(registry, "listPlugins", with_lockout)
    assert refused(ask(password="wrong")) == "invalid_grant"
    site.sync()
    assert site.portal.tries == ("jane",)
    assert ask().status_code == 200


def test_nothing_administrative_is_granted_by_a_password(
    site: Any, ask: Any, register: Any
) -> None:
    """Conformance: LG-05: nobody is asked."""
    issued = register(
        uses_passwords=True,
        scopes=("plone.admin", "plone.read"),
        expires_at=4102444800.0,
    )
    basic = (issued.credential.client_id, issued.secret)
    assert refused(ask(basic=basic, scope="plone.admin")) == "invalid_scope"


def test_an_application_is_for_its_groups_here_too(site: Any, ask: Any) -> None:
    """Conformance: LG-05: the one check of all grants."""
    site.portal.portal_groups.addGroup("staff")
    ask.issued.credential.groups = ("staff",)
    site.commit()
    assert refused(ask()) == "invalid_grant"


def test_a_password_does_not_authorize_anew_what_was_disabled(
    site: Any, ask: Any
) -> None:
    """Conformance: LG-05."""
    assert ask().status_code == 200
    site.sync()
    (authorization,) = site.context.storage["authorization"].all()
    authorization.disabled_at = 1.0
    site.commit()
    answer = ask()
    assert refused(answer) == "invalid_grant"
    assert answer.json()["error_description"] == "The authorization is disabled"
    site.sync()
    authorization.disabled_at = None
    site.commit()
    assert ask().status_code == 200


def test_no_password_is_in_log_or_database(
    site: Any, ask: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Conformance: LG-04."""
    ask()
    ask(password="never-to-be-seen")
    site.sync()
    storage = site.app._p_jar.db().storage
    records = b"".join(record.data for txn in storage.iterator() for record in txn)
    for secret in (PASSWORD, "never-to-be-seen"):
        assert secret not in caplog.text
        assert secret.encode() not in records
