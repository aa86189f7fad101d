"""What may be said about an application that is a resource."""

from pas.plugins.tokenauth.authorization_server.resources import find_resource
from pas.plugins.tokenauth.credentials.scopes import known_scopes
from pas.plugins.tokenauth.registration.settings import self_registered_scopes
from tests.applications.registering import Register
from tests.applications.registering import register as register
from tests.credentials.doing import refused
from typing import Any

import pytest


URL = "https://mcp.example.org/mcp"
NOTES = "notes.read See your notes."


def test_a_resource_has_scopes_of_its_own(site: Any, register: Register) -> None:
    """Conformance: RI-13."""
    issued = register(
        resource=URL, resource_scopes=(NOTES, "notes.write  Change them.")
    )
    found = find_resource(site.context, URL)
    assert found is not None
    assert (found.client_id, found.title) == (
        issued.credential.client_id,
        "An application",
    )
    assert found.scopes == {"notes.read", "notes.write"}
    assert found.exchange_scopes == frozenset()
    scope = known_scopes()["notes.write"]
    assert (scope.description, scope.resource) == ("Change them.", URL)
    assert not scope.reaches_site


def test_a_resource_that_exchanges_passes_scopes_of_the_site_on(
    site: Any, register: Register
) -> None:
    """Conformance: RI-13, TX-20: what it may do at most, without who somebody is."""
    register(resource=URL, may_exchange=True, scopes=("plone.write", "offline_access"))
    found = find_resource(site.context, URL)
    assert found is not None
    assert found.scopes == found.exchange_scopes == {"plone.read", "plone.write"}


def test_scopes_end_with_the_resource(site: Any, register: Register) -> None:
    issued = register(resource=URL, resource_scopes=(NOTES,))
    issued.credential.revoked_at = 1.0
    assert "notes.read" not in known_scopes()
    assert find_resource(site.context, URL) is None


def test_self_registered_applications_get_scopes_of_open_resources_only(
    site: Any, register: Register
) -> None:
    """Conformance: RI-13, DR-10."""
    register(resource=URL, resource_scopes=(NOTES,))
    assert "notes.read" not in self_registered_scopes(site.context)
    register(
        resource=f"{URL}2", resource_scopes=("news.read See your news.",), is_open=True
    )
    assert "news.read" in self_registered_scopes(site.context)


@pytest.mark.parametrize(
    "url",
    ["mcp", "http://mcp.example.org/", "https://mcp.example.org/#", "javascript:x"],
)
def test_a_resource_has_a_url(site: Any, register: Register, url: str) -> None:
    """Conformance: RI-01."""
    assert "begins with https" in refused(register, resource=url)["resource"]


@pytest.mark.parametrize("path", ["", "/", "/news"])
def test_the_site_is_no_resource_beside_it(
    site: Any, register: Register, path: str
) -> None:
    """Conformance: RI-09."""
    problems = refused(register, resource=site.url + path)
    assert "the site itself" in problems["resource"]


def test_a_url_is_that_of_one_resource(site: Any, register: Register) -> None:
    """Conformance: RI-06: with and without the slash of an origin."""
    register(resource="https://mcp.example.org")
    problems = refused(register, resource="https://mcp.example.org/")
    assert "another application" in problems["resource"]


def test_a_resource_can_prove_who_it_is(site: Any, register: Register) -> None:
    """Conformance: IN-10, TX-11."""
    problems = refused(register, authentication="none", resource=URL)
    assert "a secret or a key" in problems["resource"]


@pytest.mark.parametrize(
    "options",
    [{"resource_scopes": (NOTES,)}, {"may_exchange": True}, {"is_open": True}],
    ids=str,
)
def test_only_a_resource_has_what_resources_have(
    site: Any, register: Register, options: Any
) -> None:
    (problem,) = refused(register, **options).values()
    assert "Only a resource" in problem


@pytest.mark.parametrize(
    ("lines", "part"),
    [
        (("notes.read",), "a space and a sentence"),
        (('notes"read See them.',), "a space and a sentence"),
        ((NOTES, "notes.read Twice."), "more than one notes.read"),
        (("plone.read Read everything.",), "a scope plone.read already"),
        (("offline_access Stay.",), "a scope offline_access already"),
    ],
)
def test_a_scope_has_a_name_of_its_own_and_a_sentence(
    site: Any, register: Register, lines: tuple[str, ...], part: str
) -> None:
    problems = refused(register, resource=URL, resource_scopes=lines)
    assert part in problems["resource_scopes"]


def test_a_scope_of_another_resource_is_taken(site: Any, register: Register) -> None:
    register(resource=URL, resource_scopes=(NOTES,))
    problems = refused(register, resource=f"{URL}2", resource_scopes=(NOTES,))
    assert "a scope notes.read already" in problems["resource_scopes"]


def test_a_resource_keeps_its_url_and_scopes_when_it_is_changed(
    site: Any, register: Register
) -> None:
    from pas.plugins.tokenauth.credentials.service import change_credential
    from pas.plugins.tokenauth.site.requester import Operator

    issued = register(resource=URL, resource_scopes=(NOTES,))
    options = {"resource_scopes": (NOTES, "notes.write Change them.")}
    assert change_credential(
        site.context, Operator("tests"), issued.credential, options, 1.0
    )
    assert "notes.write" in known_scopes()
