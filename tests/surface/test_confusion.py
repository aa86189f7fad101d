"""Every secret of ours is refused at every place that takes one of another kind.

Conformance: CR-16, OC-18. A secret that was tried elsewhere is not used up by that.
"""

from collections.abc import Callable
from pas.plugins.tokenauth.authorization_server.clients import find_client
from pas.plugins.tokenauth.cas.kind import CAS_SERVICE
from pas.plugins.tokenauth.openid.logouttokens import logout_form
from pas.plugins.tokenauth.partners.kind import PARTNER
from pas.plugins.tokenauth.signin.interfaces import ISignInSessions
from pas.plugins.tokenauth.simplesso.kind import SIMPLE_SSO_CONSUMER
from plone import api
from tests.applications.registering import register as register
from tests.delegation.conftest import apps as apps
from tests.delegation.conftest import Browser
from tests.delegation.conftest import browser as browser
from tests.delegation.conftest import fields_of
from tests.delegation.conftest import parameters_of
from tests.delegation.conftest import REDIRECT_URI
from tests.delegation.conftest import VERIFIER
from tests.device.conftest import fresh_counts as fresh_counts
from tests.openid.conftest import provider as provider
from tests.openid.conftest import small_keys as small_keys
from tests.openid.flow import code_of
from tests.openid.flow import person as person
from tests.partners.registering import Ska
from tests.signedlinks.conftest import Browser as Visitor
from tests.signedlinks.conftest import share as share
from tests.simplesso.conftest import Consumer
from tests.simplesso.conftest import SHOP
from tests.simplesso.test_server import access_token
from typing import Any
from urllib.parse import parse_qsl
from urllib.parse import unquote
from urllib.parse import urlencode
from urllib.parse import urlsplit

import pytest
import requests
import time
import uuid


SCOPES = ["openid", "plone.read"]
CAS_URL = "https://shop.example.org/"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
RESOURCE = "https://mcp.example.org/mcp"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: Asks with a secret, and says whether it was taken for one that counts.
Place = Callable[[Any, str], bool]
#: Which secrets are at home at a place.
AT_HOME: dict[str, set[str]] = {}
PLACES: dict[str, Place] = {}


def place(*at_home: str) -> Callable[[Place], Place]:
    def add(ask: Place) -> Place:
        name = ask.__name__
        PLACES[name], AT_HOME[name] = ask, set(at_home)
        return ask

    return add


def post(url: str, **data: str) -> requests.Response:
    return requests.post(url, data, timeout=30, allow_redirects=False)


ACCESS_TOKENS = ("access token", "access token of an application")


@place(*ACCESS_TOKENS, "personal access token")
def bearer_at_the_api(world: Any, secret: str) -> bool:
    paths = ("/@users/alice", "/@users/owner")
    answers = [world.site.api("GET", path, secret) for path in paths]
    return any(answer.status_code == 200 for answer in answers)


@place()
def password_of_basic(world: Any, secret: str) -> bool:
    """It is a place for personal access tokens where a setting makes it one."""
    answer = world.site.get("/@users/owner", auth=("owner", secret))
    return bool(answer.status_code == 200)


@place("access token of an application")
def bearer_at_userinfo(world: Any, secret: str) -> bool:
    answer = world.site.request("GET", "/@@oauth2-userinfo", token=secret)
    return bool(answer.status_code == 200)


@place("grant", "client assertion")
def assertion_of_a_grant(world: Any, secret: str) -> bool:
    answer = post(world.site.endpoint, grant_type=JWT_BEARER, assertion=secret)
    return answer.status_code == 200


@place("client assertion")
def client_assertion(world: Any, secret: str) -> bool:
    answer = post(
        world.site.endpoint,
        grant_type="client_credentials",
        client_assertion_type=ASSERTION,
        client_assertion=secret,
    )
    return answer.status_code == 200


