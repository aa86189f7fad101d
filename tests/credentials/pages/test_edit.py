"""Changing the options of a key."""

from dataclasses import replace
from plone import api
from typing import Any

import pytest
import time


PAGE = "@@manage-service-keys-edit"


@pytest.fixture
def keyfile(owner: Any, new_key: Any) -> dict[str, Any]:
    """The keyfile of the owner's key."""
    return new_key(title="Before", ip_ranges="127.0.0.1", require_jti=False)


@pytest.fixture
def form(owner: Any, keyfile: Any) -> dict[str, Any]:
    """The form for that key, as it comes."""
    return owner.form(PAGE, id=keyfile["client_id"])


def test_the_form_shows_the_key_as_it_is(form: Any) -> None:
    assert form["title"] == "Before"
    assert form["ip_ranges"] == "127.0.0.1"
    assert form["expiry"] == "keep"
    assert "require_jti" not in form


def test_changes_are_saved(site: Any, owner: Any, keyfile: Any, form: Any) -> None:
    response = owner.submit(
        PAGE,
        {
            **form,
            "title": "After",
            "ip_ranges": "10.0.0.0/8",
            "expiry": "date",
            "expires": "2090-12-31",
            "require_jti": "on",
        },
    )
    assert "saved and in force" in owner.message(response)
    key = site.service_key(keyfile)
    assert (key.title, key.ip_ranges, key.require_jti) == ("After", "10.0.0.0/8", True)
    assert key.expires_at == 3818447999.0


def test_new_ip_ranges_end_a_token_that_is_in_use(
    site: Any, owner: Any, keyfile: Any, form: Any
) -> None:
    token = site.token(keyfile)
    assert site.get("", token).status_code == 200
    owner.submit(PAGE, {**form, "ip_ranges": "10.0.0.0/8"})
    assert site.get("", token).status_code == 401


@pytest.mark.parametrize("expiry", ["keep", ""])
def test_an_expiry_that_is_kept_stays_to_the_moment(
    site: Any, owner: Any, keyfile: Any, expiry: str
) -> None:
    noon = 3818404800.5
    site.service_key(keyfile).expires_at = noon
    site.commit()
    html = owner.see(PAGE, id=keyfile["client_id"])
    assert "Keep: Dec 31, 2090" in html.text_content()
    form = owner.form(PAGE, id=keyfile["client_id"])
    owner.submit(PAGE, {**form, "title": "After", "expiry": expiry})
    key = site.service_key(keyfile)
    assert (key.title, key.expires_at) == ("After", noon)


def test_an_expired_key_can_get_another_title(
    site: Any, owner: Any, keyfile: Any
) -> None:
    site.service_key(keyfile).expires_at = 1000000000.0
    site.commit()
    form = owner.form(PAGE, id=keyfile["client_id"])
    owner.submit(PAGE, {**form, "title": "After"})
    assert site.service_key(keyfile).title == "After"


def test_the_expiry_can_be_removed(site: Any, owner: Any, keyfile: Any) -> None:
    site.service_key(keyfile).expires_at = 3818404800.0
    site.commit()
    form = owner.form(PAGE, id=keyfile["client_id"])
    owner.submit(PAGE, {**form, "expiry": "never"})
    assert site.service_key(keyfile).expires_at is None


def test_a_preset_counts_from_now(
    site: Any, owner: Any, keyfile: Any, form: Any
) -> None:
    before = time.time()
    owner.submit(PAGE, {**form, "expiry": "30"})
    assert site.service_key(keyfile).expires_at >= before + 30 * 24 * 60 * 60


def test_the_policy_counts_from_when_the_key_pair_was_made(
    site: Any, owner: Any, keyfile: Any
) -> None:
    key = site.service_key(keyfile)
    key.public_keys = tuple(
        replace(pair, added_at=pair.added_at - 50 * 24 * 60 * 60)
        for pair in key.public_keys
    )
    site.plugin.max_key_lifetime = 60
    site.commit()
    html = owner.see(PAGE, id=keyfile["client_id"])
    values = html.xpath("//input[@name='expiry']/@value")
    assert values == ["keep", "7", "latest", "date"]


