"""Claims about people, a component for each scope."""

from collections.abc import Callable
from collections.abc import Iterator
from io import BytesIO
from OFS.Image import Image
from pas.plugins.tokenauth.credentials.scopes import known_scopes
from pas.plugins.tokenauth.openid.claims import claims_about
from pas.plugins.tokenauth.openid.claims import ClaimsComponent
from pas.plugins.tokenauth.openid.claims import MAX_GROUPS
from pas.plugins.tokenauth.openid.interfaces import IClaims
from pas.plugins.tokenauth.openid.interfaces import IEmailVerification
from pas.plugins.tokenauth.site.interfaces import ISiteContext
from pas.plugins.tokenauth.site.memberdata import MAX_LENGTH
from pas.plugins.tokenauth.site.users import SiteUser
from tests.openid.people import add_person
from typing import Any
from zope.component import getAdapters
from zope.component import getGlobalSiteManager
from zope.interface.verify import verifyObject

import pytest


Register = Callable[[Any, Any, str], None]
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00"
    b"\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


@pytest.fixture
def register() -> Iterator[Register]:
    """Registers an adapter of the site, as an add-on would."""
    manager, done = getGlobalSiteManager(), []

    def register(factory: Any, interface: Any, name: str) -> None:
        before = manager.adapters.registered((ISiteContext,), interface, name)
        done.append((interface, name, before))
        manager.registerAdapter(factory, (ISiteContext,), interface, name)

    yield register
    for interface, name, before in done:
        manager.unregisterAdapter(None, (ISiteContext,), interface, name)
        if before is not None:
            manager.registerAdapter(before, (ISiteContext,), interface, name)


def claims(site: Any, user: SiteUser, *scopes: str) -> dict[str, Any]:
    return claims_about(site.context, user, scopes)


def test_each_component_is_what_it_says(site: Any) -> None:
    found = dict(getAdapters((site.context,), IClaims))
    assert set(found) == {"profile", "email", "groups", "roles"}
    jane = add_person(site)
    for component in found.values():
        assert verifyObject(IClaims, component)
        assert component(jane).keys() <= component.claims.keys()


def test_the_profile_says_who_somebody_is(site: Any) -> None:
    """Conformance: OC-09, OC-14, CS-09."""
    assert claims(site, add_person(site), "profile") == {
        "name": "Jane Émile",
        "preferred_username": "jane",
        "profile": f"{site.url}/author/jane",
        "website": "https://jane.example.org/",
        "locale": "pt-BR",
        "zoneinfo": "Europe/Berlin",
    }


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"fullname": ""}, "name"),
        ({"fullname": "Jane\nDoe"}, "name"),
        ({"home_page": "javascript:alert(1)"}, "website"),
        ({"home_page": "https://x/ y"}, "website"),
        ({"language": "not a language"}, "locale"),
        ({"language": ""}, "locale"),
        ({"timezone": "Middle/Earth"}, "zoneinfo"),
    ],
)
def test_a_claim_without_a_good_value_is_left_out(
    site: Any, given: dict[str, str], missing: str
) -> None:
    """Conformance: UI-10, OC-14."""
    found = claims(site, add_person(site, **given), "profile")
    assert missing not in found
    assert "" not in found.values()


def test_a_value_is_not_endless(site: Any) -> None:
    jane = add_person(site, fullname="x" * 5000)
    assert claims(site, jane, "profile")["name"] == "x" * MAX_LENGTH


def test_a_user_without_a_profile_has_few_claims(site: Any) -> None:
    site.add_user("plain")
    user = SiteUser("plain", "plain")
    assert set(claims(site, user, "profile")) == {"preferred_username", "profile"}
    assert claims(site, user, "email") == {}


# -- portrait ------------------------------------------------------------------


def portrait(site: Any, content_type: str = "image/gif") -> Image:
    image = Image("jane", "", BytesIO(GIF), content_type)
    site.portal.portal_memberdata._setPortrait(image, "jane")
    found: Image = site.portal.portal_memberdata.portraits["jane"]
    found.content_type = content_type
    site.commit()
    return found


def test_a_portrait_is_where_anybody_can_see_it(site: Any) -> None:
    """Conformance: OC-14, PL-14."""
    jane = add_person(site)
    portrait(site)
    picture = claims(site, jane, "profile")["picture"]
    response = site.get(picture)
    assert response.status_code == 200
    assert response.content == GIF