@place("authorization code")
def code(world: Any, secret: str) -> bool:
    answer = post(
        world.site.endpoint,
        grant_type="authorization_code",
        client_id="app-1",
        code=secret,
        redirect_uri=REDIRECT_URI,
        code_verifier=VERIFIER,
    )
    return answer.status_code == 200


@place("device code")
def device_code(world: Any, secret: str) -> bool:
    """What waits for its person is told so."""
    answer = post(
        world.site.endpoint,
        grant_type=DEVICE,
        client_id=world.device,
        device_code=secret,
    )
    return answer.json()["error"] in ("authorization_pending", "slow_down")


@place("access token for a resource")
def subject_token(world: Any, secret: str) -> bool:
    answer = requests.post(
        world.site.endpoint,
        {
            "grant_type": EXCHANGE,
            "subject_token": secret,
            "subject_token_type": ACCESS_TOKEN,
        },
        auth=world.resource,
        timeout=30,
    )
    return answer.status_code == 200


@place("client secret")
def client_secret(world: Any, secret: str) -> bool:
    answer = post(
        world.site.endpoint,
        grant_type="client_credentials",
        client_id=world.confidential,
        client_secret=secret,
    )
    return answer.status_code == 200


@place("refresh token")
def refresh_token(world: Any, secret: str) -> bool:
    answer = post(
        world.site.endpoint,
        grant_type="refresh_token",
        client_id="app-1",
        refresh_token=secret,
    )
    return answer.status_code == 200


@place(
    *ACCESS_TOKENS,
    "access token for a resource",
    "personal access token",
    "refresh token",
)
def token_of_introspection(world: Any, secret: str) -> bool:
    answer = requests.post(
        f"{world.site.url}/@@oauth2-introspect",
        {"token": secret},
        headers={"Authorization": f"Bearer {world.secrets['access token']}"},
        timeout=30,
    )
    return bool(answer.json().get("active"))


@place("signed link")
def link(world: Any, secret: str) -> bool:
    url = world.link.replace(world.secrets["signed link"], secret)
    answer = requests.get(url, timeout=30, allow_redirects=False)
    return answer.status_code < 400


@place("visit of a link")
def cookie_of_a_link(world: Any, secret: str) -> bool:
    answer = requests.get(
        world.page_url, cookies={world.link_cookie: secret}, timeout=30
    )
    return "Secret plans" in answer.text and answer.status_code == 200


@place("session")
def cookie_of_a_session(world: Any, secret: str) -> bool:
    request = world.site.app.REQUEST.clone()
    request.cookies = dict.fromkeys(world.session_cookies, secret)
    sessions = ISignInSessions(world.site.context)
    return sessions.current(request, "alice", time.time()) is not None


@place("request that waits")
def pending_request(world: Any, secret: str) -> bool:
    answer = world.person.get(f"{world.site.url}/@@oauth2-authorize?pending={secret}")
    return answer.status_code < 400


@place("request in a question")
def answered_request(world: Any, secret: str) -> bool:
    fields = {**world.fields, "pending": secret, "scope": SCOPES, "answer": "deny"}
    answer = world.person.post(f"{world.site.url}/@@oauth2-consent", fields)
    return answer.status_code == 303


@place("ID token")
def hint_at_the_end_of_a_session(world: Any, secret: str) -> bool:
    answer = world.person.get(
        f"{world.end_session}?{urlencode({'id_token_hint': secret})}"
    )
    return "You are logged out of this site." in answer.text


@place("log-out that waits")
def pending_log_out(world: Any, secret: str) -> bool:
    answer = world.person.get(f"{world.end_session}?{urlencode({'pending': secret})}")
    return bool(answer.status_code == 200)


@place("ID token")
def hint(world: Any, secret: str) -> bool:
    answer = world.person.authorize(scope="openid", prompt="none", id_token_hint=secret)
    return "code=" in answer.headers.get("Location", "")


@place("service ticket")
def ticket_of_cas(world: Any, secret: str) -> bool:
    query = {"service": CAS_URL, "ticket": secret}
    answer = world.site.get("/@@cas/serviceValidate", params=query)
    return "authenticationSuccess" in answer.text


