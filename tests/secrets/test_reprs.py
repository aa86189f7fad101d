"""No object of ours shows a secret that it holds."""

from collections.abc import Callable
from collections.abc import Iterator
from importlib import import_module
from pas.plugins.tokenauth import client
from pas.plugins.tokenauth.applications.kind import IssuedApplication
from pas.plugins.tokenauth.authorization_server.clients import ClientCredentials
from pas.plugins.tokenauth.authorization_server.endpoints.parameters import (
    form_parameters,
)
from pas.plugins.tokenauth.cas.kind import IssuedCASService
from pas.plugins.tokenauth.cli.outcomes import Answer
from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.core.jws import parse
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.core.secret import Secret
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.credentials.kind import Issued
from pas.plugins.tokenauth.delegation.interfaces import RedeemedGrant
from pas.plugins.tokenauth.partners.kind import IssuedPartner
from pas.plugins.tokenauth.personaltokens.kind import IssuedPersonalAccessToken
from pas.plugins.tokenauth.servicekeys.keyfile import google_keyfile
from pas.plugins.tokenauth.servicekeys.keyfile import keyfile
from pas.plugins.tokenauth.servicekeys.kind import IssuedServiceKey
from pas.plugins.tokenauth.servicekeys.service import EnsuredServiceKey
from pas.plugins.tokenauth.signedlinks.kind import IssuedSignedLink
from pas.plugins.tokenauth.simplesso.kind import IssuedConsumer
from pas.plugins.tokenauth.site.fields import Given
from pas.plugins.tokenauth.tokens.issue import TokenResponse
from pas.plugins.tokenauth.web.isolation import OAuth2Request
from pas.plugins.tokenauth.web.presented import PresentedToken
from persistent import Persistent
from tests.secrets.needles import Needles
from typing import Any
from urllib.parse import urlencode

import inspect
import io
import jwt
import pas.plugins.tokenauth
import pkgutil
import pytest


TOKEN = make_token("pta_", bytes(range(100, 132)))
KEY_PAIR = generate_key_pair("ES256", 0.0)
KEYFILE = keyfile(KEY_PAIR, "svc-x", "owner", "https://example.org/@@oauth2-token")
GOOGLE = google_keyfile(KEY_PAIR, "svc-x", "https://example.org/@@oauth2-token")
ASSERTION = jwt.encode({"iss": "svc-x"}, KEY_PAIR.private_pem, "ES256")
NOTHING: Any = None
ISSUED = IssuedServiceKey(
    credential=NOTHING,
    members={"keyfile": KEYFILE, "google_keyfile": GOOGLE},
    text=str(dict(KEYFILE)),
)
FORM = dict.fromkeys(("assertion", "client_assertion", "code"), ASSERTION)

