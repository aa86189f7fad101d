"""What the metadata advertises works, and what it does not advertise is refused."""

from jwt.algorithms import OKPAlgorithm
from pas.plugins.tokenauth.core.keys import ALIASES
from tests.authorization_server.endpoints.conftest import authenticated
from tests.authorization_server.endpoints.conftest import client_assertion
from tests.authorization_server.endpoints.conftest import GRANT_TYPE
from typing import Any

import json
import jwt
import pytest
import requests


ENDPOINTS = ("token", "revocation", "introspection")
OTHER_GRANT_TYPES = (
    "implicit",
    "password",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
)
SECRETS = {
    "client_secret_basic": {"auth": ("svc", "secret")},
    "client_secret_post": {"data": {"client_id": "svc", "client_secret": "secret"}},
}


_signer = jwt.PyJWS()
if "Ed25519" not in _signer.get_algorithms():
    _signer.register_algorithm("Ed25519", OKPAlgorithm())


@pytest.fixture
def document(site: Any) -> dict[str, Any]:
    return site.get("/.well-known/oauth-authorization-server").json()


class Client:
    """A client that knows nothing but the document and its key."""

    def __init__(
        self, site: Any, document: dict[str, Any], algorithm: str, **options: Any
    ) -> None:
        self._site = site
        self._document = document
        self._algorithm = algorithm
        self.keyfile = site.issue(
            algorithm=ALIASES.get(algorithm, algorithm), **options
        )

    def post(
        self, endpoint: str, assertion: str = "", **parameters: str
    ) -> requests.Response:
        """A request to an endpoint, authenticated by private_key_jwt."""
        return requests.post(
            self._document[f"{endpoint}_endpoint"],
            authenticated(assertion or self._assertion(), **parameters),
            timeout=30,
        )

    def _assertion(self) -> str:
        assertion = client_assertion(self._site, self.keyfile)
        claims = jwt.decode(assertion, options={"verify_signature": False})
        return _signer.encode(
            json.dumps(claims).encode(), self.keyfile["private_key"], self._algorithm
        )

    def obtain_token(self, **parameters: str) -> requests.Response:
        return self.post("token", grant_type="client_credentials", **parameters)


def advertised(document: dict[str, Any], name: str) -> list[Any]:
    """The values of a member at each endpoint."""
    return [document[f"{endpoint}_endpoint_auth_{name}"] for endpoint in ENDPOINTS]


def test_every_endpoint_takes_every_algorithm(
    site: Any, document: dict[str, Any]
) -> None:
    """AS-07, AS-10, AS-19, CA-11."""
    algorithms, *others = advertised(document, "signing_alg_values_supported")
    assert others == [algorithms, algorithms]
    for methods in advertised(document, "methods_supported"):
        assert "private_key_jwt" in methods
    for algorithm in algorithms:
        site.sync()
        client = Client(site, document, algorithm)
        token = client.obtain_token().json()["access_token"]
        assert client.post("introspection", token=token).json()["active"] is True
        assert client.post("revocation", token=token).status_code == 200
        assert client.post("introspection", token=token).json() == {"active": False}


@pytest.mark.parametrize(
    ("algorithm", "other_key"),
    [
        ("none", {"private_key": None}),
        ("HS256", {"private_key": "secret" * 8}),
        ("RS512", {}),
        ("PS384", {}),
    ],
)
def test_no_endpoint_takes_another_algorithm(
    site: Any, document: dict[str, Any], algorithm: str, other_key: dict[str, Any]
) -> None:
    """AS-10, AS-19, CA-12."""
    client = Client(site, document, "RS256")
    forged = {**client.keyfile, **other_key, "algorithm": algorithm}
    for endpoint, algorithms in zip(
        ENDPOINTS, advertised(document, "signing_alg_values_supported"), strict=True
    ):
        assert algorithm not in algorithms
        assertion = client_assertion(site, forged)
        more = {"grant_type": "client_credentials", "token": "x"}
        answer = client.post(endpoint, assertion, **more)
        assert answer.json()["error"] == "invalid_client"


@pytest.mark.parametrize("method", SECRETS)
def test_no_endpoint_takes_the_secret_of_nobody(
    document: dict[str, Any], method: str
) -> None:
    """AS-09, AS-19, CA-11: that of an application, each of them takes."""
    for endpoint, methods in zip(
        ENDPOINTS, advertised(document, "methods_supported"), strict=True
    ):
        assert method in methods
        data = {"grant_type": "client_credentials", "token": "x"}
        answer = requests.post(
            document[f"{endpoint}_endpoint"],
            data={**data, **SECRETS[method].get("data", {})},
            auth=SECRETS[method].get("auth"),
            timeout=30,
        )
        assert answer.json()["error"] == "invalid_client"


def test_every_grant_type_gives_a_token(site: Any, document: dict[str, Any]) -> None:
    """AS-08, AS-19: that of the assertion needs no client authentication."""
    client = Client(site, document, "ES256")
    grant = {"grant_type": GRANT_TYPE, "assertion": site.grant(client.keyfile)}
    url = document["token_endpoint"]
    answers = {
        GRANT_TYPE: requests.post(url, grant, timeout=30),
        "client_credentials": client.obtain_token(),
    }
    assert set(answers) == set(document["grant_types_supported"])
    assert "none" in document["token_endpoint_auth_methods_supported"]
    assert [answer.status_code for answer in answers.values()] == [200, 200]


@pytest.mark.parametrize("grant_type", OTHER_GRANT_TYPES)
def test_no_other_grant_type_does(
    site: Any, document: dict[str, Any], grant_type: str
) -> None:
    """AS-08, AS-19, TE-16: nobody knows it, or it is for applications only."""
    assert grant_type not in document["grant_types_supported"]
    answer = Client(site, document, "ES256").post("token", grant_type=grant_type)
    assert answer.json()["error"] in {"unsupported_grant_type", "unauthorized_client"}


def test_a_code_of_a_site_without_a_sealing_key_gives_no_token(
    site: Any, document: dict[str, Any]
) -> None:
    """AS-08, AS-19: the grant type is known, and for applications only."""
    assert "authorization_code" not in document["grant_types_supported"]
    client = Client(site, document, "ES256")
    answer = client.post("token", grant_type="authorization_code", code="x")
    assert answer.json()["error"] == "unauthorized_client"


def test_every_scope_is_granted_and_no_other(
    site: Any, document: dict[str, Any]
) -> None:
    """AS-19, TE-07."""
    client = Client(site, document, "ES256", scopes=("plone.admin", "plone.links"))
    # That is for applications, which stay signed in by it.
    for scope in set(document["scopes_supported"]) - {"offline_access"}:
        answer = client.obtain_token(scope=scope)
        assert scope in answer.json()["scope"].split(" ")
    answer = client.obtain_token(scope="openid")
    assert answer.json()["error"] == "invalid_scope"


def test_every_resource_accepts_a_token(site: Any, document: dict[str, Any]) -> None:
    """AS-15, AS-19."""
    token = Client(site, document, "ES256").obtain_token().json()["access_token"]
    headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
    site.portal.manage_permission("View", ["Manager", "Member"])
    site.commit()
    for url in document["protected_resources"]:
        assert requests.get(url, headers=headers, timeout=30).status_code == 200