@place("log-in that waits")
def pending_log_in(world: Any, secret: str) -> bool:
    answer = Browser(world.site).get(f"{world.site.url}/@@cas-resume?pending={secret}")
    return answer.status_code < 400


@place("signature of a partner")
def signature_of_a_partner(world: Any, secret: str) -> bool:
    signed = {**world.signed, "signature": secret}
    answer = requests.get(world.partner_url, signed, timeout=30)
    return answer.status_code == 200


@place("log-in by a partner that waits")
def answer_to_a_partner(world: Any, secret: str) -> bool:
    answer = world.visitor.post(world.partner_url, {"pending": secret})
    return answer.status_code == 303


@place("request token")
def request_token_of_a_consumer(world: Any, secret: str) -> bool:
    url = f"{world.site.url}/@@simple-sso/authorize/?token={secret}"
    return bool(world.person.get(url).status_code == 303)


@place("access token of a consumer")
def access_token_of_a_consumer(world: Any, secret: str) -> bool:
    answer = world.consumer.ask("verify", access_token=secret)
    return bool(answer.status_code == 200)


@place("log-in for a consumer that waits")
def pending_log_in_for_a_consumer(world: Any, secret: str) -> bool:
    url = f"{world.site.url}/@@simple-sso-resume?pending={secret}"
    return bool(world.visitor.get(url).status_code < 400)


