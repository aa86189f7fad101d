"""The page for the settings."""

from collections.abc import Iterator
from datetime import date
from pas.plugins.tokenauth.site.interfaces import ISettingsSection
from pas.plugins.tokenauth.site.issuer import FormerTokenEndpoint
from pas.plugins.tokenauth.site.sections import declare_settings
from pas.plugins.tokenauth.site.sections import SettingsSection
from tests.controlpanel.conftest import settings_of
from tests.credentials.pages.conftest import text_of
from typing import Any
from zope import schema
from zope.component import getGlobalSiteManager
from zope.component import provideUtility
from zope.interface import Interface

import lxml.html
import pytest


PAGE = "@@tokenauth-controlpanel-settings"
CHANGES = {
    "access_token_lifetime": "600",
    "grant_lifetime": "300",
    "leeway": "30",
    "usage_log_retention": "14",
    "usage_recording_interval": "10",
    "revoked_key_retention": "30",
    "max_key_lifetime": "365",
    "max_keys_per_user": "10",
    "max_personal_access_token_lifetime": "90",
    "max_personal_access_tokens_per_user": "5",
    "require_ip_ranges": "on",
    "allowed_algorithms:list": ["RS256", "EdDSA"],
}
ADDRESSES = {
    "issuer": "https://www.example.org",
    "pages_url": "https://www.example.org/ClassicUI",
    "former_token_endpoints": "https://old.example.org/token 2030-12-31",
}


@pytest.fixture
def form(manager: Any) -> dict[str, Any]:
    """The form as a Manager gets it."""
    return manager.form(PAGE)


def test_the_form_shows_what_is_in_force(site: Any, form: dict[str, Any]) -> None:
    assert form["issuer"] == site.url
    assert form["access_token_lifetime"] == "3600"
    assert form["max_key_lifetime"] == ""
    assert "require_ip_ranges" not in form


def test_each_section_is_a_click_away(manager: Any) -> None:
    html = manager.see(PAGE)
    titles = [each.text_content() for each in html.xpath("//form/h2")]
    links = html.xpath("//nav[@aria-label='Settings']//a")
    targets = [html.get_element_by_id(each.get("href")[1:]) for each in links]
    assert [each.text_content() for each in targets] == titles
    assert [each.text_content() for each in links] == titles
    assert len(titles) > 10


def test_an_unchanged_form_changes_nothing(
    site: Any, manager: Any, form: dict[str, Any]
) -> None:
    before = settings_of(site)
    algorithms = list(site.plugin.allowed_algorithms)
    form = {**form, "allowed_algorithms:list": algorithms}
    assert "Settings saved." in manager.message(manager.submit(PAGE, form))
    assert settings_of(site) == before


def test_who_changes_the_issuer_learns_how_long_the_old_one_is_good(
    site: Any, manager: Any, form: dict[str, Any]
) -> None:
    """On a copy of a site that is the issuer of the original."""
    manager.submit(PAGE, {**form, "issuer": ADDRESSES["issuer"]})
    _saved, told = manager.see(PAGE).cssselect(".portalMessage")
    assert f"addressed to {site.url} are still accepted, until 20" in text_of(told)
    form = manager.form(PAGE)
    assert "Settings saved." in manager.message(manager.submit(PAGE, form))


