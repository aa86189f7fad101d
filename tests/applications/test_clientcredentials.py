"""Applications at the token endpoint: how they authenticate, and act by themselves."""

from base64 import b64encode
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.usage.log import Usage
from tests.applications.registering import Register
from tests.applications.registering import URI
from tests.authorization_server.endpoints.conftest import Answer
from tests.authorization_server.endpoints.conftest import authenticated
from tests.authorization_server.endpoints.conftest import client_assertion
from typing import Any
from urllib.parse import quote

import pytest
import time


GRANT = ("grant_type", "client_credentials")
PAIR = generate_key_pair("ES256", time.time())


def basic(client_id: str, secret: str) -> tuple[str, str]:
    encoded = b64encode(f"{client_id}:{secret}".encode()).decode("ascii")
    return "Authorization", f"Basic {encoded}"


def by_header(endpoint: Any, issued: Any, **more: str) -> Answer:
    header = basic(issued.credential.client_id, issued.secret)
    return endpoint.form([GRANT, *more.items()], [header])


def by_body(endpoint: Any, issued: Any, **more: str) -> Answer:
    named = {"client_id": issued.credential.client_id, "client_secret": issued.secret}
    return endpoint.form([GRANT, *{**named, **more}.items()])


def signed_by(site: Any, issued: Any, **claims: Any) -> str:
    """A client assertion with the key of an application."""
    keyfile = {
        "client_id": issued.credential.client_id,
        "private_key": PAIR.private_pem,
        "algorithm": "ES256",
        "key_id": PAIR.public_key.kid,
    }
    return client_assertion(site, keyfile, **claims)


@pytest.fixture
def robot(register: Register) -> Any:
    """An application that acts by itself, with a secret."""
    return register(runs_as="robot")


# -- authentication ----------------------------------------------------------


def test_a_secret_in_the_header_authenticates(
    site: Any, endpoint: Any, robot: Any
) -> None:
    """CA-01, CC-02: there is a token, and no refresh token."""
    token = by_header(endpoint, robot).check_success()
    assert site.api("GET", "/@users/robot", token).json()["id"] == "robot"


def test_a_secret_in_the_body_authenticates(endpoint: Any, robot: Any) -> None:
    """CA-01, CR-06: both ways, whichever a library has."""
    by_body(endpoint, robot).check_success()


def test_a_header_that_is_encoded_as_a_form_authenticates(
    endpoint: Any, robot: Any
) -> None:
    """CA-02, CR-05: oauth4webapi encodes every character that is no letter or digit."""
    halves = (robot.credential.client_id, robot.secret)
    encoded = [
        quote(half, safe="").replace("-", "%2D").replace("_", "%5F") for half in halves
    ]
    endpoint.form([GRANT], [basic(*encoded)]).check_success()


def test_the_same_secret_in_header_and_body_authenticates(
    endpoint: Any, robot: Any
) -> None:
    """CA-05: authomatic sends both, and says which client it is in both."""
    client_id = robot.credential.client_id
    body = [GRANT, ("client_id", client_id), ("client_secret", str(robot.secret))]
    header = basic(client_id, robot.secret)
    endpoint.form(body, [header]).check_success()


def test_ids_and_secrets_are_the_same_however_they_are_encoded(robot: Any) -> None:
    """CR-05: nothing in them is encoded in a form."""
    both = robot.credential.client_id + robot.secret
    assert both.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("send", [by_header, by_body])
def test_a_wrong_secret_is_refused(
    endpoint: Any, register: Register, robot: Any, send: Any
) -> None:
    """CA-03, CA-04: that of another application, too; its digest is looked at."""
    other = register(runs_as="robot")
    issued = type(robot)(
        credential=robot.credential, members=other.members, text=other.text
    )
    status = 401 if send is by_header else 400
    answer = send(endpoint, issued)
    answer.check_refused("invalid_client", status)
    challenges = ['Basic realm="Plone"'] if send is by_header else []
    assert answer.all("WWW-Authenticate") == challenges


