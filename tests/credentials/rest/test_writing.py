"""POST, PUT, PATCH and DELETE: what they do to a key."""

from base64 import b64encode
from pas.plugins.tokenauth.site.errors import InvalidInput
from typing import Any

import json
import pytest
import time


PEM = """\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
-----END PUBLIC KEY-----
"""
#: RFC 8037, appendix A: the same key, and its private half.
JWK = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
KID = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
PRIVATE_JWK = {**JWK, "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}
OTHER_PEM = """\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=
-----END PUBLIC KEY-----
"""


# -- POST --------------------------------------------------------------------


def test_a_key_is_issued_and_works(owner: Any, site: Any) -> None:
    response = owner.post(title="Nightly", algorithm="ES256")
    assert response.status_code == 201
    document = response.json()
    client_id = document["client_id"]
    url = f"{site.url}/@service-keys/{client_id}"
    assert document["@id"] == response.headers["Location"] == url
    assert document["keyfile"]["client_id"] == client_id
    assert "google_keyfile" not in document
    assert site.token(document["keyfile"]).startswith("pta_")


def test_a_key_for_google_auth_comes_with_a_keyfile_for_it(owner: Any) -> None:
    document = owner.post(title="Google").json()
    assert document["keyfile"]["algorithm"] == "RS256"
    google = document["google_keyfile"]
    assert google["private_key"] == document["keyfile"]["private_key"]
    assert google["client_email"] == document["client_id"]


def test_the_keyfile_is_shown_once(owner: Any) -> None:
    document = owner.post(title="Nightly", algorithm="ES256", expires=None).json()
    again = owner.session.get(document["@id"]).json()
    del document["keyfile"]
    assert again == document


def test_every_option_can_be_set_when_a_key_is_issued(manager: Any) -> None:
    manager.site.add_user("bot", "Manager")
    response = manager.post(
        title="All",
        ip_ranges=["192.0.2.0/24"],
        expires="2100-01-01T01:00:00.25+01:00",
        may_impersonate=True,
        require_jti=True,
        scopes=["plone.write", "plone.read"],
        algorithm="EdDSA",
        owner="bot",
        name="all",
    )
    document = response.json()
    expected = {
        "title": "All",
        "ip_ranges": ["192.0.2.0/24"],
        "expires": "2100-01-01T00:00:00+00:00",
        "may_impersonate": True,
        "require_jti": True,
        "scopes": ["plone.read", "plone.write"],
        "owner": "bot",
        "issued_by": "manager",
        "name": "all",
    }
    assert {name: document[name] for name in expected} == expected
    assert document["public_keys"][0]["algorithm"] == "EdDSA"


@pytest.mark.parametrize("public_key", [PEM, JWK, json.dumps(JWK)])
def test_a_client_can_keep_its_private_key(owner: Any, public_key: Any) -> None:
    document = owner.post(title="CI", public_key=public_key).json()
    assert document["public_keys"][0]["kid"] == KID
    assert document["keyfile"]["key_id"] == KID
    assert "private_key" not in document["keyfile"]
    assert "google_keyfile" not in document


@pytest.mark.parametrize("public_key", [PRIVATE_JWK, json.dumps(PRIVATE_JWK)])
def test_a_private_key_is_refused_and_not_echoed(
    owner: Any, snapshot: Any, public_key: Any
) -> None:
    response = owner.post(title="CI", public_key=public_key)
    assert response.status_code == 400
    assert response.json()["type"] == "PrivateKeyGiven"
    assert response.json()["field"] == "public_key"
    assert PRIVATE_JWK["d"] not in response.text
    assert snapshot() == []


@pytest.mark.parametrize("public_key", ["", " \n"])
def test_an_empty_public_key_does_not_become_one_of_ours(
    owner: Any, snapshot: Any, public_key: str
) -> None:
    response = owner.post(title="CI", public_key=public_key)
    assert response.status_code == 400
    assert response.json()["field"] == "public_key"
    assert snapshot() == []


def test_too_many_keys_are_refused(owner: Any, site: Any, new_key: Any) -> None:
    site.plugin.max_keys_per_user = 1
    new_key()
    response = owner.post(title="One more", algorithm="ES256")
    assert response.status_code == 403
    assert response.json()["type"] == "TooManyCredentials"
    assert "at most 1" in response.json()["message"]


def test_policies_are_enforced_and_named(owner: Any, site: Any) -> None:
    site.plugin.require_ip_ranges = True
    site.commit()
    response = owner.post(title="Anywhere", algorithm="ES256")
    assert response.status_code == 400
    assert response.json()["type"] == "PolicyViolation"
    assert response.json()["field"] == "ip_ranges"


def test_without_an_issuer_no_key_is_issued(owner: Any, site: Any) -> None:
    site.plugin.issuer = ""
    site.commit()
    response = owner.post(title="Too early")
    assert response.status_code == 403
    assert response.json()["type"] == "NoIssuer"


# -- PUT ---------------------------------------------------------------------


def test_put_issues_once(owner: Any, site: Any, snapshot: Any) -> None:
    first = owner.put("/owner/nightly", title="Nightly", algorithm="ES256")
    assert first.status_code == 201
    assert first.json()["changed"] is True
    assert first.headers["Location"] == first.json()["@id"]
    assert site.token(first.json()["keyfile"]).startswith("pta_")
    before = snapshot()

    second = owner.put("/owner/nightly", title="Nightly", algorithm="ES256")
    assert second.status_code == 200
    assert second.json()["changed"] is False
    assert second.json()["client_id"] == first.json()["client_id"]
    assert "PRIVATE" not in second.text
    assert "keyfile" not in second.json()
    assert snapshot() == before


def test_put_is_complete(owner: Any, new_key: Any, stored: Any) -> None:
    client_id = new_key(
        name="nightly",
        ip_ranges="192.0.2.1",
        expires_at=4e9,
        scopes=("plone.read",),
        require_jti=True,
    )
    response = owner.put("/owner/nightly", title="Renamed")
    assert response.json()["changed"] is True
    key = stored(client_id)
    assert key.title == "Renamed"
    assert key.ip_ranges == ""
    assert key.expires_at == key.secret_made_at + 365 * 24 * 60 * 60
    assert key.scopes == ("plone.read",)
    assert key.require_jti is False


def test_put_replaces_an_uploaded_key(owner: Any, stored: Any) -> None:
    first = owner.put("/owner/ci", title="CI", public_key=PEM).json()
    assert owner.put("/owner/ci", title="CI", public_key=JWK).json()["changed"] is False
    second = owner.put("/owner/ci", title="CI", public_key=OTHER_PEM)
    assert second.status_code == 200
    assert second.json()["changed"] is True
    assert "keyfile" not in second.json()
    live = stored(first["client_id"]).live_public_keys(time.time())
    assert [key.kid for key in live] != [KID]
    assert len(live) == 1


def test_put_after_a_revocation_issues_another_key(owner: Any) -> None:
    first = owner.put("/owner/nightly", title="Nightly", algorithm="ES256").json()
    owner.delete(f"/{first['client_id']}")
    second = owner.put("/owner/nightly", title="Nightly", algorithm="ES256")
    assert second.status_code == 201
    assert second.json()["client_id"] != first["client_id"]


@pytest.mark.parametrize("name", ["No", "-no", "n%20o", "n" * 65, "%C3%B1"])
def test_put_refuses_names_that_are_none(owner: Any, snapshot: Any, name: str) -> None:
    response = owner.put(f"/owner/{name}", title="Title")
    assert response.status_code == 400
    assert response.json()["field"] == "name"
    assert snapshot() == []


def test_put_works_for_user_ids_that_need_quoting(client: Any) -> None:
    somebody = client("José+bot@example.org", "Contributor")
    path = "/Jos%C3%A9%2Bbot%40example.org/nightly"
    somebody.session.auth = None
    somebody.session.headers["Authorization"] = basic("José+bot@example.org")
    response = somebody.put(path, title="Nightly", algorithm="ES256")
    assert response.status_code == 201, response.text
    assert response.json()["owner"] == "José+bot@example.org"


def basic(user_id: str) -> str:
    pair = f"{user_id}:correct-horse-battery-1"
    return "Basic " + b64encode(pair.encode()).decode()


# -- PATCH -------------------------------------------------------------------


def test_patch_changes_the_named_members_alone(
    owner: Any, new_key: Any, stored: Any
) -> None:
    client_id = new_key(title="Before", ip_ranges="192.0.2.1")
    response = owner.patch(f"/{client_id}", title="After", expires="2099-12-31")
    assert response.status_code == 204
    assert response.content == b""
    key = stored(client_id)
    assert (key.title, key.ip_ranges) == ("After", "192.0.2.1")
    document = owner.get(f"/{client_id}").json()
    assert document["expires"] == "2099-12-31T23:59:59+00:00"
    assert owner.patch(f"/{client_id}", expires=None).status_code == 204
    assert stored(client_id).expires_at is None


def test_patch_shows_the_key_on_request(owner: Any, new_key: Any) -> None:
    client_id = new_key()
    response = owner.request(
        "PATCH",
        f"/{client_id}",
        json={"title": "After"},
        headers={"Prefer": "return=representation"},
    )
    assert response.status_code == 200
    assert response.json() == owner.get(f"/{client_id}").json()
    assert response.json()["title"] == "After"


def test_patch_changes_all_or_nothing(owner: Any, new_key: Any, snapshot: Any) -> None:
    client_id = new_key()
    before = snapshot()
    response = owner.patch(f"/{client_id}", title="After", ip_ranges=["nowhere"])
    assert response.status_code == 400
    assert response.json()["field"] == "ip_ranges"
    assert snapshot() == before


def test_scopes_are_changed_and_in_force_at_once(owner: Any, site: Any) -> None:
    site.add_user("editor", "Manager")
    keyfile = site.issue("editor", algorithm="ES256")
    token = site.token(keyfile)
    editor = type(owner)(site, ("editor", owner.session.auth[1]))
    response = editor.request(
        "PATCH",
        f"/{keyfile['client_id']}",
        json={"scopes": ["plone.read"]},
        headers={"Prefer": "return=representation"},
    )
    assert response.json()["scopes"] == ["plone.read"]
    content = {"@type": "Document", "title": "A page"}
    assert site.api("GET", "/@types", token).status_code == 200
    assert site.api("POST", "", token, json=content).status_code == 403


def test_an_administrator_tightens_only(
    owner: Any, administrator: Any, new_key: Any, stored: Any
) -> None:
    client_id = new_key(ip_ranges="192.0.2.0/24")
    looser = administrator.patch(f"/{client_id}", ip_ranges=["192.0.0.0/16"])
    assert looser.status_code == 400
    assert looser.json()["field"] == "ip_ranges"
    tighter = administrator.patch(f"/{client_id}", ip_ranges=["192.0.2.7"])
    assert tighter.status_code == 204
    assert stored(client_id).ip_ranges == "192.0.2.7"


def test_a_key_that_has_ended_cannot_be_changed(owner: Any, new_key: Any) -> None:
    client_id = new_key()
    assert owner.delete(f"/{client_id}").status_code == 204
    for response in (
        owner.patch(f"/{client_id}", title="After"),
        owner.post(f"/{client_id}/rotate", overlap=0),
    ):
        assert response.status_code == 403
        assert response.json()["type"] == "AlreadyEnded"


# -- DELETE ------------------------------------------------------------------


def test_delete_revokes_and_kills_tokens(owner: Any, site: Any) -> None:
    keyfile = site.issue(algorithm="ES256")
    token = site.token(keyfile)
    response = owner.delete(f"/{keyfile['client_id']}")
    assert response.status_code == 204
    assert response.content == b""
    assert site.api("GET", "/@types", token).status_code == 401
    assert owner.delete(f"/{keyfile['client_id']}").status_code == 204


def test_the_requester_of_a_revocation_is_noted(
    owner: Any, administrator: Any, new_key: Any, stored: Any
) -> None:
    client_id = new_key()
    administrator.delete(f"/{client_id}")
    assert stored(client_id).revoked_by == "administrator"


# -- rotation ----------------------------------------------------------------


def test_a_rotated_key_works_with_both_pairs(owner: Any, site: Any) -> None:
    old = site.issue(algorithm="ES256")
    response = owner.post(
        f"/{old['client_id']}/rotate", overlap=3600, algorithm="ES256"
    )
    assert response.status_code == 200
    new = response.json()["keyfile"]
    assert new["client_id"] == old["client_id"]
    assert new["key_id"] != old["key_id"]
    assert site.token(old).startswith("pta_")
    assert site.token(new).startswith("pta_")
    ends = [key["expires"] for key in response.json()["public_keys"]]
    assert ends[0] is not None and ends[1] is None


def test_without_overlap_the_old_pair_ends_at_once(owner: Any, site: Any) -> None:
    old = site.issue(algorithm="ES256")
    response = owner.post(
        f"/{old['client_id']}/rotate", overlap=0, public_key=PEM, expires="2099-12-31"
    )
    assert site.exchange(site.grant(old)).status_code == 400
    document = response.json()
    assert [key["kid"] for key in document["public_keys"]] == [KID]
    assert document["expires"] == "2099-12-31T23:59:59+00:00"
    assert "private_key" not in document["keyfile"]


def test_rotation_leaves_the_expiry_alone_unless_told(
    owner: Any, new_key: Any, stored: Any
) -> None:
    client_id = new_key(expires_at=4e9)
    owner.post(f"/{client_id}/rotate", overlap=0, algorithm="ES256")
    assert stored(client_id).expires_at == 4e9
    owner.post(f"/{client_id}/rotate", overlap=0, algorithm="ES256", expires=None)
    assert stored(client_id).expires_at is None


@pytest.mark.parametrize("overlap", [None, "3600", True, -1, 1e12, 10**400, [3600]])
def test_an_overlap_is_a_sensible_number_of_seconds(
    owner: Any, new_key: Any, snapshot: Any, overlap: Any
) -> None:
    client_id = new_key()
    before = snapshot()
    response = owner.post(f"/{client_id}/rotate", overlap=overlap, algorithm="ES256")
    assert response.status_code == 400
    assert response.json()["field"] == "overlap"
    assert snapshot() == before


def test_an_overlap_that_is_left_out_is_seven_days(
    owner: Any, new_key: Any, stored: Any
) -> None:
    client_id = new_key()
    assert owner.post(f"/{client_id}/rotate", algorithm="ES256").status_code == 200
    old, new = stored(client_id).public_keys
    assert old.expires_at == new.added_at + 7 * 24 * 60 * 60


def test_a_personal_access_token_is_rotated(owner: Any, site: Any) -> None:
    issued = site.issue_personal_access_token()
    path = f"/{issued.credential.credential_id}/rotate"
    document = owner.tokens.post(path, overlap=0).json()
    assert site.get("", document["token"]).status_code == 200
    assert site.get("", issued.text).status_code == 401
    response = owner.tokens.post(path, algorithm="ES256")
    assert response.json()["field"] == "algorithm"


# -- all of them -------------------------------------------------------------


def test_changes_made_before_a_refusal_are_not_stored(
    owner: Any, new_key: Any, snapshot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client_id = new_key()
    before = snapshot()

    def fail_half_way(site: Any, requester: Any, credential: Any, *others: Any) -> None:
        credential.title = "Half done"
        raise InvalidInput("ip_ranges", "No.")

    name = "pas.plugins.tokenauth.credentials.rest.verbs.change_credential"
    monkeypatch.setattr(name, fail_half_way)
    response = owner.patch(f"/{client_id}", title="After")
    assert response.status_code == 400
    document = response.json()
    (problem,) = document.pop("errors")
    assert document == {
        "type": "InvalidInput",
        "field": "ip_ranges",
        "message": "No.",
    }
    assert (problem["field"], problem["message"]) == ("ip_ranges", "No.")
    assert snapshot() == before


def test_messages_are_in_the_language_of_the_request(owner: Any, site: Any) -> None:
    site.portal.portal_registry["plone.available_languages"] = ["en", "de"]
    site.portal.portal_registry["plone.use_request_negotiation"] = True
    site.commit()
    owner.session.headers["Accept-Language"] = "de"
    response = owner.post(title="A", expires="1999-12-31")
    expected = "Das Ablaufdatum muss in der Zukunft liegen."
    assert response.json()["message"] == expected


def test_a_key_is_disabled_and_enabled(owner: Any, site: Any) -> None:
    keyfile = site.issue()
    token, path = site.token(keyfile), f"/{keyfile['client_id']}"
    document = owner.post(f"{path}/disable").json()
    assert (document["state"], document["disabled_by"]) == ("disabled", "owner")
    assert document["disabled"] is not None
    assert site.get("", token).status_code == 401
    document = owner.post(f"{path}/enable").json()
    assert (document["state"], document["disabled"]) == ("active", None)
    assert site.get("", token).status_code == 200


def test_what_an_administrator_disabled_the_owner_cannot_enable(
    owner: Any, administrator: Any, new_key: Any
) -> None:
    path = f"/{new_key()}"
    assert administrator.post(f"{path}/disable").status_code == 200
    answer = owner.post(f"{path}/enable")
    assert answer.status_code == 403
    assert "administrator" in answer.json()["message"]


def test_a_manager_transfers_a_key(
    manager: Any, other: Any, owner: Any, new_key: Any, site: Any
) -> None:
    client_id = new_key()
    path = f"/{client_id}/transfer"
    for members, message in (
        ({}, "must be a string"),
        ({"owner": ["other"]}, "must be a string"),
        ({"owner": "nobody"}, "no such user"),
    ):
        response = manager.post(path, **members)
        assert response.status_code == 400
        assert response.json()["field"] == "owner"
        assert message in response.json()["message"]
    assert owner.post(path, owner="other").status_code == 403
    assert manager.post(path, owner="other").json()["owner"] == "other"
    (item,) = other.get().json()["items"]
    assert item["client_id"] == client_id
    assert owner.get().json()["items"] == []
