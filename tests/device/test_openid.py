"""What a device learns about the person, where the site is an OpenID provider."""

from joserfc import jwt
from joserfc.jwk import KeySet
from pas.plugins.tokenauth.core import keys
from tests.device.conftest import Device
from tests.device.conftest import Person
from typing import Any

import pytest


def test_a_device_gets_an_id_token_without_a_nonce(
    site: Any,
    device: Device,
    person: Person,
    apps: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Conformance: DG-12."""
    monkeypatch.setattr(keys, "RSA_BITS", keys.MIN_RSA_BITS)
    site.sync()
    site.plugin.openid_enabled = True
    site.commit()
    apps.change(scopes=frozenset({"openid"}))
    codes = device.codes(scope="openid", nonce="n-1")
    person.allow(codes["user_code"], scope="openid")
    members = device.poll(codes["device_code"]).json()
    known = KeySet.import_key_set(site.get("/@@oauth2-jwks").json())
    claims = jwt.decode(members["id_token"], known).claims
    assert claims["aud"] == "app-1"
    assert "nonce" not in claims