def test_unknown_clients_and_wrong_secrets_get_the_same_answer(
    endpoint: Any, register: Register, robot: Any
) -> None:
    """CA-10: nobody finds out which applications there are."""
    clients = [
        robot.credential.client_id,
        register(authentication="none", redirect_uris=(URI,)).credential.client_id,
        "app-unknown",
        "é",
    ]
    bodies = {
        endpoint.form([GRANT], [basic(client, secret)]).body
        for client in clients
        for secret in ("x", "pts_" + "0" * 49, robot.secret[:-1])
    }
    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("authentication", "works"),
    [
        ("client_secret", {by_header, by_body}),
        ("client_secret_basic", {by_header}),
        ("client_secret_post", {by_body}),
    ],
)
def test_a_pinned_method_is_the_only_one(
    endpoint: Any, register: Register, authentication: str, works: set[Any]
) -> None:
    """CA-11, CR-06: where an administrator has said so."""
    issued = register(runs_as="robot", authentication=authentication)
    for send in (by_header, by_body):
        status = send(endpoint, issued).status
        assert (status == 200) == (send in works), (send, status)


def test_two_methods_at_once_are_refused(site: Any, endpoint: Any, robot: Any) -> None:
    """CA-05: whichever two, unless it is one secret."""
    header = basic(robot.credential.client_id, robot.secret)
    secret = ("client_secret", robot.secret)
    assertion = authenticated(signed_by(site, robot))
    for parameters, headers in (
        ([("client_secret", f"{robot.secret}x")], [header]),
        ([secret, *assertion], [header]),
        (assertion, [header]),
        ([secret, *assertion], []),
    ):
        answer = endpoint.form([GRANT, *parameters], headers)
        answer.check_refused("invalid_request")


def test_two_client_ids_are_refused(endpoint: Any, robot: Any) -> None:
    """CA-08: one in the header, another in the body."""
    answer = by_header(endpoint, robot, client_id="app-other")
    answer.check_refused("invalid_request")


def test_an_assertion_by_a_pasted_key_authenticates(
    site: Any, endpoint: Any, register: Register
) -> None:
    """JB-22: the application signs, and has no secret."""
    issued = register(
        {"public_key": PAIR.public_key.pem},
        runs_as="robot",
        authentication="private_key_jwt",
    )
    assertion = signed_by(site, issued)
    endpoint.client(assertion).check_success()
    # JB-29: once.
    endpoint.client(assertion).check_refused("invalid_client")


def test_a_bare_client_id_does_not_authenticate(endpoint: Any, robot: Any) -> None:
    """CA-06, CC-01: whoever has a secret must show it."""
    for parameters, headers in (
        ([("client_id", robot.credential.client_id)], []),
        ([], [basic(robot.credential.client_id, "")]),
    ):
        answer = endpoint.form([GRANT, *parameters], headers)
        assert answer.json()["error"] == "invalid_client"


@pytest.mark.parametrize("in_header", [True, False])
def test_a_public_application_cannot_act_by_itself(
    endpoint: Any, register: Register, in_header: bool
) -> None:
    """CC-01, CR-04: it is known by its name, and that is not enough."""
    issued = register(authentication="none", redirect_uris=(URI,))
    client_id = issued.credential.client_id
    parameters = [] if in_header else [("client_id", client_id)]
    headers = [basic(client_id, "")] if in_header else []
    answer = endpoint.form([GRANT, *parameters], headers)
    answer.check_refused("unauthorized_client")


def test_an_application_without_a_user_cannot_act_by_itself(
    endpoint: Any, register: Register
) -> None:
    """TE-17: there is nobody whom it could act as."""
    issued = register(redirect_uris=(URI,))
    by_header(endpoint, issued).check_refused("unauthorized_client")


