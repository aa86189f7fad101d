"""What the metadata says about OpenID Connect."""

from pas.plugins.tokenauth.authorization_server.interfaces import IMetadataMembers
from typing import Any
from zope.component import getAdapter
from zope.interface.verify import verifyObject


def members(site: Any) -> dict[str, Any]:
    found = getAdapter(site.context, IMetadataMembers, "openid")
    assert verifyObject(IMetadataMembers, found)
    said: dict[str, Any] = found()
    return said


def test_each_endpoint_is_there(provider: Any) -> None:
    """Conformance: OD-02, OD-03, CS-39."""
    said = members(provider)
    assert provider.get(said["jwks_uri"]).status_code == 200
    assert provider.get(said["userinfo_endpoint"]).status_code == 401
    assert said["subject_types_supported"] == ["public"]
    assert said["id_token_signing_alg_values_supported"] == ["RS256"]
    assert said["claims_parameter_supported"] is True
    assert {"sub", "iss", "email", "groups", "name"} <= set(said["claims_supported"])


def test_a_site_where_openid_is_off_says_nothing(provider: Any) -> None:
    """Conformance: OD-03."""
    provider.plugin.openid_enabled = False
    assert members(provider) == {}
