"""Web sites that log people in by OpenID Connect, with what their makers use."""

from collections.abc import Callable
from collections.abc import Iterator
from html import unescape
from pas.plugins.tokenauth.fetching.deliveries import Deliveries
from pas.plugins.tokenauth.fetching.interfaces import IDeliveries
from pathlib import Path
from protected_page import IS_HERE
from protected_page import Protected
from protected_page import running_apache
from servers import free_port
from servers import Server
from tests.applications.registering import Register
from tests.clients.programs import library
from tests.clients.programs import PROGRAMS
from tests.delegation.conftest import Browser
from tests.delegation.conftest import parameters_of
from tests.fetching.delivering import deliver
from tests.openid.conftest import provider as provider
from tests.openid.conftest import small_keys as small_keys
from typing import Any
from urllib.parse import urljoin
from zope.component import getGlobalSiteManager
from zope.component import getUtility

import json
import os
import pytest
import re
import secrets
import shutil
import subprocess
import sys


requests_client = library("authlib.integrations.requests_client")
jose = library("authlib.jose")
oidc = library("authlib.oidc.core")

REDIRECT_URI = "https://app.example.org/cb"
BYE = "https://app.example.org/bye"
SCOPES = ("openid", "email", "groups")
MODULES = Path(__file__).parents[2] / "var" / "node" / "node_modules"
NODE = shutil.which("node")


class Person(Browser):
    """The browser of alice, who logs in where she is asked to, and says yes."""

    def follow(self, url: str, until: str) -> str:
        """Where links and redirects lead from a URL, up to one that begins so."""
        for _ in range(12):
            if url.startswith(until):
                return url
            answer = self.get(url)
            if answer.status_code == 200 and 'name="__ac_name"' in answer.text:
                came_from = parameters_of(url)["came_from"]
                answer = self.log_in(came_from=came_from)
            elif answer.status_code == 200 and 'name="pending"' in answer.text:
                boxes = re.findall(r'name="scope"[^>]*value="([^"]*)"', answer.text)
                answer = self.answer(answer, scope=[unescape(box) for box in boxes])
            assert answer.status_code in (302, 303), answer.text
            url = urljoin(url, answer.headers["Location"])
        raise AssertionError(f"never came to {until}")


@pytest.fixture
def person(provider: Any) -> Person:
    provider.add_user("alice")
    member = provider.portal.portal_membership.getMemberById("alice")
    member.setMemberProperties({"email": "alice@example.org"})
    provider.commit()
    return Person(provider)


@pytest.fixture
def deliveries() -> Iterator[Deliveries]:
    """Messages to other servers, which a test sends when it wants them to be sent."""
    manager = getGlobalSiteManager()
    before, waiting = getUtility(IDeliveries), Deliveries(in_background=False)
    manager.registerUtility(waiting, IDeliveries)
    yield waiting
    manager.registerUtility(before, IDeliveries)


# -- mod_auth_openidc ------------------------------------------------------------

needs_apache = pytest.mark.skipif(
    not IS_HERE and not os.environ.get("CI"),
    reason="Needs Apache, and: apt install libapache2-mod-auth-openidc",
)


@pytest.fixture
def protected(
    provider: Any, register: Register, zope_conf: dict[str, str], tmp_path: Path
) -> Iterator[Protected]:
    """A page behind Apache with mod_auth_openidc."""
    server = Protected(port=free_port())
    zope_conf["fetch-hosts"] = server.host
    issued = register(**server.registration)
    with running_apache(
        tmp_path, server, provider.url, issued.credential.client_id, issued.secret
    ):
        yield server


def log_in(person: Person, protected: Protected) -> None:
    """Get to the protected page."""
    came_back = person.follow(protected.page, f"{protected.callback}?")
    answer = person.get(came_back)
    assert answer.headers["Location"] == protected.page, answer.text
    assert is_logged_in(person, protected)


def is_logged_in(person: Person, protected: Protected) -> bool:
    answer = person.get(protected.page)
    assert answer.status_code in (200, 302)
    return "Private" in answer.text


@needs_apache
def test_apache_lets_people_in_who_have_an_account(
    person: Person, protected: Protected
) -> None:
    """CS-01, CR-06, OC-02: discovery, PKCE, nonce, ID token and UserInfo."""
    assert not is_logged_in(person, protected)
    log_in(person, protected)


@needs_apache
def test_apache_hears_of_a_log_out_of_plone(
    person: Person, protected: Protected, deliveries: Deliveries
) -> None:
    """LO-13, LO-15, LO-17: it takes the logout token, and the page is closed."""
    log_in(person, protected)
    person.get(f"{person.site.url}/logout")
    deliver(deliveries)
    assert not is_logged_in(person, protected)


