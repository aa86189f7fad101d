"""Who sees the pages, and who is told what instead."""

from collections.abc import Iterator
from pas.plugins.tokenauth.permissions import MANAGE_OWN_PERSONAL_ACCESS_TOKENS
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from typing import Any

import lxml.html
import pytest
import requests


LIST = "@@manage-service-keys"
TOKENS = "@@manage-personal-access-tokens"
BELOW = [
    "@@manage-service-keys-issue",
    "@@manage-service-keys-edit",
    "@@manage-service-keys-rotate",
    "@@manage-service-keys-revoke",
    "@@manage-service-keys-logs",
    "@@manage-service-keys-logs-csv",
    "@@manage-personal-access-tokens-issue",
    "@@manage-personal-access-tokens-edit",
    "@@manage-personal-access-tokens-revoke",
    "@@manage-personal-access-tokens-logs",
    "@@manage-personal-access-tokens-logs-csv",
]
PAGES = [LIST, TOKENS, *BELOW]


@pytest.mark.parametrize("page", PAGES)
def test_anonymous_visitors_are_sent_to_the_log_in_form(site: Any, page: str) -> None:
    response = site.get(f"/{page}", headers={"Accept": "text/html"})
    assert response.status_code == 302
    assert "/require_login" in response.headers["Location"]


@pytest.mark.parametrize("page", PAGES)
def test_a_member_without_the_permission_is_refused(visitor: Any, page: str) -> None:
    response = visitor("member", "Member").get(page)
    assert response.status_code == 302
    assert "/require_login" in response.headers["Location"]


@pytest.mark.parametrize("page", [LIST, TOKENS])
def test_the_permission_at_a_navigation_root_only_is_not_enough(
    site: Any, visitor: Any, page: str
) -> None:
    member = visitor("member", "Member")
    folder = navigation_root(site)
    folder.manage_setLocalRoles("member", ["Manager"])
    site.commit()
    assert member.get(f"folder/{page}").status_code == 403


@pytest.mark.parametrize("page", [LIST, TOKENS])
def test_the_pages_exist_at_navigation_roots(
    site: Any, owner: Any, new_key: Any, new_token: Any, page: str
) -> None:
    new_key(title="Nightly import")
    new_token(title="Nightly import")
    navigation_root(site)
    site.commit()
    html = owner.see(f"folder/{page}")
    assert "Nightly import" in html.text_content()
    title, edit = html.xpath("//a[contains(@href, '-edit?')]/@href")
    assert title == edit
    assert edit.startswith(f"{site.url}/folder/{page}-edit?")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("kind", ["key", "token"])
def test_a_program_is_refused_that_may_do_whatever_its_user_may(
    site: Any, owner: Any, new_key: Any, new_token: Any, page: str, kind: str
) -> None:
    scopes = ("plone.admin",)
    keyfile, issued = new_key(scopes=scopes), new_token(scopes=scopes)
    token = site.token(keyfile) if kind == "key" else issued.token
    ids = [keyfile["client_id"], issued.credential.credential_id]
    for message in answers(site, page, token, ids):
        assert message == "This is closed to access tokens."


@pytest.mark.parametrize("page", PAGES)
def test_a_program_without_an_admin_scope_lacks_the_permission(
    site: Any, owner: Any, new_key: Any, new_token: Any, page: str
) -> None:
    ids = [new_key()["client_id"]]
    for message in answers(site, page, new_token().token, ids):
        assert message == "The user of this access token is not allowed to do this."


def answers(site: Any, page: str, token: str, ids: list[str]) -> Iterator[str]:
    """What a program reads that is refused, with either method and each credential."""
    for method in ("GET", "POST"):
        for credential_id in ids:
            query = {"id": credential_id, "ids": credential_id}
            response = site.request(method, f"/{page}", token, params=query)
            assert response.status_code == 403
            yield response.json()["message"]


@pytest.mark.parametrize(
    ("page", "permission"),
    [(LIST, MANAGE_OWN_PERSONAL_ACCESS_TOKENS), (TOKENS, MANAGE_OWN_SERVICE_KEYS)],
)
def test_the_permission_for_one_kind_is_not_that_for_the_other(
    site: Any, visitor: Any, page: str, permission: str
) -> None:
    member = visitor("member", "Member")
    site.portal.manage_permission(permission, ["Member"])
    site.commit()
    for each in PAGES:
        if each.startswith(page):
            assert "/require_login" in member.get(each).headers["Location"]
    other = TOKENS if page == LIST else LIST
    assert member.get(other).status_code == 200


