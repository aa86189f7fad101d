"""Rotating a key: another key pair for the same client id."""

from tests.credentials.pages.conftest import downloaded
from typing import Any

import lxml.html
import pytest
import time


PAGE = "@@manage-service-keys-rotate"
DAY = 24 * 60 * 60


@pytest.fixture
def keyfile(owner: Any, new_key: Any) -> dict[str, Any]:
    """The keyfile of the owner's key."""
    return new_key(title="Nightly import", expires_at=time.time() + 20 * DAY)


@pytest.fixture
def form(owner: Any, keyfile: Any) -> dict[str, Any]:
    """The form for that key, as it comes."""
    return owner.form(PAGE, id=keyfile["client_id"])


def test_the_form_proposes_what_the_key_has(form: Any) -> None:
    assert form["algorithm"] == "ES256"
    assert form["overlap"] == "7"
    assert form["expiry"] == "keep"
    assert form["key_source"] == "site"


def test_the_new_keyfile_obtains_a_token(
    site: Any, owner: Any, keyfile: Any, form: Any
) -> None:
    response = owner.submit(PAGE, form)
    fresh = downloaded(response)
    assert fresh["client_id"] == keyfile["client_id"]
    assert fresh["key_id"] != keyfile["key_id"]
    assert response.headers["Cache-Control"] == "no-store"
    assert site.get("", site.token(fresh)).status_code == 200


@pytest.mark.parametrize("overlap", ["1", "7", "30", ""])
def test_the_old_keyfile_goes_on_for_a_while(
    site: Any, owner: Any, keyfile: Any, form: Any, overlap: str
) -> None:
    owner.submit(PAGE, {**form, "overlap": overlap})
    key = site.service_key(keyfile)
    old, new = key.public_keys
    assert old.expires_at == new.added_at + int(overlap or 7) * DAY
    assert site.exchange(site.grant(keyfile)).status_code == 200


def test_the_old_keyfile_can_end_at_once(
    site: Any, owner: Any, keyfile: Any, form: Any
) -> None:
    owner.submit(PAGE, {**form, "overlap": "0"})
    assert len(site.service_key(keyfile).public_keys) == 1
    assert site.exchange(site.grant(keyfile)).status_code == 400


@pytest.mark.parametrize("overlap", ["2", "-1", "1e9", "soon"])
def test_another_overlap_is_refused(
    site: Any, owner: Any, keyfile: Any, form: Any, overlap: str, read: Any
) -> None:
    text = read(owner.submit(PAGE, {**form, "overlap": overlap}))
    assert "Please choose how long the program may keep using what it has." in text
    assert len(site.service_key(keyfile).public_keys) == 1


def test_the_key_can_get_another_expiry(
    site: Any, owner: Any, keyfile: Any, form: Any
) -> None:
    owner.submit(PAGE, {**form, "expiry": "365"})
    key = site.service_key(keyfile)
    assert key.expires_at == key.public_keys[-1].added_at + 365 * DAY


def test_the_expiry_stays_by_itself(
    site: Any, owner: Any, keyfile: Any, form: Any
) -> None:
    before = site.service_key(keyfile).expires_at
    owner.submit(PAGE, form)
    assert site.service_key(keyfile).expires_at == before


def test_a_key_that_has_expired_needs_another_expiry(
    site: Any, owner: Any, keyfile: Any
) -> None:
    site.service_key(keyfile).expires_at = 1000000000.0
    site.commit()
    form = owner.form(PAGE, id=keyfile["client_id"])
    assert form["expiry"] == "365"
    owner.submit(PAGE, form)
    assert site.service_key(keyfile).is_live(time.time())


def test_a_new_key_pair_obeys_the_policy(site: Any, owner: Any, keyfile: Any) -> None:
    site.plugin.max_key_lifetime = 10
    site.plugin.allowed_algorithms = ("EdDSA",)
    site.commit()
    form = owner.form(PAGE, id=keyfile["client_id"])
    assert (form["expiry"], form["algorithm"]) == ("latest", "EdDSA")
    assert downloaded(owner.submit(PAGE, form))["algorithm"] == "EdDSA"


