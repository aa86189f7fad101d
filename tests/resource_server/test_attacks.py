"""Attacks that planted something with a token that works on content.

Each was shown once, through a gap in a list of forbidden things. Now permissions
decide: a token with the scope `plone.write` has no administrative role, whoever its
user is.
"""

from typing import Any

import pytest


PASSWORD = "correct-horse-battery-1"


@pytest.fixture(params=["Manager", "Site Administrator"])
def token(site: Any, request: pytest.FixtureRequest) -> str:
    """The token of who may do all of this in person."""
    site.add_user("attacker", request.param)
    return site.personal_access_token("attacker")


def last_change(site: Any) -> bytes:
    site.sync()
    return site.app._p_jar.db().lastTransaction()


#: Method, path, body and content type of each.
ATTACKS = [
    ("POST", "/@controlpanels/content-rules", {"event": "Object modified"}),
    ("POST", "/@content-rules/rule-1", {}),
    (
        "POST",
        "/@types/Document",
        {"factory": "Text line (String)", "title": "N", "description": "<img>"},
    ),
    ("PATCH", "/@types/Document", {"properties": {}}),
    ("DELETE", "/@types/Document/title", None),
    ("PATCH", "/@controlpanels/dexterity-types/Document", {"title": "x"}),
    ("POST", "/@controlpanels/dexterity-types", {"title": "x"}),
    ("PATCH", "/@controlpanels/security", {"enable_self_reg": True}),
    ("PATCH", "/@controlpanels/mail", {"smtp_host": "evil.example.org"}),
    ("PATCH", "/@registry", {"plone.smtp_host": "evil.example.org"}),
    ("POST", "/@addons/plone.session/install", {}),
    ("POST", "/@upgrade", {"dry_run": False}),
    ("POST", "/@users", {"username": "x", "email": "x@example.org"}),
    ("PATCH", "/@users/attacker", {"email": "evil@example.org"}),
    ("POST", "/@users/attacker/reset-password", {"new_password": "x" * 9}),
    ("POST", "/@groups", {"groupname": "x"}),
    ("PATCH", "/@groups/Administrators", {"users": {"attacker": True}}),
    ("POST", "/@aliases", {"items": [{"path": "/a", "redirect-to": "/b"}]}),
    ("DELETE", "", None),
    ("PATCH", "/@transactions", {"transaction_ids": ["x"]}),
    ("POST", "/@rules/rule-1", {}),
    ("POST", "/@service-keys", {"title": "x"}),
    ("POST", "/@personal-access-tokens", {"title": "x"}),
    ("PATCH", "/@controlpanels/tokenauth", {"leeway": 1}),
]


@pytest.mark.parametrize(
    ("method", "path", "body"), ATTACKS, ids=lambda value: str(value)[:40]
)
def test_the_api_plants_nothing(
    site: Any, token: str, method: str, path: str, body: Any
) -> None:
    before = last_change(site)
    response = site.api(method, path, token, json=body)
    assert response.status_code in (400, 401, 403, 404), response.text
    assert last_change(site) == before


FORMS = [
    ("/@@content-controlpanel", {"form.button.Save": "Save", "type_id": "Document"}),
    ("/@@rules-controlpanel", {"form.button.Enable": "Enable", "rule-id": "x"}),
    ("/+rule/plone.ContentRule", {"form.widgets.title": "x"}),
    ("/@@manage-portlets", {}),
    ("/@@usergroup-userprefs", {"form.button.Modify": "Apply"}),
    ("/@@mail-controlpanel", {"form.buttons.save": "Save"}),
    ("/@@theming-controlpanel", {"form.button.Enable": "Enable", "themeName": "x"}),
    ("/@@edit-markers.html", {"SAVE": "Apply", "add:list": "x"}),
    ("/prefs_install_products_form", {}),
    ("/@@discussion-controlpanel", {"form.buttons.save": "Save"}),
    ("/portal_controlpanel/registerConfiglet", {"id": "x", "name": "x", "action": ""}),
    ("/portal_memberdata/manage_changeProperties", {"email": "evil@example.org"}),
    ("/manage_addProperty", {"id": "x", "value": "x", "type": "string"}),
    ("/page/manage_addProperty", {"id": "x", "value": "x", "type": "string"}),
    ("/page/manage_delProperties", {"ids": "title"}),
    ("/page/manage_setLocalRoles", {"userid": "attacker", "roles": "Manager"}),
    ("/page/folder_constraintypes_form", {"form.buttons.save": "Save"}),
]


@pytest.mark.parametrize(("path", "form"), FORMS, ids=lambda value: str(value)[:40])
def test_no_form_plants_anything(
    site: Any, token: str, path: str, form: dict[str, str]
) -> None:
    site.portal.invokeFactory("Document", "page", title="Page")
    site.commit()
    before = last_change(site)
    response = site.request("POST", path, token, data=form or {"x": "y"})
    assert response.status_code in (302, 400, 401, 403, 404), response.text[:200]
    assert last_change(site) == before


def test_no_address_of_all_members_is_set(site: Any, token: str) -> None:
    body = """<?xml version="1.0"?><propertyupdate xmlns="DAV:"><set><prop>
    <email xmlns="http://www.zope.org/propsets/default">evil@example.org</email>
    </prop></set></propertyupdate>"""
    before = last_change(site)
    path = "/portal_memberdata"
    assert site.request("PROPPATCH", path, token, data=body).status_code == 403
    assert last_change(site) == before


@pytest.mark.parametrize("role", ["Manager", "Reader", "Editor"])
def test_a_role_is_delegated_as_in_person(site: Any, token: str, role: str) -> None:
    """Nobody gives a role by the page for sharing that this page does not offer."""
    site.add_user("victim")
    site.portal.invokeFactory("Document", "page", title="Page")
    site.commit()
    entry = {"id": "victim", "roles": {role: True}, "type": "user"}
    site.api("POST", "/page/@sharing", token, json={"entries": [entry]})
    site.sync()
    given = site.portal["page"].get_local_roles_for_userid("victim")
    assert given == (() if role == "Manager" else (role,))