#: Whatever holds a secret, with one.
HOLDERS: dict[str, Callable[[], Any]] = {
    "KeyPair": lambda: KEY_PAIR,
    "keyfile": lambda: KEYFILE,
    "google_keyfile": lambda: GOOGLE,
    "IssuedCASService": lambda: IssuedCASService(
        credential=NOTHING, members={"server_url": TOKEN}, text=TOKEN
    ),
    "Issued": lambda: Issued(credential=NOTHING, members={"token": TOKEN}, text=TOKEN),
    "IssuedServiceKey": lambda: ISSUED,
    "EnsuredServiceKey": lambda: EnsuredServiceKey(
        service_key=NOTHING, issued=ISSUED, created=True, changed=True
    ),
    "IssuedPersonalAccessToken": lambda: IssuedPersonalAccessToken(
        credential=NOTHING, members={"token": TOKEN}, text=TOKEN
    ),
    "ClientCredentials": lambda: ClientCredentials(
        client_id="x", method="client_secret_post", secret=Secret(TOKEN)
    ),
    "IssuedApplication": lambda: IssuedApplication(
        credential=NOTHING, members={"client_secret": TOKEN}, text=TOKEN
    ),
    "IssuedPartner": lambda: IssuedPartner(
        credential=NOTHING, members={"secret": TOKEN}, text=TOKEN
    ),
    "IssuedConsumer": lambda: IssuedConsumer(
        credential=NOTHING, members={"private_key": TOKEN}, text=TOKEN
    ),
    "IssuedSignedLink": lambda: IssuedSignedLink(
        credential=NOTHING, members={"url": TOKEN}, text=TOKEN
    ),
    "RedeemedGrant": lambda: RedeemedGrant(
        client=NOTHING,
        subject="jane",
        authorization=NOTHING,
        scopes=frozenset(),
        data={},
        access_token=TOKEN,
        now=0.0,
    ),
    "TokenResponse": lambda: TokenResponse(access_token=TOKEN, expires_in=1, scope=""),
    "Given": lambda: Given(public_key=KEY_PAIR.private_pem),
    "UnverifiedJWS": lambda: parse(ASSERTION),
    "OAuth2Request": lambda: OAuth2Request(
        method="POST",
        query_string=Secret(f"assertion={ASSERTION}"),
        content_type="",
        authorization=Secret(f"Bearer {TOKEN}"),
    ),
    "form_parameters": lambda: form_parameters(
        io.BytesIO(urlencode({**FORM, "token": TOKEN}).encode()),
        "application/x-www-form-urlencoded",
    ),
    "PresentedToken": lambda: PresentedToken(f"Bearer {TOKEN}", TOKEN),
    "Answer": lambda: Answer(data=KEYFILE, text=TOKEN),
    "ServiceKeyAuth": lambda: client.ServiceKeyAuth(KEYFILE),
    "Secret": lambda: [TOKEN, {"x": Secret(ASSERTION)}],
}
#: What sounds like a holder of secrets and is none, and why.
NO_HOLDERS = {
    "AuthorizationCode": "keeps what its client gets, and not the code",
    "Badge": "a label",
    "Criteria": "what somebody looks for",
    "DeviceAnswer": "keeps what its client gets, and not the code",
    "Example": "a command that reads the secret from a file or variable",
    "KindCommands": "what people call the secret",
    "Row": "says what storage keeps",
}
#: What a parameter is called that may be a secret.
SECRET_NAMES = {
    "access_token",
    "assertion",
    "authorization",
    "data",
    "google_keyfile",
    "issued",
    "keyfile",
    "private_key",
    "private_pem",
    "query_string",
    "secret",
    "text",
    "token",
}


@pytest.fixture
def needles() -> Needles:
    needles = Needles()
    needles.add_token("token", TOKEN)
    needles.add_private_key("private key", KEY_PAIR.private_pem)
    needles.add_assertion("assertion", ASSERTION)
    return needles


@pytest.mark.parametrize("name", HOLDERS)
def test_a_holder_of_a_secret_does_not_show_it(needles: Needles, name: str) -> None:
    holder = HOLDERS[name]()
    assert needles.found_in(repr(holder).encode()) == set()
    # In whatever holds it, too.
    assert needles.found_in(repr({"local": [holder]}).encode()) == set()


def test_every_class_that_may_hold_a_secret_is_here() -> None:
    """By the names of its parameters; whoever adds one decides where it belongs."""
    found = {
        cls.__name__
        for cls in _classes()
        if SECRET_NAMES & _parameters(cls) and not _has_no_repr_of_its_own(cls)
    }
    assert found - set(NO_HOLDERS) - set(HOLDERS) == set()
    assert set(NO_HOLDERS) <= found


def test_an_error_about_a_secret_does_not_hold_it(needles: Needles) -> None:
    refused = AccessRefused("malformed token")
    assert needles.found_in(repr((refused, vars(refused))).encode()) == set()


def _classes() -> Iterator[type]:
    package = pas.plugins.tokenauth
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".tests" in info.name or info.name.endswith(("testing", "__main__")):
            continue
        module = import_module(info.name)
        for value in vars(module).values():
            if inspect.isclass(value) and value.__module__ == info.name:
                yield value


def _has_no_repr_of_its_own(cls: type) -> bool:
    """Whether its repr tells where an object is, and nothing of what it holds."""
    return cls.__repr__ in (object.__repr__, Persistent.__repr__)


def _parameters(cls: type) -> set[str]:
    try:
        return set(inspect.signature(cls).parameters)
    except (TypeError, ValueError):
        return set()
