"""Issuing a personal access token: the form, and the page that shows it once."""

from pas.plugins.tokenauth.core.clock import DAY
from pas.plugins.tokenauth.credentials.scopes import IScope
from pas.plugins.tokenauth.credentials.scopes import Scope
from tests.credentials.pages.conftest import parsed
from tests.credentials.pages.conftest import text_of
from typing import Any
from zope.component import getSiteManager
from zope.component import provideUtility

import pytest
import re
import requests
import time


PAGE = "@@manage-personal-access-tokens-issue"
LIST = "@@manage-personal-access-tokens"


@pytest.fixture
def form(owner: Any) -> dict[str, Any]:
    """The form, filled in."""
    return {**owner.form(PAGE), "title": "Nightly report"}


# -- what is proposed --------------------------------------------------------


def test_reading_for_90_days_is_proposed(site: Any, owner: Any, form: Any) -> None:
    before = time.time()
    owner.submit(PAGE, form)
    (token,) = tokens(site)
    assert token.title == "Nightly report"
    assert token.scopes == ("plone.read",)
    assert before + 90 * DAY <= token.expires_at <= time.time() + 90 * DAY


@pytest.mark.parametrize(
    ("days", "offered", "proposed"),
    [
        (None, ["7", "30", "60", "90", "365", "date"], "90"),
        (7, ["7", "date"], "7"),
        (10, ["7", "latest", "date"], "latest"),
        (30, ["7", "30", "date"], "30"),
        (60, ["7", "30", "60", "date"], "60"),
        (90, ["7", "30", "60", "90", "date"], "90"),
        (400, ["7", "30", "60", "90", "365", "latest", "date"], "90"),
    ],
)
def test_no_expiry_is_offered_beyond_the_longest_lifetime(
    site: Any, owner: Any, days: int | None, offered: list[str], proposed: str
) -> None:
    site.plugin.max_personal_access_token_lifetime = days
    site.commit()
    html = owner.see(PAGE)
    assert html.xpath("//input[@name='expiry']/@value") == offered
    assert html.xpath("//input[@name='expiry'][@checked]/@value") == [proposed]


@pytest.mark.parametrize(
    ("may_never_end", "days", "is_offered"),
    [(False, None, False), (True, None, True), (True, 365, False)],
)
def test_no_expiry_is_offered_where_the_site_allows_it(
    site: Any,
    owner: Any,
    form: Any,
    may_never_end: bool,
    days: int | None,
    is_offered: bool,
) -> None:
    site.plugin.personal_access_tokens_may_never_end = may_never_end
    site.plugin.max_personal_access_token_lifetime = days
    site.commit()
    html = owner.see(PAGE)
    assert bool(html.xpath("//input[@name='expiry'][@value='never']")) is is_offered
    owner.submit(PAGE, {**form, "expiry": "never"})
    assert [token.expires_at for token in tokens(site)] == [None] * is_offered


def test_a_token_that_never_expires_is_warned_of(site: Any, owner: Any) -> None:
    site.plugin.personal_access_tokens_may_never_end = True
    site.commit()
    (warning,) = owner.see(PAGE).cssselect(".tokenauth-field-expiry .tokenauth-warning")
    assert "whoever finds the secret in an old script" in text_of(warning)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"expiry": "never"}, "requires an expiry"),
        ({"expiry": "soon"}, "Please choose when it ends."),
        ({"expiry": "date", "expires": "someday"}, "a date like 2030-12-31"),
        ({"expiry": "date", "expires": "2001-01-01"}, "must be in the future"),
        ({"title": " "}, "Please enter a title."),
        ({"ip_ranges": "nowhere"}, "neither an IP address nor a network"),
        ({"scopes": []}, "Please choose what the program may do."),
        ({"scopes": "plone.fly"}, "There is no scope plone.fly."),
    ],
)
def test_a_wrong_value_is_explained_and_nothing_is_issued(
    site: Any, owner: Any, form: Any, chosen: dict[str, Any], message: str
) -> None:
    html = parsed(owner.submit(PAGE, {**form, **chosen}))
    (error,) = html.cssselect(".invalid-feedback")
    assert message in text_of(error)
    assert tokens(site) == []


