"""What the first version of the package has stored works today, upgraded or not.

The fixture is in `v1000`, with the script by which the code of that version made it.
"""

from io import BytesIO
from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.plugin.interfaces import PLUGIN_ID
from pas.plugins.tokenauth.usecases.authenticate import authenticate
from pas.plugins.tokenauth.usecases.documents import service_key_document
from pathlib import Path
from typing import Any

import gzip
import json
import pytest
import time


PROFILE = "pas.plugins.tokenauth:default"
HERE = Path(__file__).parent / "v1000"
SECRETS = json.loads((HERE / "secrets.json").read_text())
KEYS, TOKENS = SECRETS["keys"], SECRETS["tokens"]
#: What is left of the users of the old site.
USERS = {"owner": "Manager", "helper": "Site Administrator", "subject": "Editor"}
LIVE = {
    "plain": "owner",
    "modern": "helper",
    "acting": "owner",
    "strict": "owner",
    "ending": "owner",
}
ENDED = ("expired", "revoked", "orphaned")
INSIDE, OUTSIDE = "127.0.0.1", "192.0.2.7"


@pytest.fixture(params=[0, 1, 2])
def old_site(site: Any, request: pytest.FixtureRequest) -> Any:
    """A site with the old plugin, upgraded never, once and twice."""
    for user_id, role in USERS.items():
        site.add_user(user_id, role)
    exported = gzip.decompress((HERE / "plugin.zexp.gz").read_bytes())
    plugin = site.app._p_jar.importFile(BytesIO(exported))
    # In the place of the other one, and as active as that was.
    site.portal.acl_users._setOb(PLUGIN_ID, plugin)
    for _ in range(request.param):
        site.portal.portal_setup.setLastVersionForProfile(PROFILE, "1000")
        site.portal.portal_setup.upgradeProfile(PROFILE)
    site.commit()
    site.app._p_jar.cacheMinimize()
    return site


def grant(site: Any, name: str, jti: str | None = None) -> str:
    return site.grant(KEYS[name], jti=jti or f"{name}-{time.time()}")


@pytest.mark.parametrize("name", LIVE)
def test_a_key_obtains_tokens(old_site: Any, name: str) -> None:
    response = old_site.exchange(grant(old_site, name))
    assert response.status_code == 200, response.text
    token = response.json()["access_token"]
    assert old_site.api("GET", f"/@users/{LIVE[name]}", token).status_code == 200


@pytest.mark.parametrize("name", ["elsewhere", *ENDED])
def test_a_key_that_was_closed_is_closed(old_site: Any, name: str) -> None:
    response = old_site.exchange(grant(old_site, name))
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("name", "address", "subject"),
    [
        *((name, INSIDE, owner) for name, owner in LIVE.items()),
        ("elsewhere", OUTSIDE, "owner"),
        ("impersonating", INSIDE, "subject"),
    ],
)
def test_a_token_lives(old_site: Any, name: str, address: str, subject: str) -> None:
    access = authenticate(old_site.server, TOKENS[name], address, time.time())
    assert access.subject == subject
    assert access.scopes == {"plone.read", "plone.write"}
    assert access.may_manage_users == (name == "strict")


@pytest.mark.parametrize(
    ("name", "address", "reason"),
    [
        ("elsewhere", INSIDE, "client address is outside the IP ranges"),
        ("modern", OUTSIDE, "client address is outside the IP ranges"),
        ("revoked", INSIDE, "credential has ended"),
        ("orphaned", INSIDE, "credential has ended"),
    ],
)
def test_a_token_that_was_dead_is_dead(
    old_site: Any, name: str, address: str, reason: str
) -> None:
    with pytest.raises(AccessRefused, match=reason):
        authenticate(old_site.server, TOKENS[name], address, time.time())
    if address == INSIDE:
        assert old_site.api("GET", "", TOKENS[name]).status_code == 401


def test_tokens_work_over_http(old_site: Any) -> None:
    for name, subject in (("plain", "owner"), ("impersonating", "subject")):
        response = old_site.api("GET", f"/@users/{subject}", TOKENS[name])
        assert response.status_code == 200


def test_an_identifier_that_was_used_is_used(old_site: Any) -> None:
    """Also that of a key which was issued then."""
    for _ in range(2):
        response = old_site.exchange(grant(old_site, "strict", "used-before"))
        assert response.status_code == 400
        assert "jti" in response.json()["error_description"]


def test_a_key_that_requires_an_identifier_still_does(old_site: Any) -> None:
    response = old_site.exchange(old_site.grant(KEYS["strict"]))
    assert "jti" in response.json()["error_description"]


def test_every_entry_of_the_log_is_there(old_site: Any) -> None:
    log = old_site.server.storage.usage_log
    for name, keyfile in KEYS.items():
        entries = list(log.entries(keyfile["client_id"]))
        expected = {"acting": 2, "plain": 2}.get(name, 1)
        assert len(entries) == expected, name
        assert {entry.user_agent for entry in entries} == {"old-client/1.0"}


def test_a_revoked_key_tells_who_revoked_it(old_site: Any) -> None:
    client_id = KEYS["revoked"]["client_id"]
    key = old_site.server.storage.service_keys.get(client_id)
    document = service_key_document(old_site.server, key, time.time())
    assert document["revoked_by"] == "owner"
    assert document["state"] == "revoked"
    assert document["issued_by"] == "owner"


def test_nobody_inherits_the_keys_of_the_deleted_user(old_site: Any) -> None:
    old_site.add_user("gone", "Manager")
    with pytest.raises(AccessRefused, match="credential has ended"):
        authenticate(old_site.server, TOKENS["orphaned"], INSIDE, time.time())


def test_an_old_key_can_be_changed_rotated_and_revoked(old_site: Any) -> None:
    from pas.plugins.tokenauth.usecases.credentials import revoke_credentials
    from pas.plugins.tokenauth.usecases.issuing import rotate_service_key
    from pas.plugins.tokenauth.usecases.keymaterial import KeyMaterial

    server, owner = old_site.server, old_site.actor("owner")
    client_id = KEYS["plain"]["client_id"]
    issued = rotate_service_key(
        server, owner, client_id, time.time(), 600, KeyMaterial(algorithm="EdDSA")
    )
    old_site.commit()
    for keyfile in (KEYS["plain"], issued.keyfile):
        response = old_site.exchange(old_site.grant({**KEYS["plain"], **keyfile}))
        assert response.status_code == 200
    revoke_credentials(server, owner, [client_id], time.time())
    old_site.commit()
    assert old_site.api("GET", "", TOKENS["plain"]).status_code == 401


@pytest.mark.parametrize("old_site", [1, 2], indirect=True)
def test_nothing_is_left_to_upgrade(old_site: Any) -> None:
    assert old_site.portal.portal_setup.listUpgrades(PROFILE) == []
    assert not old_site.server.storage.needs_upgrade
    token = old_site.personal_token()
    assert old_site.api("GET", "/@users/owner", token).status_code == 200
