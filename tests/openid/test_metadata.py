"""What the metadata says about OpenID Connect."""

from pas.plugins.tokenauth.authorization_server.interfaces import IMetadataMembers
from typing import Any
from zope.component import getAdapter
from zope.interface.verify import verifyObject


def members(site: Any) -> dict[str, Any]:
    found = getAdapter(site.context, IMetadataMembers, "openid")
    assert verifyObject(IMetadataMembers, found)
    return found()


def test_each_endpoint_is_there(provider: Any) -> None:
    """Conformance: OD-02, OD-03, CS-39."""
    said = members(provider)
    assert provider.get(said["jwks_uri"]).status_code == 200
    assert provider.get(said["userinfo_endpoint"]).status_code == 401
    assert provider.get(said["end_session_endpoint"]).status_code == 200
    assert said["subject_types_supported"] == ["public", "pairwise"]
    algorithms = ["RS256", "ES256", "EdDSA"]
    assert said["id_token_signing_alg_values_supported"] == algorithms
    assert said["claims_parameter_supported"] is True
    assert {"sub", "iss", "email", "groups", "name"} <= set(said["claims_supported"])


def test_no_header_changes_where_the_endpoints_are(provider: Any) -> None:
    """Conformance: OD-07."""
    path = "/.well-known/openid-configuration"
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    answer = provider.get(path, headers=forged)
    assert answer.json() == provider.get(path).json()


def test_a_site_where_openid_is_off_says_nothing(provider: Any) -> None:
    """Conformance: OD-03."""
    provider.plugin.openid_enabled = False
    assert members(provider) == {}


def test_a_log_out_is_told_by_both_channels(provider: Any) -> None:
    """Conformance: LO-14, LO-19, LO-20, CS-57, CS-67, CS-69, CS-71."""
    said = members(provider)
    for channel in ("backchannel", "frontchannel"):
        assert said[f"{channel}_logout_supported"] is True
        assert said[f"{channel}_logout_session_supported"] is True
    assert "check_session_iframe" not in said
