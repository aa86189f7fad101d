"""Copies of a site: snapshots of its configuration, and exports."""

from io import BytesIO
from pas.plugins.tokenauth.authorization_server.grants.jwt_bearer import JWTBearerGrant
from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.site.lookup import plugin_of
from pas.plugins.tokenauth.site.lookup import site_of
from pas.plugins.tokenauth.tokens.checks import authenticate
from pas.plugins.tokenauth.usage.client import ClientInfo
from typing import Any

import pytest
import tarfile
import time


CLIENT = ClientInfo(address="127.0.0.1", user_agent="a program")


class Secrets:
    """What there is when a copy is made."""

    def __init__(self, site: Any) -> None:
        self.keyfile = site.issue()
        self.token = site.token(self.keyfile)
        self.personal = site.personal_access_token()
        site.sync()

    @property
    def tokens(self) -> tuple[str, str]:
        return self.token, self.personal


@pytest.fixture
def secrets(site: Any) -> Secrets:
    return Secrets(site)


def lives(server: Any, token: str) -> bool:
    try:
        return bool(authenticate(server, token, CLIENT.address, time.time()))
    except AccessRefused:
        return False


def is_accepted(server: Any, assertion: str) -> bool:
    try:
        JWTBearerGrant(server)({"assertion": assertion}, CLIENT, time.time())
    except InvalidGrant:
        return False
    return True


# -- portal_setup ------------------------------------------------------------------


def test_a_snapshot_of_the_configuration_holds_no_credential(
    site: Any, secrets: Secrets
) -> None:
    result = site.portal.portal_setup.runAllExportSteps()
    with tarfile.open(fileobj=BytesIO(result["tarball"])) as archive:
        contents = [
            file.read()
            for member in archive.getmembers()
            if (file := archive.extractfile(member)) is not None
        ]
    everything = b"".join(contents)
    assert b"pas.plugins.tokenauth" in everything
    for secret in (
        *secrets.tokens,
        secrets.keyfile["client_id"],
        secrets.keyfile["key_id"],
    ):
        assert secret.encode() not in everything


# -- ZEXP --------------------------------------------------------------------------


@pytest.fixture
def copy(site: Any, secrets: Secrets) -> Any:
    """The site, exported and imported beside itself, as the ZMI does."""
    exported = BytesIO()
    site.portal._p_jar.exportFile(site.portal._p_oid, exported)
    exported.seek(0)
    imported = site.app._p_jar.importFile(exported)
    imported.id = "copy"
    site.app._setObject("copy", imported, suppress_events=True)
    site.commit()
    return site.app["copy"]


def test_a_copy_has_the_keys_the_tokens_and_the_log(
    site: Any, secrets: Secrets, copy: Any
) -> None:
    """As documented: it is the same until it gets an issuer of its own."""
    server = site_of(plugin_of(copy))
    for token in secrets.tokens:
        assert lives(server, token)
    client_id = secrets.keyfile["client_id"]
    original = site.context.storage["usage_log"].entries(client_id)
    assert list(server.storage["usage_log"].entries(client_id)) == list(original)
    assert server.issuer == site.context.issuer
    assert is_accepted(server, site.grant(secrets.keyfile))


def test_a_copy_with_an_issuer_of_its_own_refuses_grants_of_the_original(
    site: Any, secrets: Secrets, copy: Any
) -> None:
    plugin_of(copy).issuer = "https://staging.example.org"
    assert not is_accepted(site_of(plugin_of(copy)), site.grant(secrets.keyfile))
    assert is_accepted(site.context, site.grant(secrets.keyfile))


def test_a_copy_goes_its_own_way(site: Any, secrets: Secrets, copy: Any) -> None:
    """What is revoked here lives there, and the other way round."""
    client_id = secrets.keyfile["client_id"]
    site.context.storage["service_key"].mark_revoked(client_id, "owner", time.time())
    assert not lives(site.context, secrets.token)
    server = site_of(plugin_of(copy))
    assert lives(server, secrets.token)
    assertion = site.grant(secrets.keyfile, jti="idempotency_key")
    assert is_accepted(server, assertion)
    assert not is_accepted(server, assertion)


def test_an_export_holds_no_usable_credential(site: Any, secrets: Secrets) -> None:
    exported = BytesIO()
    site.portal._p_jar.exportFile(site.portal._p_oid, exported)
    pickles = exported.getvalue()
    assert secrets.keyfile["client_id"].encode() in pickles
    assert b"PRIVATE KEY" not in pickles
    for token in secrets.tokens:
        assert token.encode() not in pickles
