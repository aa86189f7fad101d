"""A site in a server process of its own, as the benchmarks and the demo run it."""

from collections.abc import Iterator
from contextlib import contextmanager
from instance import ROOT_USER
from instance import running_instance
from instance import SITE_ID
from pas.plugins.tokenauth.core.keys import ALGORITHMS
from pathlib import Path
from tests.surface.people import FEATURES
from tests.surface.people import sign_in
from tests.surface.world import basic
from tests.surface.world import form_fields
from tests.surface.world import oauth_values
from tests.surface.world import World
from typing import Any

import jwt
import requests
import time
import uuid


JSON = {"Accept": "application/json"}
MEMBER = ("member", "correct-horse-battery-1")
OWNER = ("owner", "correct-horse-battery-1")
SETTINGS = {
    "allowed_algorithms": list(ALGORITHMS),
    "access_token_lifetime": 3600,
    "grant_lifetime": 3600,
    "leeway": 60,
    "require_ip_ranges": False,
    "max_keys_per_user": 100,
    "max_personal_access_tokens_per_user": 100,
    "former_token_endpoints": "",
    **FEATURES,
}


class Process:
    """The memory of a process, as Linux counts it."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self._clear = Path(f"/proc/{pid}/clear_refs")

    def memory(self) -> int:
        """Bytes that it has now."""
        return self._bytes("VmRSS")

    def peak(self) -> int:
        """The most bytes that it had since somebody wanted to know."""
        return self._bytes("VmHWM")

    def forget_peak(self) -> None:
        """Count the most it has from here on."""
        self._clear.write_text("5")

    def _bytes(self, name: str) -> int:
        for line in self._status.read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
        raise KeyError(name)


@contextmanager
def attacked_site(name: str, fetch_hosts: str = "") -> Iterator[tuple[Any, Process]]:
    """A new site with the users of the attack, until the end of the block.

    :param fetch_hosts: hosts on this computer that it may ask
    """
    with running_instance(name, fetch_hosts=fetch_hosts) as instance:
        set_up_users(instance)
        yield instance, Process(instance.process.pid)


def set_up_users(instance: Any) -> None:
    """Add a member and a Manager."""
    for (user, password), roles in ((MEMBER, []), (OWNER, ["Manager"])):
        member = {
            "username": user,
            "password": password,
            "email": f"{user}@example.org",
            "roles": ["Member", *roles],
        }
        _api(instance, "POST", "/@users", ROOT_USER, member)


def issued_keyfile(instance: Any) -> dict[str, Any]:
    """The keyfile of a new key of the Manager."""
    issue = {"title": "A title", "algorithm": "ES256", "scopes": ["plone.write"]}
    issued = _api(instance, "POST", "/@service-keys", OWNER, issue)
    return issued["keyfile"]


def renew(instance: Any) -> World:
    """What can be sent to the site, after the settings are what they were."""
    settings = {**SETTINGS, "issuer": instance.url}
    _api(instance, "PATCH", "/@controlpanels/tokenauth", OWNER, settings)
    _make_room(instance)
    keyfile = issued_keyfile(instance)
    later = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 180 * 86400))
    options = {"title": "A title", "expires": later, "scopes": ["plone.write"]}
    personal = _api(instance, "POST", "/@personal-access-tokens", OWNER, options)
    token = _token(instance, keyfile)
    page = requests.get(
        f"{instance.url}/@@manage-service-keys-issue", auth=OWNER, timeout=60
    )
    world = World(
        host="localhost",
        port=instance.port,
        site_path=f"/{SITE_ID}",
        authorizations={
            "member": basic(*MEMBER),
            "owner": basic(*OWNER),
            "token": f"Bearer {token}",
            "personal token": f"Bearer {personal['token']}",
        },
        authenticator=form_fields(page.text)["_authenticator"],
        ids=(keyfile["client_id"], personal["@id"].rpartition("/")[2]),
        secrets=(
            token,
            personal["token"],
            keyfile["private_key"][30:90],
            OWNER[1],
        ),
        values=oauth_values(signed_grant(keyfile), token, personal["token"]),
    )
    sign_in(world, OWNER)
    return world


def signed_grant(keyfile: dict[str, Any]) -> str:
    """A signed grant."""
    now = int(time.time())
    claims = {
        "iss": keyfile["client_id"],
        "aud": keyfile["token_uri"],
        "iat": now,
        "exp": now + 300,
        "jti": uuid.uuid4().hex,
    }
    header = {"kid": keyfile["key_id"]}
    key, algorithm = keyfile["private_key"], keyfile["algorithm"]
    return jwt.encode(claims, key, algorithm=algorithm, headers=header)


def _token(instance: Any, keyfile: dict[str, Any]) -> str:
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": signed_grant(keyfile),
    }
    answer = requests.post(f"{instance.url}/@@oauth2-token", data=form, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def _make_room(instance: Any) -> None:
    """Revoke what the attack has issued: there is a limit."""
    for endpoint in ("/@service-keys", "/@personal-access-tokens"):
        found = _api(instance, "GET", f"{endpoint}?b_size=200", OWNER)
        for each in found["items"]:
            if not each.get("revoked"):
                path = each["@id"].removeprefix(instance.url)
                _api(instance, "DELETE", path, OWNER)


def _api(
    instance: Any, method: str, path: str, auth: tuple[str, str], json: Any = None
) -> Any:
    url = f"{instance.url}{path}"
    answer = requests.request(
        method, url, auth=auth, headers=JSON, json=json, timeout=60
    )
    assert answer.status_code < 300, (method, path, answer.status_code, answer.text)
    return answer.json() if answer.content else {}
