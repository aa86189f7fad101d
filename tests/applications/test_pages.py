"""Applications in Site Setup: registering, changing, rotating and revoking one."""

from pas.plugins.tokenauth.applications.kind import APPLICATION
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.core.tokens import digest
from plone.protect.authenticator import createToken
from tests.applications.registering import Register
from tests.applications.registering import URI
from typing import Any

import lxml.html
import pytest
import re
import requests
import secrets
import time


PASSWORD = "correct-horse-battery-1"
PANEL = "/@@tokenauth-controlpanel"
PAIR = generate_key_pair("ES256", time.time())


class Visitor:
    """Somebody who fills in forms of Site Setup."""

    def __init__(self, site: Any, user_id: str, role: str) -> None:
        self._site, self._auth = site, (user_id, PASSWORD)
        site.add_user(user_id, role)

    def get(self, page: str = "", **query: str) -> requests.Response:
        return self._site.get(PANEL + page, auth=self._auth, params=query)

    def post(self, page: str, **form: Any) -> requests.Response:
        token = re.search(
            r'name="_authenticator"\s+value="(\w+)"',
            self.get("-register-application").text,
        )
        assert token
        data = {"_authenticator": token[1], **form}
        return self._site.request("POST", PANEL + page, auth=self._auth, data=data)

    def register(self, **form: Any) -> requests.Response:
        return self.post(
            "-register-application",
            **{
                "idempotency_key": secrets.token_hex(16),
                "title": "Shop",
                "authentication": "client_secret",
                "redirect_uris": URI,
                "scopes": "plone.write",
                "default_scopes:list": ["plone.read"],
                "expiry": "never",
                **form,
            },
        )


@pytest.fixture
def boss(site: Any) -> Visitor:
    """A Manager."""
    return Visitor(site, "boss", "Manager")


def registered(site: Any) -> list[Any]:
    site.sync()
    return list(site.context.storage["application"].all())


def test_the_secret_is_on_the_answer_and_nowhere_else(site: Any, boss: Visitor) -> None:
    """TE-22: shown once, kept as a digest, stored by no cache."""
    answer = boss.register()
    (application,) = registered(site)
    secret = re.findall(r"pts_\w{49}", answer.text)
    assert digest(secret[0]) == application.secrets[0].digest
    assert answer.headers["Cache-Control"] == "no-store"
    assert application.client_id in answer.text
    for page in ("", "-edit", "-rotate", "-logs"):
        assert "pts_" not in boss.get(page, id=application.client_id).text


def test_a_form_keeps_what_was_typed(site: Any, boss: Visitor) -> None:
    """All faults at once; what is right need not be typed again."""
    answer = boss.register(
        redirect_uris=f"{URI}\nhttp://shop.example.org/", runs_as="nobody"
    )
    assert registered(site) == []
    assert f"{URI}\nhttp://shop.example.org/" in answer.text
    for name in ("redirect_uris", "runs_as"):
        assert f'id="credential-{name}-error"' in answer.text
    assert "needs https" in answer.text


def groups(page: str) -> dict[str, bool]:
    """Titles of what the form folds, and whether it is open."""
    found = lxml.html.fromstring(page).xpath("//form//details")
    return {each[0].text_content(): each.get("open") == "open" for each in found}


def test_what_few_applications_need_is_folded(boss: Visitor) -> None:
    page = boss.get("-register-application").text
    assert set(groups(page).values()) == {False}
    html = lxml.html.fromstring(page)
    folded = {each.get("name") for each in html.xpath("//details//*[@name]")}
    assert {"resource", "uses_passwords", "allowed_schemes"} <= folded
    assert folded.isdisjoint({"title", "redirect_uris", "scopes", "expiry"})


def test_what_says_something_is_not_folded(boss: Visitor, register: Register) -> None:
    """Else nobody would see it."""
    client_id = register(requires_pkce=True).credential.client_id
    opened = [
        name
        for name, is_open in groups(boss.get("-edit", id=client_id).text).items()
        if is_open
    ]
    assert opened == ["More about signing people in"]


def test_what_is_wrong_is_not_folded(boss: Visitor) -> None:
    """Nor what was typed beside it."""
    page = boss.register(resource="ftp://example.org", claims_in_id_token="on").text
    assert groups(page) == {
        "More about signing people in": False,
        "OpenID Connect and logging out": True,
        "A resource beside the site": True,
        "Older OAuth 2.0 applications": False,
    }


def test_a_pasted_key_is_not_shown_again(site: Any, boss: Visitor) -> None:
    """It may be a private one."""
    answer = boss.register(public_key=PAIR.private_pem, title="")
    assert registered(site) == []
    assert "PRIVATE KEY" not in answer.text


