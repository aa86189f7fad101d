"""What OpenID Connect adds to a request for authorization."""

from pas.plugins.tokenauth.authorization_server.interfaces import ISubjects
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.delegation.interfaces import AuthorizationError
from pas.plugins.tokenauth.delegation.interfaces import IAuthorizationData
from pas.plugins.tokenauth.delegation.interfaces import IAuthorizeCheck
from pas.plugins.tokenauth.delegation.interfaces import IConsentItems
from pas.plugins.tokenauth.openid.authorize import check_openid_parameters
from pas.plugins.tokenauth.openid.signingkeys import SigningKeyRing
from pas.plugins.tokenauth.site.users import SiteUser
from pas.plugins.tokenauth.storage.sessions import Session
from tests.openid.people import add_person
from tests.openid.people import Application
from tests.openid.people import request_for
from typing import Any
from zope.component import getAdapter
from zope.component import getUtility
from zope.interface.verify import verifyObject

import json
import pytest


def items(site: Any, scope: str, **parameters: str) -> dict[str, tuple[str, str]]:
    found = getAdapter(site.context, IConsentItems, "openid")
    assert verifyObject(IConsentItems, found)
    return {
        str(item.sentence): (item.name, str(item.value))
        for item in found(request_for(site, scope, **parameters), add_person(site))
    }


def data(site: Any, scope: str = "openid", **parameters: str) -> dict[str, Any]:
    found = getAdapter(site.context, IAuthorizationData, "openid")
    assert verifyObject(IAuthorizationData, found)
    request = request_for(site, scope, **parameters)
    return found(request, SiteUser("jane", "jane"))


def test_the_check_is_one(provider: Any) -> None:
    check = getUtility(IAuthorizeCheck, "openid_parameters")
    assert check.order == 120


@pytest.mark.parametrize(
    "parameters",
    [{"claims": "{"}, {"claims": "[]"}, {"nonce": "n" * 2001}],
)
def test_what_cannot_be_used_is_an_error(
    provider: Any, parameters: dict[str, str]
) -> None:
    """Conformance: OC-11, OC-03; but not where nobody asks for an ID token."""
    with pytest.raises(AuthorizationError) as refused:
        check_openid_parameters(request_for(provider, **parameters))
    assert refused.value.error == "invalid_request"
    check_openid_parameters(request_for(provider, "plone.read", **parameters))


def test_openid_connect_needs_the_redirect_uri(provider: Any) -> None:
    """Conformance: CR-07, CS-42; also where only one is registered."""
    request = request_for(provider)
    del request.parameters["redirect_uri"]
    with pytest.raises(AuthorizationError, match="redirect_uri"):
        check_openid_parameters(request)


def test_what_can_be_used_passes(provider: Any) -> None:
    check_openid_parameters(
        request_for(provider, nonce="n" * 2000, claims='{"id_token": {}}')
    )


def test_people_see_what_an_application_learns(provider: Any) -> None:
    """Conformance: CO-05, OC-25."""
    assert items(provider, "openid email groups plone.read") == {
        "E-mail address": ("email", "jane@example.org"),
        "Whether the address was verified": ("email", "no"),
        "Groups": ("groups", ""),
    }


def test_people_see_claims_that_are_asked_for_by_name(provider: Any) -> None:
    """Conformance: OC-25."""
    claims = json.dumps(
        {"userinfo": {"locale": None, "email": None}, "id_token": {"name": None}}
    )
    assert items(provider, "openid email", claims=claims) == {
        "Name": ("id_token:name", "Jane Émile"),
        "Language": ("userinfo:locale", "pt-BR"),
        "E-mail address": ("email", "jane@example.org"),
        "Whether the address was verified": ("email", "no"),
    }


def test_an_application_asks_by_name_for_no_more_than_its_scopes(
    provider: Any,
) -> None:
    """Conformance: OC-11, DR-10: neither at consent nor in the ID token."""
    names = {"roles": None, "email": None}
    claims = json.dumps({"userinfo": names, "id_token": names})
    assert items(provider, "openid", claims=claims).keys() == {"E-mail address"}
    assert data(provider, claims=claims) == {"claims": "email"}


def test_without_openid_there_is_nothing_to_learn(provider: Any) -> None:
    assert items(provider, "email plone.read") == {}


def test_the_code_keeps_what_the_id_token_needs(provider: Any) -> None:
    claims = '{"id_token": {"name": null, "email": null}}'
    assert data(provider, nonce="n", claims=claims) == {
        "nonce": "n",
        "claims": "email name",
    }


def test_the_code_keeps_nothing_more(provider: Any) -> None:
    assert data(provider) == {}


def test_without_openid_the_code_keeps_nothing(provider: Any) -> None:
    assert data(provider, "plone.read", nonce="n") == {}


def asked_for(site: Any, **parameters: str) -> bool:
    """Whether the request is about jane."""
    request = request_for(site, **parameters)
    check_openid_parameters(request)
    return request.is_about(SiteUser("jane", "jane"))


def claims_for(subject: str) -> str:
    return json.dumps({"id_token": {"sub": {"value": subject}}})