def test_the_key_pairs_in_use_are_shown(site: Any, owner: Any, keyfile: Any) -> None:
    html = owner.see(PAGE, id=keyfile["client_id"])
    (row,) = html.cssselect("#content-core tbody tr")
    text = " ".join(row.text_content().split())
    assert text.startswith(f"{keyfile['key_id'][:8]}… ES256 ")
    assert text.endswith("No end of its own Never")


def test_the_day_is_that_of_the_sites_time_zone(
    site: Any, owner: Any, keyfile: Any
) -> None:
    # In Tokyo the last day of the year is over.
    site.service_key(keyfile).expires_at = 3818444400.0
    api.portal.set_registry_record("plone.portal_timezone", "Asia/Tokyo")
    site.commit()
    html = owner.see(PAGE, id=keyfile["client_id"])
    assert "Keep: Jan 01, 2091" in html.text_content()


def test_an_error_changes_nothing_and_keeps_what_was_typed(
    site: Any, owner: Any, keyfile: Any, form: Any
) -> None:
    response = owner.submit(PAGE, {**form, "title": "After", "ip_ranges": "10.1.0.0/8"})
    assert "did you mean 10.0.0.0/8?" in response.text
    assert 'value="10.1.0.0/8"' in response.text
    assert 'value="After"' in response.text
    assert site.service_key(keyfile).title == "Before"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_revoked_key_cannot_be_changed(
    site: Any, owner: Any, keyfile: Any, form: Any, method: str
) -> None:
    site.context.storage["service_key"].mark_revoked(keyfile["client_id"], "x", 1.0)
    site.commit()
    if method == "GET":
        response = owner.get(PAGE, id=keyfile["client_id"])
    else:
        response = owner.submit(PAGE, {**form, "title": "After"})
    assert "has ended and can no longer be changed" in owner.message(response)
    assert site.service_key(keyfile).title == "Before"


def test_a_switch_stays_on_for_an_owner_who_is_no_longer_offered_it(
    site: Any, visitor: Any, new_key: Any
) -> None:
    manager = visitor("manager", "Manager")
    keyfile = new_key("manager", may_impersonate=True)
    api.user.revoke_roles(username="manager", roles=["Manager"])
    api.user.grant_roles(username="manager", roles=["Site Administrator"])
    site.commit()
    form = manager.form(PAGE, id=keyfile["client_id"])
    manager.submit(PAGE, {**form, "title": "After"})
    key = site.service_key(keyfile)
    assert (key.title, key.may_impersonate) == ("After", True)
    form.pop("may_impersonate")
    manager.submit(PAGE, form)
    assert site.service_key(keyfile).may_impersonate is False


def test_a_title_with_markup_is_escaped(site: Any, owner: Any, keyfile: Any) -> None:
    site.service_key(keyfile).title = '"><script>alert(1)</script>'
    site.commit()
    response = owner.get(PAGE, id=keyfile["client_id"])
    assert response.status_code == 200
    assert "<script>alert" not in response.text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"expires_at": 1000000000.0}, "It has expired: programs are locked out"),
        ({"disabled_at": 1000000000.0}, "locked out until it is enabled"),
    ],
)
def test_nothing_is_in_force_that_programs_cannot_use(
    site: Any, owner: Any, new_key: Any, changes: dict[str, float], message: str
) -> None:
    keyfile = new_key()
    key = site.service_key(keyfile)
    for name, value in changes.items():
        setattr(key, name, value)
    site.commit()
    page = "@@manage-service-keys-edit"
    form = owner.form(page, id=keyfile["client_id"])
    assert message in owner.message(owner.submit(page, {**form, "title": "New"}))