def test_an_expiry_beyond_the_longest_lifetime_is_refused(
    site: Any, owner: Any, form: Any, read: Any
) -> None:
    site.plugin.max_personal_access_token_lifetime = 30
    site.commit()
    text = read(owner.submit(PAGE, {**form, "expiry": "365"}))
    assert "expires at most 30 days after it was issued" in text
    assert tokens(site) == []


def test_ip_ranges_can_be_required(site: Any, owner: Any, form: Any) -> None:
    site.plugin.require_ip_ranges = True
    site.commit()
    html = owner.see(PAGE)
    assert "required" in html.get_element_by_id("credential-ip_ranges").attrib
    help = text_of(html.get_element_by_id("credential-ip_ranges-help"))
    assert "This site's policy requires them." in help
    owner.submit(PAGE, form)
    assert tokens(site) == []
    owner.submit(PAGE, {**form, "ip_ranges": "127.0.0.1"})
    assert [token.ip_ranges for token in tokens(site)] == ["127.0.0.1"]


# -- scopes ------------------------------------------------------------------


def label_of(html: Any, choice: Any) -> str:
    """What stands beside a box or a radio button."""
    return text_of(html.xpath(f"//label[@for='{choice.get('id')}']")[0])


def help_of(html: Any, choice: Any) -> str:
    """What a choice means."""
    return text_of(html.get_element_by_id(choice.get("aria-describedby")))


@pytest.fixture
def another_scope() -> Any:
    """A scope of an add-on."""
    scope = Scope(title="Archive", description="Put things away.")
    provideUtility(scope, IScope, "addon.archive")
    yield
    getSiteManager().unregisterUtility(scope, IScope, "addon.archive")


def test_one_scope_of_the_package_is_chosen_and_each_is_explained(owner: Any) -> None:
    html = owner.see(PAGE)
    choices = html.xpath("//input[@name='scopes']")
    assert {choice.get("type") for choice in choices} == {"radio"}
    assert [choice.get("value") for choice in choices] == [
        "plone.read",
        "plone.write",
        "plone.admin.read",
        "plone.admin",
        "none",
    ]
    assert [label_of(html, choice) for choice in choices] == [
        "Read",
        "Read and write",
        "Read everything",
        "Administer",
        "Only what follows",
    ]
    assert all(help_of(html, choice) for choice in choices[:-1])


def test_scopes_of_add_ons_are_offered_beside_and_explained(
    another_scope: Any, owner: Any
) -> None:
    html = owner.see(PAGE)
    boxes = html.xpath("//input[@name='other_scopes:list']")
    assert {box.get("type") for box in boxes} == {"checkbox"}
    assert {box.get("value") for box in boxes} == {"addon.archive", "plone.links"}
    (box,) = (box for box in boxes if box.get("value") == "addon.archive")
    assert label_of(html, box) == "Archive"
    assert help_of(html, box) == "Put things away."
    none = html.xpath("//input[@name='scopes']")[-1]
    assert label_of(html, none) == "Only what follows"


@pytest.mark.parametrize("own", ["plone.read", "none"])
def test_scopes_that_are_chosen_are_kept(
    another_scope: Any, site: Any, owner: Any, form: Any, own: str
) -> None:
    owner.submit(PAGE, {**form, "scopes": own, "other_scopes:list": "addon.archive"})
    (token,) = tokens(site)
    assert set(token.scopes) == {own, "addon.archive"} - {"none"}


@pytest.mark.parametrize("own", ["none", "plone.read", "plone.write"])
@pytest.mark.parametrize("others", [[], ["addon.archive"]])
def test_scopes_that_are_chosen_stay_so_on_an_error(
    another_scope: Any, owner: Any, form: Any, own: str, others: list[str]
) -> None:
    typed = {**form, "title": "", "scopes": own, "other_scopes:list": others}
    html = parsed(owner.submit(PAGE, typed))
    assert html.xpath("//input[@name='scopes'][@checked]/@value") == [own]
    assert html.xpath("//input[@name='other_scopes:list'][@checked]/@value") == others


