"""The list of the user's own keys."""

from plone import api
from typing import Any

import lxml.html
import pytest
import time


LIST = "@@manage-service-keys"


def test_a_list_without_keys_explains_what_they_are(owner: Any) -> None:
    html = owner.see(LIST)
    (info,) = html.cssselect("#content .alert-info")
    assert "With a service key a program works in this site as you" in (
        " ".join(info.text_content().split())
    )
    (button,) = html.cssselect("#content a.btn")
    assert button.get("href").endswith("/@@manage-service-keys-issue")
    assert not html.cssselect("#content table")


def test_a_key_is_listed_with_its_limits(owner: Any, new_key: Any) -> None:
    keyfile = new_key(
        title="Nightly import",
        ip_ranges="192.0.2.7,2001:db8::/32",
        expires_at=4102444800.0,
    )
    row = cells(owner)[0]
    assert "Nightly import" in row["Title"]
    assert keyfile["client_id"] in row["Title"]
    assert row["IP ranges"] == "192.0.2.7, 2001:db8::/32"
    assert row["Expires"] == "Jan 01, 2100 12:00 AM"
    assert row["Last used"] == "Never"


def test_a_key_without_limits_says_so(owner: Any, new_key: Any) -> None:
    new_key()
    row = cells(owner)[0]
    assert row["IP ranges"] == "Anywhere"
    assert row["Expires"] == "Never"


def test_the_last_use_is_shown(site: Any, owner: Any, new_key: Any) -> None:
    site.token(new_key())
    assert "M" in cells(owner)[0]["Last used"]


def test_times_are_those_of_the_sites_time_zone(
    site: Any, owner: Any, new_key: Any
) -> None:
    new_key(expires_at=4102444800.0)
    api.portal.set_registry_record("plone.portal_timezone", "Asia/Tokyo")
    site.commit()
    assert cells(owner)[0]["Expires"] == "Jan 01, 2100 09:00 AM"
    assert "time zone Asia/Tokyo" in owner.see(LIST).xpath("string(//caption)")


def test_a_key_that_was_never_used_is_marked(
    site: Any, owner: Any, new_key: Any
) -> None:
    keyfile = new_key()
    assert badges(owner) == ["Active", "Read and write", "Never used"]
    site.token(keyfile)
    assert badges(owner) == ["Active", "Read and write"]


@pytest.mark.parametrize(
    "days, badge",
    [
        (0.5, "Expires within a day"),
        (1.5, "Expires in 1 day"),
        (9.5, "Expires in 9 days"),
        (20, None),
    ],
)
def test_a_key_that_ends_soon_is_marked(
    owner: Any, new_key: Any, days: float, badge: str | None
) -> None:
    new_key(expires_at=time.time() + days * 24 * 60 * 60)
    assert badges(owner) == [badge or "Active", "Read and write", "Never used"]


def test_a_key_with_ip_ranges_is_marked(owner: Any, new_key: Any) -> None:
    new_key(ip_ranges="192.0.2.7")
    assert badges(owner) == [
        "Active",
        "Restricted by IP",
        "Read and write",
        "Never used",
    ]


def test_the_name_that_programs_use_is_shown(
    site: Any, owner: Any, new_key: Any
) -> None:
    site.service_key(new_key()).name = "nightly-import"
    site.commit()
    assert "Name: nightly-import" in cells(owner)[0]["Title"]


def test_a_key_that_somebody_else_issued_says_so(
    site: Any, owner: Any, new_key: Any
) -> None:
    site.service_key(new_key()).issued_by = "manager"
    site.commit()
    assert "Issued by manager" in cells(owner)[0]["Title"]


def test_the_client_id_can_be_copied(owner: Any, new_key: Any) -> None:
    client_id = new_key()["client_id"]
    html = owner.see(LIST)
    (button,) = html.xpath("//button[@data-copy]")
    assert html.get_element_by_id(button.get("data-copy")).text_content() == client_id
    # It is of use with JavaScript only, which shows it.
    assert "hidden" in button.attrib


def test_an_expired_key_is_marked(site: Any, owner: Any, new_key: Any) -> None:
    keyfile = new_key()
    site.service_key(keyfile).expires_at = 1000000000.0
    site.commit()
    assert "Expired" in cells(owner)[0]["Title"]


def test_a_revoked_key_says_who_revoked_it(site: Any, owner: Any, new_key: Any) -> None:
    client_id = new_key()["client_id"]
    site.context.storage["service_key"].mark_revoked(client_id, "admin", 1000000000.0)
    site.commit()
    assert owner.see(LIST).get_element_by_id("credentials-number").text == "0"
    row = cells(owner, ended="true")[0]
    assert "Revoked by admin, Sep 09, 2001 01:46 AM" in row["Title"]
    assert row["Actions"] == "Usage A key"
    assert not owner.see(LIST, ended="true").xpath("//tbody//input")


def test_a_key_with_far_reaching_rights_is_marked(
    site: Any, visitor: Any, new_key: Any
) -> None:
    manager = visitor("manager", "Manager")
    new_key("manager", may_impersonate=True, scopes=("plone.admin",))
    title = cells(manager)[0]["Title"]
    assert "May impersonate" in title
    assert "Administer" in title


def test_the_newest_key_comes_first(owner: Any, new_key: Any) -> None:
    new_key(title="Older")
    new_key(title="Newer")
    titles = [row["Title"].split()[0] for row in cells(owner)]
    assert titles == ["Newer", "Older"]


def test_a_title_with_markup_is_escaped(owner: Any, new_key: Any) -> None:
    new_key(title='"><script>alert(1)</script>')
    response = owner.get(LIST)
    assert "&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in response.text
    assert "<script>alert" not in response.text


def test_links_and_boxes_name_their_key(owner: Any, new_key: Any) -> None:
    new_key(title="Nightly import")
    html = owner.see(LIST)
    (box,) = html.xpath("//tbody//input[@type='checkbox']")
    (label,) = html.xpath(f"//label[@for='{box.get('id')}']")
    assert " ".join(label.text_content().split()) == "Select Nightly import"
    assert cells(owner)[0]["Actions"] == (
        "Edit Nightly import Rotate Nightly import"
        " Usage Nightly import Disable Nightly import Revoke Nightly import"
    )


@pytest.mark.parametrize("name", ["tokenauth.css", "tokenauth.js"])
def test_stylesheet_and_script_are_there(site: Any, name: str) -> None:
    response = site.get(f"/++resource++pas.plugins.tokenauth/{name}")
    assert response.status_code == 200


def badges(visitor: Any) -> list[str]:
    """The badges of the keys."""
    return [
        text(badge) for badge in visitor.see(LIST).cssselect("#content tbody .badge")
    ]


def cells(visitor: Any, **query: str) -> list[dict[str, str]]:
    """The rows of the table, each cell below its header."""
    html: lxml.html.HtmlElement = visitor.see(LIST, **query)
    (table,) = html.cssselect("#content table")
    headers = [text(header) for header in table.xpath("./thead/tr/th[@scope='col']")]
    return [
        dict(zip(headers, map(text, row.xpath("./td | ./th")), strict=True))
        for row in table.xpath("./tbody/tr")
    ]


def text(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())