def test_a_policy_about_another_page_is_explained(
    site: Any, owner: Any, keyfile: Any, form: Any, read: Any
) -> None:
    site.plugin.require_ip_ranges = True
    site.commit()
    assert "requires IP ranges for every key and token" in read(
        owner.submit(PAGE, form)
    )


def test_sending_the_form_again_changes_nothing(
    site: Any, owner: Any, keyfile: Any, form: Any
) -> None:
    fresh = downloaded(owner.submit(PAGE, {**form, "overlap": "0"}))
    again = owner.submit(PAGE, {**form, "overlap": "0"})
    assert "was rotated already" in owner.message(again)
    assert site.exchange(site.grant(fresh)).status_code == 200


def test_too_many_key_pairs_are_explained(
    site: Any, owner: Any, keyfile: Any, read: Any
) -> None:
    client_id = keyfile["client_id"]
    for _ in range(3):
        response = owner.submit(PAGE, owner.form(PAGE, id=client_id))
    assert "Too many earlier ones would still be in use" in read(response)
    assert len(site.service_key(keyfile).public_keys) == 3


def test_the_key_pairs_in_use_are_shown(
    site: Any, owner: Any, keyfile: Any, form: Any
) -> None:
    fresh = downloaded(owner.submit(PAGE, {**form, "algorithm": "EdDSA"}))
    html = owner.see(PAGE, id=keyfile["client_id"])
    first, second = (
        " ".join(row.text_content().split())
        for row in html.cssselect("#content-core tbody tr")
    )
    assert first.startswith(f"{keyfile['key_id'][:8]}… ES256 ")
    assert second.startswith(f"{fresh['key_id'][:8]}… EdDSA ")
    fingerprint = f"{fresh['key_id'][:8]}…"
    assert second.endswith(f" No end of its own Never End now {fingerprint}")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_revoked_key_cannot_be_rotated(
    site: Any, owner: Any, keyfile: Any, form: Any, method: str
) -> None:
    site.context.storage["service_key"].mark_revoked(keyfile["client_id"], "x", 1.0)
    site.commit()
    if method == "GET":
        response = owner.get(PAGE, id=keyfile["client_id"])
    else:
        response = owner.submit(PAGE, form)
    assert "has ended and can no longer be changed" in owner.message(response)
    assert len(site.service_key(keyfile).public_keys) == 1


def test_without_an_issuer_the_form_leads_to_the_list(
    site: Any, owner: Any, form: Any
) -> None:
    site.plugin.issuer = ""
    site.commit()
    response = owner.submit(PAGE, form)
    assert response.status_code == 302
    assert response.headers["Location"].endswith("/@@manage-service-keys")


def test_a_title_with_markup_is_escaped(owner: Any, new_key: Any) -> None:
    keyfile = new_key(title="<script>alert(1)</script>")
    response = owner.get(PAGE, id=keyfile["client_id"])
    assert "&lt;script&gt;alert(1)" in response.text
    assert "<script>alert" not in response.text


# -- personal access tokens ----------------------------------------------------

TOKEN_PAGE = "@@manage-personal-access-tokens-rotate"


def test_a_personal_access_token_is_rotated_and_shown_once(
    site: Any, owner: Any, new_token: Any
) -> None:
    issued = new_token(title="Backup")
    credential_id = issued.credential.credential_id
    form = owner.form(TOKEN_PAGE, id=credential_id)
    assert (form["overlap"], form["expiry"]) == ("7", "keep")
    page = owner.submit(TOKEN_PAGE, form)
    fresh = lxml.html.fromstring(page.text).get_element_by_id("personal-access-token")
    assert page.headers["Cache-Control"] == "no-store"
    for token in (fresh.value, issued.text):
        assert site.get("", token).status_code == 200
    again = owner.submit(TOKEN_PAGE, form)
    assert "was rotated already" in owner.message(again)


def test_the_old_token_can_end_at_once(site: Any, owner: Any, new_token: Any) -> None:
    issued = new_token(title="Backup")
    form = owner.form(TOKEN_PAGE, id=issued.credential.credential_id)
    owner.submit(TOKEN_PAGE, {**form, "overlap": "0"})
    assert site.get("", issued.text).status_code == 401
