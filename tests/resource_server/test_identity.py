"""One identity: a request with a token acts as its subject or not at all."""

from typing import Any

import base64
import pytest


PASSWORD = "correct-horse-battery-1"


@pytest.fixture
def weak_token(site: Any) -> str:
    """A token whose user may no more than any member."""
    site.add_user("weak", "Manager")
    keyfile = site.issue("weak")
    token: str = site.token(keyfile)
    site.sync()
    site.portal.acl_users.userFolderEditUser("weak", None, ["Member"], [])
    site.add_user("strong", "Manager")
    return token


def cookie_of(site: Any, user_id: str) -> dict[str, str]:
    data = {
        "__ac_name": user_id,
        "__ac_password": PASSWORD,
        "buttons.login": "Log in",
    }
    response = site.request("POST", "/login", data=data)
    return {"__ac": response.cookies["__ac"].strip('"')}


def test_the_cookie_of_a_stronger_user_does_not_help(
    site: Any, weak_token: str
) -> None:
    """RS-17, ZP-09."""
    cookies = cookie_of(site, "strong")
    assert site.get("/@@overview-controlpanel", cookies=cookies).status_code == 200
    response = site.get("/@@overview-controlpanel", weak_token, cookies=cookies)
    assert response.status_code == 403


def test_the_cookie_of_another_user_does_not_change_who_acts(
    site: Any, weak_token: str
) -> None:
    """RS-17: where both may, the token decides."""
    own = site.api("GET", "/@users/weak", weak_token, cookies=cookie_of(site, "strong"))
    assert own.status_code == 200
    others = site.api(
        "GET", "/@users/strong", weak_token, cookies=cookie_of(site, "strong")
    )
    assert others.status_code == 403


def test_a_login_in_a_json_body_does_not_help(site: Any, weak_token: str) -> None:
    """RS-17: plone.restapi takes one from any JSON body."""
    body = {"login": "strong", "password": PASSWORD, "@type": "Document", "title": "T"}
    assert site.api("POST", json=body).status_code == 201
    assert site.api("POST", token=weak_token, json=body).status_code == 403


def test_a_login_of_the_zope_root_does_not_help(
    site: Any, weak_token: str, site_owner_auth: tuple[str, str]
) -> None:
    """RS-17: the user folder of the root is asked after that of the site."""
    name, password = site_owner_auth
    value = base64.b64encode(f"{name}:{password}".encode()).decode()
    response = site.get(
        "/@@overview-controlpanel", weak_token, cookies={"__ginger_snap": value}
    )
    assert response.status_code == 403


def test_a_user_of_the_root_with_the_same_id_is_somebody_else(
    site: Any, weak_token: str
) -> None:
    """RS-17, RS-19."""
    site.app.acl_users.userFolderAddUser("weak", PASSWORD, ["Manager"], [])
    site.commit()
    body = {"login": "weak", "password": PASSWORD, "@type": "Document", "title": "T"}
    assert site.api("POST", token=weak_token, json=body).status_code == 403


class TestWriting:
    """RS-20, ZP-16: a client needs no CSRF token, and nothing is silently aborted."""

    def test_a_post_creates_content(self, site: Any) -> None:
        body = {"@type": "Document", "title": "By a program"}
        response = site.api("POST", token=site.token(site.issue()), json=body)
        assert response.status_code == 201
        site.sync()
        assert site.portal["by-a-program"].Creator() == "owner"

    def test_patch_and_delete_work(self, site: Any) -> None:
        token = site.token(site.issue())
        site.api("POST", token=token, json={"@type": "Document", "title": "Page"})
        patched = site.api("PATCH", "/page", token, json={"title": "New"})
        assert patched.status_code == 204
        site.sync()
        assert site.portal["page"].title == "New"
        assert site.api("DELETE", "/page", token).status_code == 204
        site.sync()
        assert "page" not in site.portal

    def test_a_classic_form_is_carried_out(self, site: Any) -> None:
        token = site.token(site.issue())
        site.api("POST", token=token, json={"@type": "Document", "title": "Page"})
        data = {
            "form.widgets.IDublinCore.title": "Edited",
            "form.widgets.IBasic.title": "Edited",
            "form.buttons.save": "Save",
        }
        response = site.request("POST", "/page/@@edit", token, data=data)
        assert response.status_code == 302
        site.sync()
        assert site.portal["page"].title == "Edited"

    def test_a_form_that_asks_for_an_authenticator_is_carried_out(
        self, site: Any
    ) -> None:
        token = site.token(site.issue())
        site.portal.portal_workflow.setDefaultChain("simple_publication_workflow")
        site.commit()
        site.api("POST", token=token, json={"@type": "Document", "title": "Page"})
        data = {"workflow_action": "publish"}
        response = site.request("POST", "/page/content_status_modify", token, data=data)
        assert response.status_code == 302
        site.sync()
        state = site.portal.portal_workflow.getInfoFor(
            site.portal["page"], "review_state"
        )
        assert state == "published"

    def test_a_cookie_alone_is_still_checked(self, site: Any) -> None:
        """The exemption belongs to the token's identity only."""
        site.add_user("strong", "Manager")
        token = site.token(site.issue())
        site.api("POST", token=token, json={"@type": "Document", "title": "Page"})
        data = {
            "form.widgets.IDublinCore.title": "Forged",
            "form.widgets.IBasic.title": "Forged",
            "form.buttons.save": "Save",
        }
        cookies = cookie_of(site, "strong")
        site.request("POST", "/page/@@edit", cookies=cookies, data=data)
        site.sync()
        assert site.portal["page"].title == "Page"