def test_a_portrait_that_could_run_scripts_is_left_out(site: Any) -> None:
    """Conformance: PL-14."""
    jane = add_person(site)
    portrait(site, "image/svg+xml")
    assert "picture" not in claims(site, jane, "profile")


def test_a_portrait_that_needs_a_log_in_is_left_out(site: Any) -> None:
    """Conformance: OC-14."""
    jane = add_person(site)
    portrait(site).manage_permission("View", ["Member"], acquire=False)
    assert "picture" not in claims(site, jane, "profile")


# -- e-mail --------------------------------------------------------------------


def test_no_address_is_verified_by_itself(site: Any) -> None:
    """Conformance: OC-12."""
    found = claims(site, add_person(site), "email")
    assert found == {"email": "jane@example.org", "email_verified": False}


def test_an_address_is_verified_by_whoever_knows(site: Any, register: Register) -> None:
    """Conformance: OC-12."""

    class Verification:
        def __init__(self, site: Any) -> None:
            pass

        def __call__(self, user: SiteUser, address: str) -> bool:
            return (user.user_id, address) == ("jane", "jane@example.org")

    jane = add_person(site)
    register(Verification, IEmailVerification, "test")
    assert claims(site, jane, "email")["email_verified"] is True
    member = site.portal.portal_membership.getMemberById("jane")
    member.setMemberProperties({"email": "boss@example.org"})
    found = claims(site, jane, "email")
    assert found == {"email": "boss@example.org", "email_verified": False}


# -- groups and roles ----------------------------------------------------------


def test_groups_are_those_that_plone_finds(site: Any) -> None:
    """Also of a group in a group. Conformance: OC-15."""
    jane = add_person(site)
    assert claims(site, jane, "groups") == {"groups": []}
    tool = site.portal.portal_groups
    for name in ("outer", "inner", "other"):
        tool.addGroup(name)
    tool.addPrincipalToGroup("jane", "inner")
    tool.addPrincipalToGroup("inner", "outer")
    assert claims(site, jane, "groups") == {"groups": ["inner", "outer"]}


def test_groups_are_not_endless(
    site: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Conformance: OC-15."""

    class Principal:
        def getGroups(self) -> list[str]:
            return [f"group-{n:03}" for n in range(MAX_GROUPS + 1)]

    users = type(site.context.users)
    monkeypatch.setattr(users, "principal", lambda *_: Principal())
    found = claims(site, SiteUser("jane", "jane"), "groups")["groups"]
    assert found == [f"group-{n:03}" for n in range(MAX_GROUPS)]
    assert str(MAX_GROUPS + 1) in caplog.text


def test_roles_are_those_of_the_site(site: Any) -> None:
    """Conformance: OC-16."""
    jane = add_person(site)
    assert claims(site, jane, "roles") == {"roles": ["Member"]}
    tool = site.portal.portal_groups
    tool.addGroup("editors", roles=["Editor"])
    tool.addPrincipalToGroup("jane", "editors")
    assert claims(site, jane, "roles") == {"roles": ["Editor", "Member"]}


# -- add-ons -------------------------------------------------------------------


class Badge(ClaimsComponent):
    """What an add-on knows about people."""

    title = "Badge"
    description = "Know your badge."
    claims = {"badge": "Badge"}

    def values(self, user: SiteUser) -> dict[str, Any]:
        return {"badge": 7 if user.user_id == "jane" else None}


def test_an_add_on_brings_a_scope(provider: Any, register: Register) -> None:
    jane = add_person(provider)
    register(Badge, IClaims, "badge")
    assert claims(provider, jane, "badge", "email").keys() == {
        "badge",
        "email",
        "email_verified",
    }
    assert claims(provider, SiteUser("john", "john"), "badge") == {}
    assert known_scopes()["badge"].description == "Know your badge."


def test_an_add_on_replaces_a_component(site: Any, register: Register) -> None:
    jane = add_person(site)
    register(Badge, IClaims, "profile")
    assert claims(site, jane, "profile") == {"badge": 7}


def test_claims_can_be_wanted_by_name(site: Any) -> None:
    """Conformance: OC-11."""
    jane = add_person(site)
    found = claims_about(site.context, jane, ["email"], ["name", "roles", "unknown"])
    assert found.keys() == {"email", "email_verified", "name", "roles"}