@pytest.mark.parametrize("page", [LIST, TOKENS])
def test_the_personal_tools_lead_to_the_list(site: Any, owner: Any, page: str) -> None:
    assert f"{site.url}/{page}" in links(owner.get(""))


@pytest.mark.parametrize("page", [LIST, TOKENS])
def test_the_personal_tools_of_others_do_not(
    site: Any, visitor: Any, page: str
) -> None:
    assert f"{site.url}/{page}" not in links(visitor("member", "Member").get(""))


@pytest.mark.parametrize("page", [LIST, TOKENS])
def test_a_user_of_the_zope_root_is_told_what_to_do(
    root_user: Any, read: Any, page: str
) -> None:
    response = root_user.get(page)
    text = read(response)
    assert "belongs to the Zope root" in text
    assert "Create a user in this site" in text
    assert f"{page}-issue" not in response.text


def test_a_manager_of_the_zope_root_is_led_to_keys_of_others(
    root_user: Any, site: Any
) -> None:
    """The page for that was somewhere in Site Setup."""
    url = f"{site.url}/@@tokenauth-controlpanel-issue"
    assert url in links(root_user.get(LIST))
    assert url not in links(root_user.get(TOKENS))


@pytest.mark.parametrize("page", BELOW)
def test_a_user_of_the_zope_root_is_sent_to_the_list(
    root_user: Any, site: Any, page: str
) -> None:
    response = root_user.get(page, id="svc-1", ids="svc-1")
    assert response.status_code == 302
    the_list = LIST if page.startswith(LIST) else TOKENS
    assert response.headers["Location"] == f"{site.url}/{the_list}"


def test_a_user_of_the_zope_root_does_not_see_keys_of_a_namesake(
    site: Any, root_user: Any, new_key: Any, read: Any
) -> None:
    site.add_user(root_user.user_id, "Site Administrator")
    keyfile = new_key(root_user.user_id, title="Of the namesake")
    assert "Of the namesake" not in read(root_user.get(LIST))
    response = root_user.get("@@manage-service-keys-logs", id=keyfile["client_id"])
    assert response.status_code == 302


def test_without_an_issuer_a_manager_is_led_to_the_setting(
    site: Any, visitor: Any, read: Any
) -> None:
    manager = visitor("manager", "Manager")
    site.plugin.issuer = ""
    site.commit()
    response = manager.get(LIST)
    assert "This site has no issuer yet" in read(response)
    settings = f"{site.url}/@@tokenauth-controlpanel-settings"
    assert settings in links(response)
    assert manager.get("@@tokenauth-controlpanel-settings").status_code == 200


def test_without_an_issuer_others_are_told_to_ask(
    site: Any, owner: Any, read: Any
) -> None:
    site.plugin.issuer = ""
    site.commit()
    response = owner.get(LIST)
    assert "Please ask an administrator" in read(response)
    assert not [link for link in links(response) if "settings" in link]
    assert not [link for link in links(response) if link.endswith("-issue")]


def test_without_an_issuer_the_form_leads_to_the_list(site: Any, owner: Any) -> None:
    form = owner.form("@@manage-service-keys-issue")
    site.plugin.issuer = ""
    site.commit()
    responses = [
        owner.get("@@manage-service-keys-issue"),
        owner.submit("@@manage-service-keys-issue", {**form, "title": "A key"}),
    ]
    for response in responses:
        assert response.status_code == 302
        assert response.headers["Location"] == f"{site.url}/{LIST}"


@pytest.mark.long
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_below_a_page_is_published(
    site: Any, owner: Any, page: str, method: str
) -> None:
    view = site.portal.restrictedTraverse(page)
    names = [name for name in dir(view) if not name.startswith("_")]
    assert {"show", "submitted", "site", "requester"} <= set(names)
    form = owner.form("@@manage-service-keys-issue")
    for name in names:
        response = owner._request(method, f"{page}/{name}", data=form)
        assert response.status_code == 404, name
    site.sync()
    for kind in site.context.storage.kinds.values():
        assert list(kind.owned_by("owner")) == []


def navigation_root(site: Any) -> Any:
    from plone.base.interfaces import INavigationRoot
    from Products.CMFPlone.utils import _createObjectByType
    from zope.interface import alsoProvides

    folder = _createObjectByType("Folder", site.portal, "folder")
    alsoProvides(folder, INavigationRoot)
    return folder


def links(response: requests.Response) -> list[str]:
    return list(lxml.html.fromstring(response.text).xpath("//a/@href"))