def test_a_request_is_about_anybody_unless_it_says_whom(provider: Any) -> None:
    assert asked_for(provider)


def test_a_request_can_be_about_one_person(provider: Any) -> None:
    """Conformance: OC-11. Nothing is stored for it."""
    assert not asked_for(provider, claims=claims_for("somebody"))
    assert ISubjects(provider.context).known("jane", None) is None
    subject = ISubjects(provider.context)("jane", None)
    assert asked_for(provider, claims=claims_for(subject))


def hint(site: Any, typ: str = "JWT", **claims: Any) -> str:
    """An ID token of the site for the application, which has expired long ago."""
    claims = {
        "iss": site.url,
        "aud": "app-1",
        "sub": ISubjects(site.context)("jane", None),
        "exp": 1000,
        **claims,
    }
    return SigningKeyRing(site.context).sign(claims, typ, "RS256", 1000.0)


def test_a_hint_says_whom_a_request_is_about(provider: Any) -> None:
    """Conformance: AE-28, CS-23: also when it has expired."""
    assert asked_for(provider, id_token_hint=hint(provider))
    assert not asked_for(provider, id_token_hint=hint(provider, sub="somebody"))


def test_a_hint_by_a_key_that_signs_no_more_is_one(provider: Any) -> None:
    """Conformance: AE-28, OD-09."""
    old = hint(provider)
    SigningKeyRing(provider.context).rotate("me", 1000.0)
    SigningKeyRing(provider.context).rotate("me", 1000.0 + 90 * 24 * 3600)
    assert asked_for(provider, id_token_hint=old)


def test_a_hint_by_a_key_that_leaked_is_none(provider: Any) -> None:
    """Conformance: OD-10."""
    old = hint(provider)
    SigningKeyRing(provider.context).replace("me", 2000.0)
    with pytest.raises(AuthorizationError):
        asked_for(provider, id_token_hint=old)


def test_hint_and_claims_cannot_be_about_different_people(provider: Any) -> None:
    assert not asked_for(
        provider, id_token_hint=hint(provider), claims=claims_for("somebody")
    )


@pytest.mark.parametrize(
    "changes",
    [{"aud": "app-2"}, {"iss": "https://other.example"}, {"typ": "logout+jwt"}],
    ids=str,
)
def test_what_is_no_id_token_for_the_client_is_no_hint(
    provider: Any, changes: dict[str, str]
) -> None:
    """Conformance: AE-28, OC-18."""
    with pytest.raises(AuthorizationError) as refused:
        asked_for(provider, id_token_hint=hint(provider, **changes))
    assert refused.value.error == "invalid_request"


@pytest.mark.parametrize("forged", ["x", "e30.e30.", "e30.e30.e30"])
def test_what_the_site_has_not_signed_is_no_hint(provider: Any, forged: str) -> None:
    """Conformance: AE-28."""
    with pytest.raises(AuthorizationError) as refused:
        asked_for(provider, id_token_hint=forged)
    assert refused.value.error == "invalid_request"


def test_a_class_of_authentication_that_is_essential_is_not_met(provider: Any) -> None:
    """Conformance: OC-08, CS-27: one that is not is ignored."""
    asked_for(provider, claims='{"id_token": {"acr": {"values": ["1"]}}}')
    asked_for(provider, acr_values="1 2")
    with pytest.raises(AuthorizationError) as refused:
        asked_for(provider, claims='{"id_token": {"acr": {"essential": true}}}')
    assert refused.value.error == "unmet_authentication_requirements"


def test_the_time_of_the_log_in_can_be_essential(provider: Any) -> None:
    """Conformance: OC-04."""
    request = request_for(
        provider, claims='{"id_token":{"auth_time":{"essential":true}}}'
    )
    check_openid_parameters(request)
    assert request.needs_auth_time


def session_data(site: Any, session: Session, client_id: str = "app-1") -> Any:
    request = request_for(site)
    request.client = Application(client_id)  # type: ignore[assignment]
    request.session = session
    found = getAdapter(site.context, IAuthorizationData, "openid")
    return found(request, SiteUser("jane", "jane"))


def test_the_code_keeps_what_is_known_of_the_log_in(provider: Any) -> None:
    """Conformance: OC-04, OC-08."""
    session = Session(digest("x"), "jane")
    assert session_data(provider, session).keys() == {"sid"}
    session.auth_time, session.methods = 1000.5, ("pwd", "otp")
    about = session_data(provider, session)
    assert (about["auth_time"], about["amr"]) == (1000.5, "pwd otp")


def test_each_application_knows_the_session_by_a_name_of_its_own(provider: Any) -> None:
    """Conformance: OC-23: the same each time."""
    session = Session(digest("x"), "jane")
    first = session_data(provider, session)["sid"]
    assert session_data(provider, session)["sid"] == first
    second = session_data(provider, session, "app-2")["sid"]
    assert second != first
    assert session.members("openid") == {
        "app-1": {"sid": first},
        "app-2": {"sid": second},
    }
    other = Session(digest("y"), "jane")
    assert session_data(provider, other)["sid"] not in (first, second)
