"""Links over REST: on the object, by people and by programs with the scope."""

from pas.plugins.tokenauth.permissions import MANAGE_OWN_PERSONAL_ACCESS_TOKENS
from tests.plone_fixtures import PASSWORD
from typing import Any

import pytest
import requests


SERVICE = "/private/page/@signed-links"
AUTH = ("editor", PASSWORD)


@pytest.fixture
def token(site: Any, page: Any) -> Any:
    """Issues a token of the editor with some scopes."""
    roles = ["Manager", "Editor"]
    site.portal.manage_permission(MANAGE_OWN_PERSONAL_ACCESS_TOKENS, roles)
    site.commit()

    def token(*scopes: str) -> str:
        return str(site.personal_access_token("editor", scopes=scopes))

    return token


def test_a_person_makes_a_link_and_finds_it(site: Any, page: Any) -> None:
    body = {"title": "For Kim", "max_uses": 2, "password": "secret"}
    made = site.api("POST", SERVICE, auth=AUTH, json=body)
    assert made.status_code == 201, made.text
    document = made.json()
    assert document["url"].startswith(f"{site.url}/@@link/ptl_")
    assert document["object"] == page.UID()
    assert (document["has_password"], document["uses"]) == (True, 0)
    assert "secret" not in made.text
    assert made.headers["Location"] == document["@id"]
    [listed] = site.api("GET", SERVICE, auth=AUTH).json()["items"]
    assert "url" not in listed
    assert listed["link_id"] == document["link_id"]
    assert site.api("GET", document["@id"], auth=AUTH).json() == listed


def test_a_program_with_the_scope_makes_a_link(
    site: Any, page: Any, token: Any
) -> None:
    """And revoked links of old, which are forgotten by others, are not in its way."""
    made = site.api("POST", SERVICE, token("plone.links"), json={"title": "For Kim"})
    assert made.status_code == 201, made.text
    assert requests.get(made.json()["url"], timeout=30).status_code == 200


@pytest.mark.parametrize("scope", ["plone.read", "plone.write", "plone.admin.read"])
def test_a_program_without_the_scope_makes_none(
    site: Any, page: Any, token: Any, scope: str
) -> None:
    if scope.startswith("plone.admin"):
        site.portal.acl_users.portal_role_manager.assignRoleToPrincipal(
            "Manager", "editor"
        )
        site.commit()
    made = site.api("POST", SERVICE, token(scope), json={"title": "For Kim"})
    assert made.status_code == 403
    assert "plone.links" in made.json()["scope"].split()
    site.sync()
    assert list(site.context.storage["signed_link"].all()) == []


def test_a_program_does_nothing_else_with_links(
    site: Any, page: Any, share: Any, token: Any
) -> None:
    link_id = share(page).credential.credential_id
    secret = token("plone.links")
    one = f"/@signed-links/{link_id}"
    for method, path in (
        ("GET", SERVICE),
        ("GET", "/@signed-links"),
        ("POST", "/@signed-links"),
        ("GET", one),
        ("PATCH", one),
        ("DELETE", one),
        ("POST", f"{one}/disable"),
    ):
        assert site.api(method, path, secret, json={}).status_code == 403, path


def test_what_is_wrong_is_told(site: Any, page: Any) -> None:
    body = {"title": "", "expires": "2999-01-01", "action": "download", "object": "x"}
    refused = site.api("POST", SERVICE, auth=AUTH, json=body)
    assert refused.status_code == 400
    assert refused.json()["field"] == "object"
    del body["object"]
    refused = site.api("POST", SERVICE, auth=AUTH, json=body)
    fields = [each["field"] for each in refused.json()["errors"]]
    assert fields == ["title", "expires", "action"]


def test_who_may_not_share_is_refused(site: Any, page: Any) -> None:
    site.add_user("member", "Member")
    page.manage_setLocalRoles("member", ["Reader"])
    site.commit()
    member = ("member", PASSWORD)
    for method in ("GET", "POST"):
        answer = site.api(method, SERVICE, auth=member, json={"title": "For Kim"})
        assert answer.status_code == 401


def test_a_link_is_made_at_the_site_by_path_or_uid(site: Any, page: Any) -> None:
    for name in ("/private/page", page.UID()):
        body = {"title": "For Kim", "object": name}
        made = site.api("POST", "/@signed-links", auth=AUTH, json=body)
        assert made.json()["object"] == page.UID()
    for name in ("", "/", "/private/none", "/private/page/none", "none"):
        body = {"title": "For Kim", "object": name}
        refused = site.api("POST", "/@signed-links", auth=AUTH, json=body)
        assert (refused.status_code, refused.json()["field"]) == (400, "object")
    assert site.api("GET", f"{SERVICE}/x", auth=AUTH).status_code == 404
    assert site.api("POST", f"{SERVICE}/x", auth=AUTH).status_code == 404
