"""What OpenID Connect adds to a request for authorization."""

from pas.plugins.tokenauth.delegation.interfaces import AuthorizationError
from pas.plugins.tokenauth.delegation.interfaces import IAuthorizationData
from pas.plugins.tokenauth.delegation.interfaces import IAuthorizeCheck
from pas.plugins.tokenauth.delegation.interfaces import IConsentItems
from pas.plugins.tokenauth.openid.authorize import check_openid_parameters
from pas.plugins.tokenauth.openid.interfaces import ISubjects
from pas.plugins.tokenauth.site.users import SiteUser
from tests.openid.people import add_person
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
    kept: dict[str, Any] = found(request, SiteUser("jane", "jane"))
    return kept


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


def test_another_user_than_asked_for_is_an_error(provider: Any) -> None:
    """Conformance: OC-11. Nothing is stored for it."""
    claims = '{"id_token": {"sub": {"value": "%s"}}}'
    with pytest.raises(AuthorizationError) as refused:
        data(provider, claims=claims % "somebody")
    assert refused.value.error == "login_required"
    assert ISubjects(provider.context).known("jane") is None


def test_the_user_who_was_asked_for_passes(provider: Any) -> None:
    """Conformance: OC-11."""
    subject = ISubjects(provider.context)("jane")
    claims = json.dumps({"id_token": {"sub": {"value": subject}}})
    assert data(provider, claims=claims) == {"claims": "sub"}
