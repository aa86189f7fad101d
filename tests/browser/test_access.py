"""Who sees the pages, and who is told what instead."""

from typing import Any

import lxml.html
import pytest
import requests


LIST = "@@manage-service-keys"
PAGES = [
    LIST,
    "@@manage-service-keys-issue",
    "@@manage-service-keys-edit",
    "@@manage-service-keys-rotate",
    "@@manage-service-keys-revoke",
    "@@manage-service-keys-logs",
    "@@manage-service-keys-logs-csv",
]


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


def test_the_permission_at_a_navigation_root_only_is_not_enough(
    site: Any, visitor: Any
) -> None:
    member = visitor("member", "Member")
    folder = navigation_root(site)
    folder.manage_setLocalRoles("member", ["Manager"])
    site.commit()
    assert member.get(f"folder/{LIST}").status_code == 403


def test_the_pages_exist_at_navigation_roots(
    site: Any, owner: Any, new_key: Any
) -> None:
    new_key(title="Nightly import")
    navigation_root(site)
    site.commit()
    html = owner.see(f"folder/{LIST}")
    assert "Nightly import" in html.text_content()
    (edit,) = html.xpath("//a[contains(@href, '-edit?')]/@href")
    assert edit.startswith(f"{site.url}/folder/@@manage-service-keys-edit?")


@pytest.mark.parametrize("page", PAGES)
def test_a_request_with_an_access_token_is_refused(
    site: Any, owner: Any, new_key: Any, page: str
) -> None:
    keyfile = new_key()
    token = site.token(keyfile)
    query = {"client_id": keyfile["client_id"], "client_ids": keyfile["client_id"]}
    for method in ("GET", "POST"):
        response = site.request(method, f"/{page}", token, params=query)
        assert response.status_code == 403
        assert response.json()["message"] == "This is closed to access tokens."


def test_the_personal_tools_lead_to_the_list(site: Any, owner: Any) -> None:
    assert f"{site.url}/{LIST}" in links(owner.get(""))


def test_the_personal_tools_of_others_do_not(site: Any, visitor: Any) -> None:
    assert f"{site.url}/{LIST}" not in links(visitor("member", "Member").get(""))


def test_a_user_of_the_zope_root_is_told_what_to_do(root_user: Any, read: Any) -> None:
    text = read(root_user.get(LIST))
    assert "belongs to the Zope root" in text
    assert "Create a user in this site" in text
    assert "Issue a service key" not in text


@pytest.mark.parametrize("page", PAGES[1:])
def test_a_user_of_the_zope_root_is_sent_to_the_list(
    root_user: Any, site: Any, page: str
) -> None:
    response = root_user.get(page, client_id="svc-1", client_ids="svc-1")
    assert response.status_code == 302
    assert response.headers["Location"] == f"{site.url}/{LIST}"


def test_a_user_of_the_zope_root_does_not_see_keys_of_a_namesake(
    site: Any, root_user: Any, new_key: Any, read: Any
) -> None:
    site.add_user(root_user.user_id, "Site Administrator")
    keyfile = new_key(root_user.user_id, title="Of the namesake")
    assert "Of the namesake" not in read(root_user.get(LIST))
    response = root_user.get(
        "@@manage-service-keys-logs", client_id=keyfile["client_id"]
    )
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


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_below_a_page_is_published(
    site: Any, owner: Any, page: str, method: str
) -> None:
    view = site.portal.restrictedTraverse(page)
    names = [name for name in dir(view) if not name.startswith("_")]
    assert {"show", "submitted", "server", "actor"} <= set(names)
    form = owner.form("@@manage-service-keys-issue")
    for name in names:
        response = owner._request(method, f"{page}/{name}", data=form)
        assert response.status_code == 404, name
    site.sync()
    assert list(site.server.storage.service_keys.owned_by("owner")) == []


def navigation_root(site: Any) -> Any:
    from plone.base.interfaces import INavigationRoot
    from Products.CMFPlone.utils import _createObjectByType
    from zope.interface import alsoProvides

    folder = _createObjectByType("Folder", site.portal, "folder")
    alsoProvides(folder, INavigationRoot)
    return folder


def links(response: requests.Response) -> list[str]:
    return list(lxml.html.fromstring(response.text).xpath("//a/@href"))