class World:
    """A site, a person who uses an application, and one secret of each kind."""

    def __init__(self, site: Any, person: Browser, register: Any, share: Any) -> None:
        self.site, self.person = site, person
        self.keyfile = keyfile = site.issue(scopes=("plone.read",))
        confidential = register(
            token_endpoint_auth_method="client_secret_post",
            runs_as="robot",
            grant_types=("client_credentials",),
        )
        self.confidential = confidential.credential.client_id
        page = person.authorize(scope=" ".join(SCOPES))
        self.fields = fields_of(page.text)
        redeemed = post(
            site.endpoint,
            grant_type="authorization_code",
            client_id="app-1",
            code=code_of(person, SCOPES),
            redirect_uri=REDIRECT_URI,
            code_verifier=VERIFIER,
        ).json()
        site.sync()
        site.portal.portal_workflow.setDefaultChain("simple_publication_workflow")
        folder = api.content.create(site.portal, "Folder", title="Secret plans")
        site.commit()
        self.page_url = folder.absolute_url()
        self.link = share(folder, "owner").url
        visitor = Visitor()
        visitor.open(self.link)
        self.link_cookie, visit = next(
            each for each in visitor.session.cookies.items() if "link" in each[0]
        )
        self.session_cookies, sessions = zip(
            *(
                each
                for each in person.session.cookies.items()
                if "tokenauth-session" in each[0]
            ),
            strict=True,
        )
        resource = register(
            resource=RESOURCE, may_exchange=True, scopes=("plone.read",)
        )
        self.resource = (resource.credential.client_id, resource.secret)
        asked = person.authorize(scope="plone.read", resource=RESOURCE)
        agreed = person.answer(asked, scope="plone.read").headers["Location"]
        for_resource = post(
            site.endpoint,
            grant_type="authorization_code",
            client_id="app-1",
            code=parameters_of(agreed)["code"],
            redirect_uri=REDIRECT_URI,
            code_verifier=VERIFIER,
        ).json()
        self.device = register(
            authentication="none", uses_device_codes=True
        ).credential.client_id
        site.plugin.device_grant_enabled = True
        site.commit()
        waits = post(f"{site.url}/@@oauth2-device-authorization", client_id=self.device)
        self.user_code = waits.json()["user_code"]
        self.register_cas_service()
        login = f"{site.url}/@@cas/login?service={CAS_URL}"
        ticket = person.get(login).headers["Location"].rpartition("ticket=")[2]
        renewed = Browser(site).get(f"{login}&renew=true").headers["Location"]
        self.visitor = Browser(site)
        self.register_partner()
        waits_at_partner = self.visitor.get(
            f"{self.partner_url}?{urlencode(self.signed)}"
        )
        request_token = self.consumer.request_token()
        begun = self.visitor.get(self.consumer.authorize_url(request_token))
        back = person.get(self.consumer.authorize_url(self.consumer.request_token()))
        stranger = Browser(site).authorize(scope=" ".join(SCOPES))
        waiting = stranger.headers["Location"]
        self.end_session = f"{site.url}/@@oauth2-end-session"
        logging_out = Browser(site).post(self.end_session, {"client_id": "app-1"})
        site.sync()
        client = find_client(site.context, "app-1")
        logout = logout_form(site.context, client, "alice", "s-1", time.time())()
        site.commit()
        self.secrets = {
            "logout token": logout["logout_token"],
            "log-out that waits": parameters_of(logging_out.headers["Location"])[
                "pending"
            ],
            "access token": site.token(keyfile),
            "access token of an application": redeemed["access_token"],
            "access token for a resource": for_resource["access_token"],
            "ID token": redeemed["id_token"],
            "refresh token": redeemed["refresh_token"],
            "personal access token": site.personal_access_token(),
            "grant": site.grant(keyfile, jti=uuid.uuid4().hex),
            "client assertion": site.grant(
                keyfile,
                aud=site.context.issuer,
                sub=keyfile["client_id"],
                jti=uuid.uuid4().hex,
            ),
            "client secret": confidential.secret,
            "authorization code": code_of(person, SCOPES),
            "device code": waits.json()["device_code"],
            "signed link": self.link.rpartition("/")[2],
            "visit of a link": visit,
            "session": sessions[0],
            "service ticket": ticket,
            "log-in that waits": unquote(unquote(renewed)).rpartition("pending=")[2],
            "signature of a partner": self.signed["signature"],
            "log-in by a partner that waits": fields_of(waits_at_partner.text)[
                "pending"
            ],
            "request token": request_token,
            "access token of a consumer": access_token(back),
            "log-in for a consumer that waits": unquote(
                unquote(begun.headers["Location"])
            ).rpartition("pending=")[2],
            "request that waits": unquote(unquote(waiting)).rpartition("pending=")[2],
            "request in a question": self.fields["pending"],
        }

    def register_partner(self) -> None:
        """Let a partner sign, and a site with django-simple-sso ask."""
        self.site.sync()
        settings = self.site.plugin
        settings.partners_enabled = settings.simple_sso_enabled = True
        partner = self.site.make(PARTNER, title="Other")
        consumer = self.site.make(SIMPLE_SSO_CONSUMER, title="Other", urls=(SHOP,))
        self.partner = Ska(partner)
        self.partner_url = self.partner.url
        self.signed = dict(parse_qsl(urlsplit(self.partner.sign("alice")).query))
        self.consumer = Consumer(self.site, consumer)

    def register_cas_service(self) -> None:
        """Let people log in somewhere by CAS."""
        self.site.sync()
        self.site.plugin.cas_enabled = True
        self.site.make(CAS_SERVICE, title="Shop", urls=(CAS_URL,))


@pytest.fixture
def world(
    provider: Any, person: Browser, apps: Any, register: Any, share: Any
) -> World:
    grants = frozenset({"authorization_code", "refresh_token"})
    apps.change(grant_types=grants, stays_signed_in=True)
    return World(provider, person, register, share)


@pytest.mark.long
@pytest.mark.parametrize("name", PLACES)
def test_a_secret_is_taken_where_it_is_at_home_only(world: World, name: str) -> None:
    """Conformance: CR-16, OC-18."""
    ask, at_home = PLACES[name], AT_HOME[name]
    others = [kind for kind in world.secrets if kind not in at_home]
    assert not [kind for kind in others if ask(world, world.secrets[kind])]
    # Being tried elsewhere has used up nothing.
    for kind in at_home:
        assert ask(world, world.secrets[kind]), kind