def test_good_values_are_saved(site: Any, manager: Any, form: dict[str, Any]) -> None:
    response = manager.submit(PAGE, {**form, **CHANGES, **ADDRESSES})
    assert response.status_code == 302
    settings = settings_of(site)
    assert settings["issuer"] == "https://www.example.org"
    assert settings["access_token_lifetime"] == 600
    assert settings["max_key_lifetime"] == 365
    assert settings["require_ip_ranges"] is True
    assert settings["allowed_algorithms"] == ("RS256", "EdDSA")
    assert (
        FormerTokenEndpoint("https://old.example.org/token", date(2030, 12, 31))
        in settings["former_token_endpoints"]
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("issuer", "http://www.example.org"),
        ("issuer", b"https://\xff.example.org"),
        ("issuer", ["https://a.example.org", "https://b.example.org"]),
        ("access_token_lifetime", "59"),
        ("access_token_lifetime", "soon"),
        ("leeway", ""),
        ("max_key_lifetime", "0"),
        ("allowed_algorithms:list", "HS256"),
        ("former_token_endpoints", "https://old.example.org/token"),
        ("former_token_endpoints", b"https://old.example.org/\xff 2030-12-31"),
    ],
)
def test_a_bad_value_is_explained_beside_it_and_nothing_is_saved(
    site: Any, manager: Any, form: dict[str, Any], name: str, value: Any
) -> None:
    before = settings_of(site)
    response = manager.submit(PAGE, {**form, **CHANGES, name: value})
    assert response.status_code == 200
    html = lxml.html.fromstring(response.text)
    (error,) = html.cssselect(".invalid-feedback")
    assert error.get("id") == f"setting-{name.partition(':')[0]}-error"
    assert text_of(error)
    (message,) = html.cssselect("[role=alert]")
    assert "Nothing is saved yet" in text_of(message)
    assert settings_of(site) == before


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_page(
    site: Any, manager: Any, form: dict[str, Any]
) -> None:
    before = settings_of(site)
    wrong = {"max_key_lifetime": "x", "leeway": "301", "issuer": "ftp://x.example"}
    html = lxml.html.fromstring(manager.submit(PAGE, {**form, **wrong}).text)
    (message,) = html.cssselect("[role=alert]")
    links = [link.get("href") for link in message.iter("a")]
    assert links == ["#setting-issuer", "#setting-leeway", "#setting-max_key_lifetime"]
    for link in links:
        field = html.get_element_by_id(link[1:])
        assert field.get("aria-invalid") == "true"
        assert f"{link[1:]}-error" in field.get("aria-describedby").split()
    focused = html.xpath("//*[@id='content-core']//*[@autofocus]/@id")
    assert focused == ["setting-issuer"]
    assert settings_of(site) == before


def test_the_typed_values_are_shown_again(
    site: Any, manager: Any, form: dict[str, Any]
) -> None:
    typed = {**form, **CHANGES, **ADDRESSES, "leeway": "<b>3</b>"}
    html = lxml.html.fromstring(manager.submit(PAGE, typed).text)
    shown = {
        element.get("name"): element.value
        for element in html.cssselect("#content-core input, #content-core textarea")
    }
    assert shown["leeway"] == "<b>3</b>"
    assert shown["issuer"] == ADDRESSES["issuer"]
    assert (
        shown["former_token_endpoints"].strip() == (ADDRESSES["former_token_endpoints"])
    )
    checked = html.cssselect("#content-core input[type=checkbox][checked]")
    assert [box.get("value") for box in checked] == [
        *["on", "on", "on"],
        *["RS256", "EdDSA"],
        *["on", "on", "on"],
    ]


class IWidgetSettings(Interface):
    """Fields of the classes that no setting of ours has."""

    mode = schema.Choice(
        title="Mode",
        description="One of them.",
        values=("slow", "fast"),
        required=False,
        default=None,
    )
    hosts = schema.Tuple(
        title="Hosts",
        description="One in each line.",
        value_type=schema.TextLine(max_length=9),
        required=False,
        default=("a.example",),
    )
    notice = schema.Text(
        title="Notice", description="What people read.", max_length=9, default="Hi"
    )


@pytest.fixture
def widgets(site: Any) -> Iterator[None]:
    """A section of a feature of somebody else."""
    section = SettingsSection(IWidgetSettings, "Widgets", order=1)
    declare_settings(section)
    provideUtility(section, ISettingsSection, "widgets")
    yield
    getGlobalSiteManager().unregisterUtility(section, ISettingsSection, "widgets")