def test_an_application_cannot_use_the_grant_of_service_keys(
    site: Any, endpoint: Any, register: Register
) -> None:
    """TE-17, CO-13: what is good for one grant is not for another."""
    issued = register(
        {"public_key": PAIR.public_key.pem},
        runs_as="robot",
        authentication="private_key_jwt",
    )
    answer = endpoint.post(signed_by(site, issued))
    answer.check_refused("unauthorized_client")


# -- scope -------------------------------------------------------------------


def test_a_request_without_scope_gets_the_default_scope(
    endpoint: Any, register: Register
) -> None:
    """TE-05, AE-17: never all that the application has."""
    issued = register(runs_as="robot", scopes=("plone.write",))
    assert by_header(endpoint, issued).json()["scope"] == "plone.read"


def test_an_application_without_a_default_scope_must_name_one(
    endpoint: Any, register: Register
) -> None:
    """TE-05: invalid_scope otherwise."""
    issued = register(runs_as="robot", default_scopes=())
    by_header(endpoint, issued).check_refused("invalid_scope")
    by_header(endpoint, issued, scope="plone.read").check_success()


def test_a_request_gets_no_more_than_the_application_has(
    endpoint: Any, robot: Any
) -> None:
    """CC-04, TE-07: what it lacks is left out; where nothing is left, no token."""
    answer = by_header(endpoint, robot, scope="plone.read plone.write")
    assert answer.json()["scope"] == "plone.read"
    by_header(endpoint, robot, scope="other").check_refused("invalid_scope")


def test_a_scope_that_is_taken_away_ends_at_once(
    site: Any, endpoint: Any, register: Register
) -> None:
    """CR-28: also for tokens that are in use."""
    issued = register(runs_as="robot", scopes=("plone.write",))
    token = by_header(endpoint, issued, scope="plone.write").check_success()
    site.sync()
    application = site.context.storage.credential(issued.credential.client_id)
    application.scopes = ("plone.read",)
    site.commit()
    document = {"@type": "Document", "title": "New"}
    assert site.api("POST", "", token, json=document).status_code == 403


# -- limits ------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["removed", "expired", "address", "user gone"])
def test_every_limit_holds_for_the_grant_and_for_the_token(
    site: Any, endpoint: Any, robot: Any, limit: str
) -> None:
    """AE-35, CR-28: one question, asked wherever something is given or used."""
    token = by_header(endpoint, robot).check_success()
    site.sync()
    application = site.context.storage.credential(robot.credential.client_id)
    match limit:
        case "removed":
            store = site.context.storage["application"]
            store.mark_revoked(application.client_id, "boss", time.time())
        case "expired":
            application.expires_at = time.time() - 1
        case "address":
            application.ip_ranges = "192.0.2.7"
        case "user gone":
            site.portal.acl_users.userFolderDelUsers(["robot"])
    site.commit()
    refused = by_header(endpoint, robot)
    expected = "unauthorized_client" if limit == "user gone" else "invalid_client"
    assert refused.json()["error"] == expected
    assert site.api("GET", "/@users/robot", token).status_code == 401


def test_a_later_user_of_the_same_id_is_not_acted_as(
    site: Any, endpoint: Any, robot: Any
) -> None:
    """CR-29: the application acts as nobody, until an administrator says so again."""
    site.portal.acl_users.userFolderDelUsers(["robot"])
    site.add_user("robot", "Manager")
    by_header(endpoint, robot).check_refused("unauthorized_client")


def test_an_application_is_no_user_of_the_same_name(
    site: Any, endpoint: Any, robot: Any
) -> None:
    """CC-03, RS-19: it acts as the user it runs as, and nobody else."""
    site.add_user(robot.credential.client_id, "Manager")
    token = by_header(endpoint, robot).check_success()
    answer = site.api("GET", f"/@users/{robot.credential.client_id}", token)
    assert answer.status_code == 401 or "email" not in answer.json()
    assert site.api("GET", "/@users/robot", token).json()["id"] == "robot"


