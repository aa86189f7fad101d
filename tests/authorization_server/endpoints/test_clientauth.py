"""Credentials beside a grant: never needed, never a log-in, never simply ignored."""

from Acquisition import aq_base
from base64 import b64encode
from pas.plugins.tokenauth.authorization_server.clients import client_credentials
from pas.plugins.tokenauth.core.errors import InvalidRequest
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from tests.authorization_server.endpoints.conftest import ASSERTION_TYPE
from typing import Any
from urllib.parse import quote

import pytest


#: Password of the users that the fixture adds.
PASSWORD = "correct-horse-battery-1"


def _basic(credentials: str, scheme: str = "Basic") -> tuple[str, str]:
    encoded = b64encode(credentials.encode("utf-8")).decode("ascii")
    return "Authorization", f"{scheme} {encoded}"


# -- Basic -------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC", "Basic "])
def test_a_client_id_without_a_secret_is_accepted(
    site: Any, endpoint: Any, keyfile: Any, scheme: str
) -> None:
    """JB-19, CA-02: oauthlib sends it with every grant."""
    header = _basic(f"{keyfile['client_id']}:", scheme)
    endpoint.post(site.grant(keyfile), headers=[header]).check_success()


def test_an_encoded_client_id_is_decoded(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """CA-02: oauth4webapi encodes even the hyphen."""
    client_id = keyfile["client_id"].replace("-", "%2D")
    headers = [_basic(f"{client_id}:")]
    endpoint.post(site.grant(keyfile), headers=headers).check_success()


def test_an_empty_client_id_without_a_secret_is_nobody(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-19: an empty name and an empty secret name no client."""
    endpoint.post(site.grant(keyfile), headers=[_basic(":")]).check_success()


@pytest.mark.parametrize("client_id", ["somebody", "svc-x", "owner", "é", "a b", "*"])
def test_another_client_id_in_the_header_is_refused(
    site: Any, endpoint: Any, keyfile: Any, client_id: str
) -> None:
    """JB-18, JB-19: it must be the iss of the grant."""
    answer = endpoint.post(site.grant(keyfile), headers=[_basic(f"{client_id}:")])
    assert "client_id" in answer.check_refused("invalid_grant")


def test_the_secret_of_a_client_is_never_right(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """CA-03, JB-18, CA-11: wrong credentials are refused although the grant is good."""
    header = _basic(f"{keyfile['client_id']}:secret")
    answer = endpoint.post(site.grant(keyfile), headers=[header])
    answer.check_refused("invalid_client", 401)
    assert answer.all("WWW-Authenticate") == ['Basic realm="Plone"']


def test_known_and_unknown_clients_get_the_same_answer(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """CA-10: no enumeration of clients."""
    bodies = {
        endpoint.post("x", headers=[_basic(f"{client_id}:secret")]).body
        for client_id in (keyfile["client_id"], "svc-unknown")
    }
    assert len(bodies) == 1


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic a",
        "Basic Og",
        "Basic Og= =",
        "Basic nocolon",
        "Basic " + b64encode(b"nocolon").decode("ascii"),
        "Basic " + b64encode(b"\xff\xfe:").decode("ascii"),
        "Basic " + b64encode(b"%ff:").decode("ascii"),
        "Basic Og==, Basic Og==",
        "Basic Og==,Bearer x",
        "Basic é",
        "Basic \xa0",
        "Basic " + "A" * 50_000,
    ],
    ids=lambda header: repr(header[:30]),
)
def test_a_malformed_basic_header_is_refused(
    site: Any, endpoint: Any, keyfile: Any, header: str
) -> None:
    """CA-09, ZP-05: 401, never a 500."""
    answer = endpoint.post(site.grant(keyfile), headers=[("Authorization", header)])
    answer.check_refused("invalid_client", 401)
    assert answer.all("WWW-Authenticate") == ['Basic realm="Plone"']


def test_two_authorization_headers_are_refused(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """CA-09: even if they agree."""
    header = _basic(f"{keyfile['client_id']}:")
    answer = endpoint.post(site.grant(keyfile), headers=[header, header])
    answer.check_refused("invalid_client", 401)


# -- nobody is logged in -----------------------------------------------------


@pytest.mark.parametrize(
    "credentials",
    [
        f"{SITE_OWNER_NAME}:{SITE_OWNER_PASSWORD}",
        f"owner:{PASSWORD}",
        f"{quote(SITE_OWNER_NAME)}:{quote(SITE_OWNER_PASSWORD)}",
    ],
)
def test_the_password_of_a_manager_is_a_wrong_secret(
    site: Any, endpoint: Any, keyfile: Any, credentials: str
) -> None:
    """CA-03, ZP-05: Zope never gets to see it."""
    answer = endpoint.post(site.grant(keyfile), headers=[_basic(credentials)])
    answer.check_refused("invalid_client", 401)


@pytest.mark.parametrize("path", ["/@@oauth2-token", "/++api++/@@oauth2-token"])
def test_no_source_of_users_is_asked_for_a_password(
    site: Any,
    endpoint: Any,
    keyfile: Any,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    """ZP-05: no log-in is even tried, so none is counted as failed."""
    asked: list[Any] = []

    def authenticate(self: Any, credentials: Any) -> None:
        asked.append(credentials)

    name = "authenticateCredentials"
    for plugins in (site.app.acl_users, site.portal.acl_users):
        for plugin in plugins.objectValues():
            if hasattr(type(aq_base(plugin)), name):
                monkeypatch.setattr(type(aq_base(plugin)), name, authenticate)
    headers = [
        _basic(f"{SITE_OWNER_NAME}:{SITE_OWNER_PASSWORD}"),
        ("Cookie", "__ac=abc; _ZopeId=x"),
    ]
    more = [("__ac_name", "owner"), ("__ac_password", PASSWORD)]
    answer = endpoint.post(site.grant(keyfile), *more, headers=headers, path=path)
    answer.check_refused("invalid_client", 401)
    assert [found for found in asked if "password" in found] == []
    # Anywhere else the same header is a log-in.
    site.get("/@@overview-controlpanel", headers=dict(headers))
    assert [found for found in asked if "password" in found] != []


def test_cookies_are_neither_read_nor_set(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """No answer sets a cookie (see Answer.check); a log-in cookie has no effect."""
    login = site.request(
        "POST",
        "/acl_users/credentials_cookie_auth/login",
        data={"__ac_name": "owner", "__ac_password": PASSWORD},
    )
    real = "; ".join(f"{cookie.name}={cookie.value}" for cookie in login.cookies)
    panel = site.get("/@@overview-controlpanel", headers={"Cookie": real})
    assert panel.status_code == 200
    for cookie in (real, "__ac=garbage", "=", "a" * 5_000, "__ac=%ff; ;;"):
        headers = [("Cookie", cookie)]
        endpoint.post(site.grant(keyfile), headers=headers).check_success()
        endpoint.post("x", headers=headers).check_refused("invalid_grant")


# -- Bearer ------------------------------------------------------------------


def test_a_bearer_header_is_ignored(site: Any, endpoint: Any, keyfile: Any) -> None:
    """CA-13: valid, damaged or foreign, it neither helps nor hurts."""
    token = site.token(keyfile)
    damaged = token[:-1] + ("a" if token[-1] != "a" else "b")
    for value in (token, damaged, "pta_", "foreign", "a, b", "", "é"):
        headers = [("Authorization", f"Bearer {value}")]
        endpoint.post(site.grant(keyfile), headers=headers).check_success()
        endpoint.post("x", headers=headers).check_refused("invalid_grant")


def test_a_token_gets_no_token(site: Any, endpoint: Any, keyfile: Any) -> None:
    """No escalation: a token without a grant obtains nothing."""
    headers = [("Authorization", f"Bearer {site.token(keyfile)}")]
    grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    answer = endpoint.form([("grant_type", grant_type)], headers)
    answer.check_refused("invalid_request")


@pytest.mark.parametrize(
    "header",
    ["", "Digest x", "Negotiate YII=", "DPoP x", "Basicx Og==", "Basic\tOg==", "="],
)
def test_other_schemes_are_ignored(
    site: Any, endpoint: Any, keyfile: Any, header: str
) -> None:
    """CA-13."""
    headers = [("Authorization", header)]
    endpoint.post(site.grant(keyfile), headers=headers).check_success()


# -- credentials in the body -------------------------------------------------


def test_a_client_id_in_the_body_is_accepted(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-19."""
    client_id = ("client_id", keyfile["client_id"])
    headers = [_basic(f"{keyfile['client_id']}:")]
    endpoint.post(site.grant(keyfile), client_id).check_success()
    endpoint.post(site.grant(keyfile), client_id, headers=headers).check_success()


def test_an_empty_client_id_is_none(site: Any, endpoint: Any, keyfile: Any) -> None:
    """TE-10: as is an empty secret."""
    empty = [("client_id", ""), ("client_secret", ""), ("client_assertion", "")]
    endpoint.post(site.grant(keyfile), *empty).check_success()


@pytest.mark.parametrize("change", [str.upper, str.lower, "{} ".format, "{}/".format])
def test_the_client_id_must_be_exactly_that_of_the_grant(
    site: Any, endpoint: Any, keyfile: Any, change: Any
) -> None:
    """JB-19: no folding of case, no trimming."""
    client_id = change(keyfile["client_id"])
    answer = endpoint.post(site.grant(keyfile), ("client_id", client_id))
    assert "client_id" in answer.check_refused("invalid_grant")


def test_the_client_id_of_another_key_is_refused(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-18, JB-19."""
    other = site.issue(algorithm="ES256")["client_id"]
    answer = endpoint.post(site.grant(keyfile), ("client_id", other))
    answer.check_refused("invalid_grant")


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ([("client_secret", "s")], "invalid_client"),
        ([("client_assertion", "a.b.c")], "invalid_request"),
        ([("client_assertion_type", ASSERTION_TYPE)], "invalid_request"),
        (
            [("client_assertion", "a.b.c"), ("client_assertion_type", ASSERTION_TYPE)],
            "invalid_client",
        ),
        (
            [("client_secret", "s"), ("client_assertion", "a.b.c")],
            "invalid_request",
        ),
    ],
    ids=str,
)
@pytest.mark.parametrize("named", [False, True])
def test_credentials_in_the_body_are_refused(
    site: Any,
    endpoint: Any,
    keyfile: Any,
    more: list[tuple[str, str]],
    error: str,
    named: bool,
) -> None:
    """CA-04, CA-05, JB-18, JB-22: 400 without a challenge."""
    if named:
        more = [("client_id", keyfile["client_id"]), *more]
    endpoint.post(site.grant(keyfile), *more).check_refused(error)


def test_half_of_a_client_assertion_is_refused_naming_the_other_half(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-22: both parameters, and the one type there is."""
    only = f"client_assertion_type must be {ASSERTION_TYPE}."
    for more, told in (
        (("client_assertion", "a.b.c"), only),
        (("client_assertion_type", ASSERTION_TYPE), "client_assertion is missing."),
    ):
        answer = endpoint.post(site.grant(keyfile), more)
        description = answer.check_refused("invalid_request")
        assert description == f"The parameter {told}"


def test_a_grant_is_no_client_assertion(site: Any, endpoint: Any, keyfile: Any) -> None:
    """JB-30: the same JWT in both places."""
    grant = site.grant(keyfile)
    more = [("client_assertion", grant), ("client_assertion_type", ASSERTION_TYPE)]
    endpoint.post(grant, *more).check_refused("invalid_client")


@pytest.mark.parametrize(
    "more", [[("client_secret", "s")], [("client_assertion", "a.b.c")]], ids=str
)
def test_two_methods_at_once_are_refused(
    site: Any, endpoint: Any, keyfile: Any, more: list[tuple[str, str]]
) -> None:
    """CA-05: Basic and one in the body."""
    headers = [_basic(f"{keyfile['client_id']}:secret")]
    answer = endpoint.post(site.grant(keyfile), *more, headers=headers)
    assert "two methods" in answer.check_refused("invalid_request")


def test_two_clients_in_one_request_are_refused(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """CA-08: header and body."""
    other = ("client_id", "svc-other")
    headers = [_basic(f"{keyfile['client_id']}:")]
    answer = endpoint.post(site.grant(keyfile), other, headers=headers)
    assert "two different" in answer.check_refused("invalid_request")


# -- without a server --------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "client_id", "secret"),
    [
        ("id:", "id", ""),
        ("a%3Ab:c%3Ad", "a:b", "c:d"),
        ("a+b:c+d", "a b", "c d"),
        ("a%2Bb:", "a+b", ""),
        (":", "", ""),
        ("id:a:b", "id", "a:b"),
        ("app-1:pts%5F0", "app-1", "pts_0"),
    ],
)
def test_a_basic_header_is_split_at_its_first_colon_and_decoded(
    header: str, client_id: str, secret: str
) -> None:
    """CA-02: both halves, as in a form."""
    credentials = client_credentials({}, _basic(header)[1])
    assert (credentials.client_id, credentials.secret) == (client_id, secret)
    assert credentials.method == ("client_secret_basic" if secret else "none")


def test_header_and_body_may_name_the_same_client() -> None:
    """CA-08."""
    both = client_credentials({"client_id": "id", "a": "b"}, _basic("id:")[1])
    assert both.client_id == "id"
    with pytest.raises(InvalidRequest):
        client_credentials({"client_id": "id"}, _basic("other:")[1])


def test_no_repr_shows_what_a_client_has_sent() -> None:
    """It may be a secret that is right."""
    credentials = client_credentials({"client_secret": "s3cret"}, "")
    assert credentials.secret == "s3cret"
    assert "s3cret" not in repr(credentials)
