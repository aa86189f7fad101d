"""The entry in Site Setup, and the way from page to page."""

from plone.base.utils import get_installer
from typing import Any

import pytest


PANEL = "@@tokenauth-controlpanel"


def test_site_setup_has_an_entry(site: Any, administrator: Any) -> None:
    html = administrator.see("@@overview-controlpanel")
    links = html.xpath("//a[contains(@class, 'd-block')]/@href")
    assert f"{site.url}/{PANEL}" in links


def test_only_managers_of_all_keys_see_the_entry(site: Any, visitor: Any) -> None:
    site.portal.manage_permission("Plone Site Setup: Overview", ["Manager", "Editor"])
    editor = visitor("editor", "Editor")
    assert PANEL not in editor.get("@@overview-controlpanel").text


@pytest.mark.parametrize("page", [PANEL, f"{PANEL}-settings", f"{PANEL}-revoke-before"])
def test_every_page_leads_back_to_site_setup(
    site: Any, administrator: Any, page: str
) -> None:
    html = administrator.see(page)
    (link,) = html.xpath("//article//a[normalize-space() = 'Site Setup']/@href")
    assert link == f"{site.url}/@@overview-controlpanel"
    (current,) = html.cssselect(".nav-tabs .nav-link.active")
    assert current.text_content().strip() == "Security"


@pytest.mark.parametrize(
    ("page", "tab"),
    [("", "Overview"), ("-activity", "Activity"), ("-settings", "Settings")],
)
def test_the_tabs_tell_where_one_is(administrator: Any, page: str, tab: str) -> None:
    html = administrator.see(f"{PANEL}{page}")
    assert [link.text for link in html.cssselect(".nav-pills a")] == [
        "Overview",
        "Activity",
        "Settings",
    ]
    (current,) = html.cssselect(".nav-pills a[aria-current=page]")
    assert current.text == tab


def test_uninstalling_removes_the_panel(site: Any, manager: Any) -> None:
    get_installer(site.portal).uninstall_product("pas.plugins.tokenauth")
    site.commit()
    assert PANEL not in manager.get("@@overview-controlpanel").text
    assert manager.get(PANEL).status_code == 404
    panels = site.api("GET", "/@controlpanels", auth=manager.session.auth).json()
    assert not any(panel["@id"].endswith("/tokenauth") for panel in panels)
    panel = site.api("GET", "/@controlpanels/tokenauth", auth=manager.session.auth)
    assert panel.status_code == 404