@needs_apache
def test_apache_logs_people_out_of_plone(person: Person, protected: Protected) -> None:
    """LO-03, LO-23: it revokes its token, and sends the browser with a hint."""
    log_in(person, protected)
    start = f"{protected.callback}?logout={protected.logged_out}"
    assert person.follow(start, protected.logged_out)
    assert "__ac" not in person.session.cookies
    assert not is_logged_in(person, protected)


# -- mozilla-django-oidc ------------------------------------------------------------


@pytest.fixture
def django(provider: Any, register: Register, tmp_path: Path) -> Iterator[str]:
    """The URL of a site in Django with mozilla-django-oidc."""
    library("mozilla_django_oidc")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    issued = register(
        redirect_uris=(f"{url}/oidc/callback/",),
        post_logout_redirect_uris=(f"{url}/bye",),
        scopes=SCOPES,
        default_scopes=(),
    )
    command = [
        sys.executable,
        str(Path(__file__).parent / "openid" / "django_site.py"),
        *(str(port), provider.url, issued.credential.client_id, issued.secret),
        str(tmp_path / "django.sqlite"),
    ]
    with Server(command, port, tmp_path / "django.log"):
        yield url


def test_django_logs_a_person_in_and_out(person: Person, django: str) -> None:
    """CR-06, OC-02, OC-03, OC-17, UI-01, LO-03: without PKCE, its secret in the body;
    it knows people by the address that UserInfo tells."""
    callback = person.follow(f"{django}/page", f"{django}/oidc/callback/?")
    assert person.follow(callback, f"{django}/page") == f"{django}/page"
    assert person.get(f"{django}/page").text == "mail=alice@example.org"
    bye = person.follow(f"{django}/oidc/logout/", f"{django}/bye")
    assert person.get(bye).text == "logged in: False"
    assert "__ac" not in person.session.cookies
    assert person.follow(f"{django}/page", f"{person.site.url}/login?")


# -- Authlib -----------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_authlib_logs_a_person_in(
    provider: Any, register: Register, person: Person, algorithm: str
) -> None:
    """OC-02, OC-03, OC-17, CR-05: as its integrations of web frameworks do."""
    issued = register(
        redirect_uris=(REDIRECT_URI,),
        scopes=SCOPES,
        default_scopes=(),
        id_token_signed_response_alg=algorithm,
    )
    metadata = provider.get("/.well-known/openid-configuration").json()
    client_id = issued.credential.client_id
    session = requests_client.OAuth2Session(
        client_id, issued.secret, scope="openid email", redirect_uri=REDIRECT_URI
    )
    nonce = secrets.token_urlsafe()
    url, state = session.create_authorization_url(
        metadata["authorization_endpoint"], nonce=nonce
    )
    came_back = person.follow(url, REDIRECT_URI)
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=came_back, state=state
    )
    claims = jose.JsonWebToken([algorithm]).decode(
        token["id_token"],
        jose.JsonWebKey.import_key_set(provider.get(metadata["jwks_uri"]).json()),
        claims_cls=oidc.CodeIDToken,
        claims_options={
            "iss": {"value": metadata["issuer"]},
            "aud": {"value": client_id},
            "nonce": {"value": nonce},
        },
        claims_params={"nonce": nonce, "access_token": token["access_token"]},
    )
    claims.validate()
    userinfo = session.get(metadata["userinfo_endpoint"]).json()
    assert userinfo["sub"] == claims["sub"]
    assert userinfo["email"] == "alice@example.org"


# -- openid-client -------------------------------------------------------------------

Run = Callable[..., str]


@pytest.mark.skipif(
    NODE is None or not (MODULES / "openid-client").is_dir(),
    reason="Needs node, and: make node-clients",
)
def test_openid_client_logs_a_person_in_and_out(
    provider: Any, register: Register, person: Person, tmp_path: Path
) -> None:
    """OC-02, OC-03, OC-04, UI-05, LO-03, AE-25: it checks what it gets."""
    issued = register(
        redirect_uris=(REDIRECT_URI,),
        post_logout_redirect_uris=(BYE,),
        scopes=SCOPES,
        default_scopes=(),
    )
    # Node looks for modules beside the program.
    program = shutil.copy(PROGRAMS / "openid_client_log_in.mjs", tmp_path)
    (tmp_path / "node_modules").symlink_to(MODULES)
    client_id = issued.credential.client_id
    with subprocess.Popen(
        [str(NODE), program, provider.url, client_id, issued.secret],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        out, err = process.communicate(person.follow(url, REDIRECT_URI) + "\n", 60)
    assert process.returncode == 0, err
    said = json.loads(out)
    assert said["email"] == "alice@example.org"
    assert person.follow(said["logOut"], BYE) == BYE
    assert "__ac" not in person.session.cookies
