"""What the panel says is to be looked into."""

from pas.plugins.tokenauth.resource_server.facts import site_facts
from pas.plugins.tokenauth.site.diagnostics import VisitFacts
from pas.plugins.tokenauth.site.diagnostics import warnings
from pas.plugins.tokenauth.site.interfaces import PLUGIN_ID
from plone import api
from Products.PluggableAuthService.interfaces.plugins import IExtractionPlugin
from tests.credentials.pages.conftest import text_of
from typing import Any

import pytest


PAGES = ["@@tokenauth-controlpanel", "@@tokenauth-controlpanel-settings"]
PROXY = {"X-Forwarded-For": "192.0.2.1"}


@pytest.fixture(autouse=True)
def well_configured(site: Any, override_issuer: Any) -> None:
    """Nothing to warn of, but that this is no https."""
    api.portal.set_registry_record("plone.smtp_host", "localhost")
    api.portal.set_registry_record("plone.email_from_address", "site@example.org")
    site.commit()


def codes(visitor: Any, page: str = PAGES[0], **headers: str) -> set[str]:
    """The codes of the warnings on a page."""
    return set(levels(visitor, page, **headers))


def levels(visitor: Any, page: str = PAGES[0], **headers: str) -> dict[str, str]:
    """How serious each of the warnings on a page looks, by its code."""
    visitor.session.headers.update(headers)
    html = visitor.see(page)
    return {
        alert.get("id").removeprefix("warning-"): alert.get("class")
        for alert in html.cssselect("#content .alert[id^=warning-]")
    }


@pytest.mark.parametrize("page", PAGES)
def test_a_site_that_is_not_https_is_warned_of(administrator: Any, page: str) -> None:
    assert codes(administrator, page) == {"not_https"}


@pytest.mark.parametrize("page", PAGES)
def test_a_site_without_issuer_is_warned_of(
    site: Any, administrator: Any, page: str
) -> None:
    site.plugin.issuer = ""
    site.commit()
    assert codes(administrator, page) == {"no_issuer"}


def test_a_copy_of_another_site_is_warned_of(site: Any, administrator: Any) -> None:
    site.plugin.issuer = "https://www.example.org"
    site.commit()
    assert codes(administrator) == {"copy"}


def test_an_issuer_in_zope_conf_is_mentioned(
    administrator: Any, override_issuer: Any
) -> None:
    override_issuer("https://staging.example.org")
    assert codes(administrator) == {"overridden"}


def test_a_proxy_that_is_not_trusted_is_warned_of(administrator: Any) -> None:
    assert codes(administrator, **PROXY) == {"not_https", "proxy"}


def test_a_trusted_proxy_is_fine(
    administrator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ZPublisher import HTTPRequest

    monkeypatch.setattr(HTTPRequest, "trusted_proxies", ["127.0.0.1", "::1"])
    assert codes(administrator, **PROXY) == {"not_https"}


@pytest.mark.parametrize(
    ("url", "client_address", "forwarded_for", "is_warned"),
    [
        # Nothing in between.
        ("http://localhost:8080/Plone", "127.0.0.1", "", False),
        ("http://[::1]:8080/Plone", "::1", "", False),
        ("https://www.example.org", "192.0.2.1", "", False),
        # Zope or waitress trusts the proxy.
        ("https://www.example.org", "192.0.2.1", "192.0.2.1", False),
        ("https://www.example.org", "192.0.2.1", "6.6.6.6, 192.0.2.1", False),
        ("https://www.example.org", "2001:db8::1", "[2001:db8::1]:443", False),
        # Neither does: waitress removes the header, or passes it on.
        ("https://www.example.org", "127.0.0.1", "", True),
        ("https://www.example.org", "::1", "", True),
        ("https://www.example.org", "10.0.0.1", "192.0.2.1", True),
        # The header Host says nothing.
        ("", "127.0.0.1", "", True),
        ("http://[", "127.0.0.1", "", True),
    ],
)
def test_the_way_to_the_site_tells_whether_a_proxy_is_trusted(
    site: Any, url: str, client_address: str, forwarded_for: str, is_warned: bool
) -> None:
    visit = VisitFacts(
        url=url,
        client_address=client_address,
        forwarded_for=forwarded_for,
    )
    facts = site_facts(site.context, 0.0)
    found = [warning.code for warning in warnings(site.context, facts, visit)]
    assert ("proxy" in found) == is_warned


def test_a_plugin_that_is_not_first_is_warned_of(site: Any, administrator: Any) -> None:
    plugins = site.portal.acl_users.plugins
    plugins.movePluginsDown(IExtractionPlugin, [PLUGIN_ID])
    site.commit()
    assert codes(administrator) == {"not_https", "not_first"}


def test_a_plugin_that_is_not_active_is_warned_of(
    site: Any, administrator: Any
) -> None:
    site.portal.acl_users.plugins.deactivatePlugin(IExtractionPlugin, PLUGIN_ID)
    site.commit()
    assert codes(administrator) == {"not_https", "not_first"}


def test_a_site_that_sends_no_mail_is_mentioned(site: Any, administrator: Any) -> None:
    api.portal.set_registry_record("plone.smtp_host", "")
    site.commit()
    assert levels(administrator) == {
        "not_https": "alert alert-warning",
        "no_mail": "alert alert-info",
    }


def test_a_site_with_volto_is_given_lines_to_copy(
    site: Any, administrator: Any
) -> None:
    site.portal.portal_setup.setLastVersionForProfile("plone.volto:default", "1000")
    site.commit()
    html = administrator.see(PAGES[0])
    lines = text_of(html.get_element_by_id("lines-volto"))
    assert f"{'/'.join(site.portal.getPhysicalPath())}/VirtualHostRoot" in lines
    [button] = html.cssselect("#warning-volto button[data-copy]")
    assert button.get("data-copy") == "lines-volto"


def test_a_warning_names_what_it_is_about(site: Any, administrator: Any) -> None:
    html = administrator.see(PAGES[0])
    assert site.url in text_of(html.get_element_by_id("warning-not_https"))


def test_a_page_about_one_thing_has_no_warnings(administrator: Any) -> None:
    assert codes(administrator, "@@tokenauth-controlpanel-revoke-before") == set()
