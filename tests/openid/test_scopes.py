"""Scopes by which applications learn who somebody is."""

from pas.plugins.tokenauth.credentials.scopes import accepted_scopes
from pas.plugins.tokenauth.credentials.scopes import effect_of
from pas.plugins.tokenauth.credentials.scopes import known_scopes
from pas.plugins.tokenauth.credentials.service import change_credential
from pas.plugins.tokenauth.resource_server.metadata import protected_resource_metadata
from pas.plugins.tokenauth.site.errors import InvalidInput
from tests.credentials.pages.conftest import parsed
from tests.openid.flow import apps as apps
from tests.openid.flow import browser as browser
from tests.openid.flow import person as person
from tests.openid.flow import SCOPE
from tests.openid.people import add_person
from tests.openid.people import token_of
from tests.signedlinks.routes import services
from tests.signedlinks.routes import views
from typing import Any

import pytest
import time


IDENTITY = {"openid", "profile", "email", "groups", "roles"}


def test_a_site_knows_them_while_it_is_a_provider(provider: Any) -> None:
    assert known_scopes().keys() >= IDENTITY
    provider.plugin.openid_enabled = False
    assert not known_scopes().keys() & IDENTITY


def test_they_let_a_program_do_nothing(provider: Any) -> None:
    effect = effect_of(IDENTITY)
    assert not effect.reaches_site
    assert not effect.stores
    assert not effect.administers
    assert not effect.keeps_roles


@pytest.mark.parametrize("scope", sorted(IDENTITY))
def test_no_credential_of_ones_own_has_them(provider: Any, scope: str) -> None:
    """Conformance: UI-07."""
    with pytest.raises(InvalidInput):
        accepted_scopes([scope])
    assert accepted_scopes([scope], is_application=True) == (scope,)


def test_the_site_as_a_resource_does_not_ask_for_them(provider: Any) -> None:
    """Conformance: OD-04."""
    members = protected_resource_metadata(provider.context)
    assert not set(members["scopes_supported"]) & IDENTITY


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/@users/jane"),
        ("POST", "/@users"),
        ("GET", "/@search"),
        ("GET", "/@@tokenauth-check"),
    ],
)
def test_a_token_for_identity_opens_nothing_else(
    provider: Any, method: str, path: str
) -> None:
    """Conformance: CR-15."""
    add_person(provider)
    token = token_of(provider, scope=" ".join(sorted(IDENTITY)))
    assert provider.get("/@@oauth2-userinfo", token).status_code == 200
    response = provider.api(method, path, token)
    assert response.status_code == 403
    assert 'error="insufficient_scope"' in response.headers["WWW-Authenticate"]


@pytest.mark.long
def test_a_token_for_identity_gets_no_answer_of_any_route(provider: Any) -> None:
    """Conformance: CR-15: found in the registrations; what is for nobody's identity
    answers everybody."""
    add_person(provider)
    token = token_of(provider, scope=" ".join(sorted(IDENTITY)))
    asked = {
        name: provider.api("GET", f"/{name}", token).ok
        for name in services(provider.portal)
    }
    for name in views(provider.portal):
        asked[name] = provider.request("GET", f"/@@{name}", token=token).ok
    answered = {name for name, is_ok in asked.items() if is_ok}
    assert answered == {"oauth2-end-session", "oauth2-jwks", "oauth2-userinfo"}
    assert len(asked) > 400


@pytest.mark.parametrize("left", [("openid",), ("openid", "plone.read")])
def test_an_authorization_is_narrowed_to_them(
    person: Any, provider: Any, left: tuple[str, ...]
) -> None:
    """Conformance: CO-11: they are no scopes of its owner's own credentials."""
    person.answer(person.authorize(scope=SCOPE), scope=SCOPE.split())
    provider.sync()
    (recorded,) = provider.context.storage["authorization"].all()
    requester, now = provider.requester("alice"), time.time()
    change_credential(provider.context, requester, recorded, {"scopes": left}, now)
    assert recorded.scopes == left


def test_the_form_of_an_authorization_keeps_them(person: Any, provider: Any) -> None:
    """Conformance: CO-11: a change of something else takes nothing back."""
    person.answer(person.authorize(scope=SCOPE), scope=SCOPE.split())
    provider.sync()
    (recorded,) = provider.context.storage["authorization"].all()
    before = recorded.scopes
    assert set(before) == set(SCOPE.split())
    url = f"{provider.url}/@@manage-authorizations-edit"
    page = person.get(f"{url}?id={recorded.credential_id}")
    # It offers nothing that the person would have to be asked for.
    assert "plone.write" not in page.text
    (form,) = parsed(page).cssselect("#content-core form")
    fields = [
        (name, "Another" if name == "title" else value)
        for name, value in form.form_values()
    ]
    answer = person.post(url, fields)
    assert answer.status_code == 302, answer.text
    provider.sync()
    assert (recorded.title, recorded.scopes) == ("Another", before)