# -- records -----------------------------------------------------------------


def test_the_usage_log_names_the_secret(site: Any, endpoint: Any, robot: Any) -> None:
    """One entry for each token, as for every credential."""
    by_header(endpoint, robot)
    site.sync()
    application = site.context.storage.credential(robot.credential.client_id)
    (entry,) = Usage(site.context, application, time.time())
    assert (entry.subject, entry.kid) == ("robot", application.secrets[0].kid)


def test_a_token_writes_itself_and_one_entry(endpoint: Any, robot: Any) -> None:
    """The application itself stays as it is."""
    by_header(endpoint, robot)
    (written,) = by_header(endpoint, robot).transactions
    assert not any("Application" in name for name in written)


# -- other endpoints ---------------------------------------------------------


def test_an_application_introspects_its_own_token(
    site: Any, endpoint: Any, register: Register, robot: Any
) -> None:
    """IN-10, CR-36: and nobody else's."""
    token = by_header(endpoint, robot).check_success()
    for issued, active in ((robot, True), (register(runs_as="robot"), False)):
        header = basic(issued.credential.client_id, issued.secret)
        answer = endpoint.form(
            [("token", token)], [header], path="/@@oauth2-introspect"
        )
        assert answer.check_answer()["active"] is active


def test_an_application_revokes_its_own_token(
    site: Any, endpoint: Any, register: Register, robot: Any
) -> None:
    """RV-01, RV-05: that of another client stays."""
    token = by_body(endpoint, robot).check_success()
    for issued, status in ((register(runs_as="robot"), 200), (robot, 401)):
        parameters = [
            ("token", token),
            ("client_id", issued.credential.client_id),
            ("client_secret", issued.secret),
        ]
        answer = endpoint.form(parameters, path="/@@oauth2-revoke")
        assert answer.check_answer() == {}
        assert site.api("GET", "/@users/robot", token).status_code == status


def test_a_wrong_secret_revokes_nothing(site: Any, endpoint: Any, robot: Any) -> None:
    """RV-04: the token goes on."""
    token = by_header(endpoint, robot).check_success()
    header = basic(robot.credential.client_id, "wrong")
    answer = endpoint.form([("token", token)], [header], path="/@@oauth2-revoke")
    answer.check_refused("invalid_client", 401)
    assert site.api("GET", "/@users/robot", token).status_code == 200


def test_a_public_application_learns_nothing_of_tokens(
    endpoint: Any, register: Register, robot: Any
) -> None:
    """IN-02, IN-10: it cannot prove who it is."""
    token = by_header(endpoint, robot).check_success()
    issued = register(authentication="none", redirect_uris=(URI,))
    parameters = [("token", token), ("client_id", issued.credential.client_id)]
    answer = endpoint.form(parameters, path="/@@oauth2-introspect")
    answer.check_refused("invalid_client", 401)
    # RV-05: it may ask for a revocation, of its own tokens only.
    answer = endpoint.form(parameters, path="/@@oauth2-revoke")
    assert answer.check_answer() == {}


@pytest.mark.parametrize("scheme", ["Bearer", "Basic"])
def test_a_secret_authorizes_no_request(site: Any, robot: Any, scheme: str) -> None:
    """CR-16: where a token belongs, it is an unknown one."""
    header = f"Bearer {robot.secret}"
    if scheme == "Basic":
        _name, header = basic("robot", robot.secret)
    answer = site.api("GET", "/@users/robot", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_token"


def test_the_metadata_names_every_method(site: Any) -> None:
    """AS-09, AS-10, OC-26: whoever can only introspect with proof is told so."""
    metadata = site.get("/.well-known/oauth-authorization-server").json()
    proving = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
    everything = sorted([*proving, "none"])
    assert metadata["token_endpoint_auth_methods_supported"] == everything
    assert metadata["revocation_endpoint_auth_methods_supported"] == everything
    assert metadata["introspection_endpoint_auth_methods_supported"] == proving