def test_an_application_that_signs_has_no_secret(site: Any, boss: Visitor) -> None:
    """JB-22: only the public half of its key comes here."""
    answer = boss.register(
        authentication="private_key_jwt", public_key=PAIR.public_key.pem
    )
    (application,) = registered(site)
    assert application.public_keys[0].kid == PAIR.public_key.kid
    assert "pts_" not in answer.text


def test_a_login_name_is_a_user_to_run_as(site: Any, boss: Visitor) -> None:
    """As for the owner of a key."""
    site.portal.acl_users.source_users.addUser("id-7", "robot", PASSWORD)
    site.commit()
    boss.register(runs_as="robot")
    assert registered(site)[0].runs_as == "id-7"


def test_a_form_without_an_authenticator_registers_nothing(
    site: Any, boss: Visitor
) -> None:
    """CSRF: no other site can send it."""
    boss.post("-register-application", _authenticator="forged", title="Shop")
    assert registered(site) == []
    assert createToken()


def test_an_application_is_changed_in_its_form(
    site: Any, boss: Visitor, register: Register
) -> None:
    """In force at once; an empty list takes all away."""
    application = register(redirect_uris=(URI,), runs_as="robot").credential
    form = boss.get("-edit", id=application.client_id).text
    assert URI in form and 'value="robot"' in form
    boss.post(
        "-edit",
        id=application.client_id,
        title="Other",
        authentication="client_secret_post",
        redirect_uris="",
        scopes="plone.read",
        requires_pkce="on",
        expiry="keep",
    )
    (changed,) = registered(site)
    assert (changed.title, changed.redirect_uris) == ("Other", ())
    assert (changed.runs_as, changed.default_scopes) == ("", ())
    assert (changed.authentication, changed.requires_pkce) == (
        "client_secret_post",
        True,
    )


def test_who_may_not_issue_for_others_keeps_the_user_it_runs_as(
    site: Any, register: Register
) -> None:
    """The form has no field for it, and what it acts as stays."""
    administrator = Visitor(site, "administrator", "Site Administrator")
    application = register(redirect_uris=(URI,), runs_as="robot").credential
    form = administrator.get("-edit", id=application.client_id).text
    assert 'name="runs_as"' not in form
    administrator.post(
        "-edit",
        id=application.client_id,
        title=application.title,
        authentication="client_secret",
        redirect_uris=URI,
        scopes="plone.read",
        default_scopes="plone.read",
        ip_ranges="192.0.2.7",
        expiry="keep",
    )
    (changed,) = registered(site)
    assert (changed.runs_as, changed.ip_ranges) == ("robot", "192.0.2.7")


def test_a_secret_is_rotated_once(site: Any, boss: Visitor, register: Register) -> None:
    """A form that is sent twice makes no second one."""
    application = register().credential
    form = {
        "id": application.client_id,
        "newest": repr(application.secret_made_at),
        "overlap": "7",
        "expiry": "keep",
    }
    first, second = (boss.post("-rotate", **form) for _time in range(2))
    assert re.search(r"pts_\w{49}", first.text)
    assert second.status_code == 302
    (changed,) = registered(site)
    assert len(changed.live_secrets(time.time())) == 2


def test_a_public_application_has_nothing_to_rotate(
    boss: Visitor, register: Register
) -> None:
    """Nor is there a link to do so."""
    application = register(authentication="none", redirect_uris=(URI,)).credential
    assert "-rotate?id" not in boss.get(kind="application").text
    assert boss.get("-rotate", id=application.client_id).status_code == 403


def test_an_application_is_not_transferred(boss: Visitor, register: Register) -> None:
    """It belongs to the site, and goes on when somebody leaves."""
    register()
    assert "-transfer?id" not in boss.get(kind="application").text


def test_the_list_names_them_and_registers_more(
    site: Any, boss: Visitor, register: Register
) -> None:
    """Applications, keys and tokens are one answer to one question."""
    register(title="Shop", is_first_party=True)
    page = boss.get(kind="application").text
    for text in ("Shop", "Application", "First party", "-register-application"):
        assert text in page
    assert APPLICATION.texts.name_of_all in page


def test_an_application_is_revoked(
    site: Any, boss: Visitor, register: Register
) -> None:
    """For good, after a page that asks."""
    application = register().credential
    assert "Revoke application?" in boss.get("-revoke", id=application.client_id).text
    boss.post("-revoke", ids=application.client_id, confirmed="1")
    (revoked,) = registered(site)
    assert revoked.revoked_by == "boss"