@pytest.mark.usefixtures("widgets")
class TestTheSectionOfAnotherFeature:
    def test_has_the_inputs_of_its_fields(self, manager: Any) -> None:
        html = manager.see(PAGE)
        select = html.get_element_by_id("setting-mode")
        assert [option.get("value") for option in select.iter("option")] == [
            "",
            "slow",
            "fast",
        ]
        assert html.get_element_by_id("setting-hosts").value.strip() == "a.example"
        assert html.get_element_by_id("setting-notice").tag == "textarea"

    @pytest.mark.parametrize("page", [PAGE, "acl_users/token_auth/manage_settings"])
    def test_is_changed_on_both_pages(self, site: Any, manager: Any, page: str) -> None:
        action = page.replace("manage_settings", "manage_changeSettings")
        form = {
            **settings_form(manager, page),
            "allowed_algorithms:list": list(site.plugin.allowed_algorithms),
            "mode": "fast",
            "hosts": " b.example \r\n\r\nc.example\r\n",
            "notice": "Hello",
        }
        manager.submit(action, form)
        site.sync()
        assert (site.plugin.mode, site.plugin.notice) == ("fast", "Hello")
        assert site.plugin.hosts == ("b.example", "c.example")
        shown = settings_form(manager, page)
        assert (shown["mode"], shown["hosts"].split()) == (
            "fast",
            ["b.example", "c.example"],
        )
        manager.submit(action, {**form, "mode": "", "hosts": ""})
        site.sync()
        assert (site.plugin.mode, site.plugin.hosts) == (None, ())

    def test_refuses_what_its_fields_do_not_allow(
        self, site: Any, manager: Any
    ) -> None:
        wrong = {"mode": "odd", "hosts": "too-long.example", "notice": "long enough"}
        form = {**manager.form(PAGE), **wrong}
        html = lxml.html.fromstring(manager.submit(PAGE, form).text)
        (message,) = html.cssselect("[role=alert]")
        links = [link.get("href") for link in message.iter("a")]
        assert links == ["#setting-mode", "#setting-hosts", "#setting-notice"]
        assert html.get_element_by_id("setting-hosts").value.strip() == wrong["hosts"]

    def test_is_read_and_changed_by_rest(self, site: Any, manager: Any) -> None:
        path = "/@controlpanels/tokenauth"
        auth = manager.session.auth
        panel = site.api("GET", path, auth=auth).json()
        assert panel["schema"]["fieldsets"][0]["title"] == "Widgets"
        assert panel["data"]["hosts"] == ["a.example"]
        for changes in (
            {"mode": "fast", "hosts": ["b.example"]},
            {"mode": None, "hosts": []},
        ):
            answer = site.api("PATCH", path, auth=auth, json=changes)
            assert answer.status_code == 204, answer.text
            data = site.api("GET", path, auth=auth).json()["data"]
            assert {name: data[name] for name in changes} == changes


class TestAnAdministratorWhoIsNoManager:
    """Decides about everything but where programs and people are sent."""

    def test_sees_why_the_addresses_are_read_only(
        self, site: Any, administrator: Any
    ) -> None:
        html = administrator.see(PAGE)
        read_only = html.cssselect("#content-core [readonly]")
        names = [field.get("id").removeprefix("setting-") for field in read_only]
        assert names == list(ADDRESSES)
        for field in read_only:
            assert field.get("name") is None
            described_by = field.get("aria-describedby").split()
            reason = html.get_element_by_id(described_by[0])
            assert "Only a Manager can change this" in text_of(reason)
        assert read_only[0].get("value") == site.url

    def test_changes_the_others(self, site: Any, administrator: Any) -> None:
        form = administrator.form(PAGE)
        response = administrator.submit(PAGE, {**form, **CHANGES})
        assert "Settings saved." in administrator.message(response)
        assert settings_of(site)["access_token_lifetime"] == 600
        assert settings_of(site)["issuer"] == site.url

    @pytest.mark.parametrize("name", ADDRESSES)
    def test_cannot_change_those(
        self, site: Any, administrator: Any, name: str
    ) -> None:
        before = settings_of(site)
        form = {**administrator.form(PAGE), **CHANGES, name: ADDRESSES[name]}
        assert administrator.submit(PAGE, form).status_code == 403
        assert settings_of(site) == before

    def test_sees_their_values_in_force_beside_an_error(
        self, site: Any, administrator: Any
    ) -> None:
        form = {**administrator.form(PAGE), **CHANGES, "leeway": "301"}
        response = administrator.submit(PAGE, form)
        html = lxml.html.fromstring(response.text)
        assert html.get_element_by_id("setting-issuer").get("value") == site.url
        assert html.get_element_by_id("setting-leeway").get("value") == "301"


def test_what_zope_conf_says_is_shown_beside_the_settings(
    site: Any, manager: Any, zope_conf: dict[str, str]
) -> None:
    zope_conf["issuer"] = "/plone https://a.example.org"
    zope_conf["pages-url"] = "/plone https://b.example.org"
    text = text_of(manager.see(PAGE))
    for url in ("https://a.example.org", "https://b.example.org"):
        assert f"says something else, which is in force: {url}" in text


def settings_form(visitor: Any, page: str) -> dict[str, Any]:
    """The fields of the settings on a page of Plone or of the ZMI."""
    forms = [form for form in visitor.see(page).forms if "leeway" in form.fields]
    return dict(forms[0].form_values())