def test_reading_is_proposed_for_service_keys(site: Any, owner: Any) -> None:
    page = "@@manage-service-keys-issue"
    form = owner.form(page)
    assert form["scopes"] == "plone.read"
    form = {**form, "title": "A key", "algorithm": "ES256"}
    owner.submit(page, {**form, "scopes": "plone.write"})
    site.sync()
    (key,) = site.context.storage["service_key"].owned_by("owner")
    assert key.scopes == ("plone.write",)


# -- the answer --------------------------------------------------------------


def test_the_token_is_shown_once_in_a_field_to_copy(owner: Any, form: Any) -> None:
    response = owner.submit(PAGE, form)
    field = parsed(response).get_element_by_id("personal-access-token")
    assert re.fullmatch(r"ptp_\w{49}", field.value)
    assert response.text.count(field.value) == 1
    assert "readonly" in field.attrib
    # Browsers neither keep it for later nor send it to a spelling service.
    assert field.get("autocomplete") == "off"
    assert field.get("spellcheck") == "false"


def test_the_token_works(site: Any, owner: Any, form: Any) -> None:
    token = token_in(owner.submit(PAGE, form))
    assert site.api("GET", "/@users/owner", token).json()["id"] == "owner"


def test_the_token_is_not_in_the_database(site: Any, owner: Any, form: Any) -> None:
    token = token_in(owner.submit(PAGE, form)).encode()
    site.sync()
    for transaction in site.app._p_jar.db().storage.iterator():
        for record in transaction:
            assert token not in (record.data or b"")


def test_the_command_asks_the_issuer(site: Any, owner: Any, form: Any) -> None:
    site.plugin.issuer = "https://www.example.org/a&b"
    site.commit()
    (command,) = commands(owner.submit(PAGE, form))
    assert command.startswith("curl -sS 'https://www.example.org/a&b/@users/owner' ")
    assert '-H "Authorization: Bearer $TOKEN"' in command


def test_without_an_issuer_the_command_asks_the_site(
    site: Any, owner: Any, form: Any
) -> None:
    site.plugin.issuer = ""
    site.commit()
    (command,) = commands(owner.submit(PAGE, form))
    assert command.startswith(f"curl -sS {site.url}/@users/owner ")


def test_a_command_with_a_password_is_shown_where_the_site_accepts_it(
    site: Any, owner: Any, form: Any
) -> None:
    site.plugin.personal_access_tokens_as_passwords = True
    site.commit()
    response = owner.submit(PAGE, form)
    _bearer, basic = commands(response)
    assert '-u owner:"$TOKEN"' in basic
    auth = ("owner", token_in(response))
    users = requests.get(
        f"{site.url}/@users/owner",
        auth=auth,
        headers={"Accept": "application/json"},
        timeout=30,
    )
    assert users.json()["id"] == "owner"


def test_a_title_with_markup_is_escaped(owner: Any, form: Any) -> None:
    response = owner.submit(PAGE, {**form, "title": "<script>alert(1)</script>"})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text
    assert "<script>alert" not in response.text


# -- who cannot issue one ----------------------------------------------------


def test_a_user_with_as_many_tokens_as_allowed_is_told_so(
    site: Any, owner: Any, new_token: Any, form: Any, read: Any
) -> None:
    new_token()
    site.plugin.max_personal_access_tokens_per_user = 1
    site.commit()
    for response in (owner.get(PAGE), owner.submit(PAGE, form)):
        assert response.status_code == 302
        assert response.headers["Location"] == f"{site.url}/{LIST}"
    text = read(owner.get(LIST))
    assert (
        text.count("at most 1 personal access tokens per user. Revoke one first.") == 1
    )
    assert "Issue a personal access token" not in text


def tokens(site: Any) -> list[Any]:
    site.sync()
    return list(site.context.storage["personal_access_token"].owned_by("owner"))


def token_in(response: requests.Response) -> str:
    """The token that a page shows."""
    return parsed(response).get_element_by_id("personal-access-token").value


def commands(response: requests.Response) -> list[str]:
    """The commands that a page shows after that which asks for the token."""
    ask, *others = parsed(response).cssselect("pre")
    assert text_of(ask) == "read -rs TOKEN"
    return [text_of(command) for command in others]
