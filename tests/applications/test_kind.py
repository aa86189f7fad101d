"""What an application may be: options, who may choose them, and its secrets."""

from pas.plugins.tokenauth.applications.client import ApplicationClient
from pas.plugins.tokenauth.applications.kind import APPLICATION
from pas.plugins.tokenauth.applications.kind import NothingToRotate
from pas.plugins.tokenauth.authorization_server.interfaces import IApplication
from pas.plugins.tokenauth.authorization_server.interfaces import OpenIDOptions
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.credentials.errors import AlreadyEnded
from pas.plugins.tokenauth.credentials.errors import AlreadyIssued
from pas.plugins.tokenauth.credentials.publickeys import PrivateKeyGiven
from pas.plugins.tokenauth.credentials.search import Criteria
from pas.plugins.tokenauth.credentials.search import find_credentials
from pas.plugins.tokenauth.credentials.service import change_credential
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.events import IChangedEvent
from pas.plugins.tokenauth.events import IIssuedEvent
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NoIssuer
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.requester import Requester
from tests.applications.registering import Register
from tests.applications.registering import URI
from tests.credentials.doing import refused
from typing import Any
from zope.interface.verify import verifyObject

import pytest
import time


DAY = 24 * 60 * 60
NOW = time.time()
PAIR = generate_key_pair("ES256", NOW)
OTHER_PAIR = generate_key_pair("ES256", NOW)


# -- registering -------------------------------------------------------------


def test_an_application_belongs_to_the_site(site: Any, register: Register) -> None:
    """It is no credential of the administrator who registers it."""
    application = register(redirect_uris=(URI,)).credential
    assert (application.owner, application.issued_by) == ("", "tests")
    assert list(site.context.storage["application"].owned_by("")) == [application]


def test_a_secret_is_shown_once_and_kept_as_its_digest(register: Register) -> None:
    """TE-22: a stolen database holds none."""
    issued = register()
    (kept,) = issued.credential.secrets
    assert kept.digest == digest(issued.secret)
    assert issued.secret not in repr(issued)
    assert issued.secret not in repr(vars(issued.credential))


@pytest.mark.parametrize("authentication", ["none", "private_key_jwt"])
def test_an_application_with_a_key_or_nothing_has_no_secret(
    register: Register, authentication: str
) -> None:
    """There is nothing that could leak."""
    signs = authentication == "private_key_jwt"
    material = {"public_key": PAIR.public_key.pem} if signs else None
    issued = register(material, authentication=authentication)
    assert issued.secret == ""
    assert issued.credential.secrets == ()
    assert bool(issued.credential.public_keys) == signs


def test_an_issuer_is_needed(site: Any, register: Register) -> None:
    """No assertion could be addressed to the site."""
    site.plugin.issuer = ""
    site.commit()
    with pytest.raises(NoIssuer):
        register()


def test_a_form_that_is_sent_twice_registers_one(
    site: Any, people: dict[str, Requester]
) -> None:
    """Its random string is good for one."""
    options = {"title": "Shop"}
    APPLICATION.issue(site.context, people["manager"], options, NOW, "1")
    with pytest.raises(AlreadyIssued):
        APPLICATION.issue(site.context, people["manager"], options, NOW, "1")


def test_only_who_manages_applications_registers_one(
    register: Register, people: dict[str, Requester]
) -> None:
    """Administrators, users of the Zope root included; no member and no program."""
    for name in ("administrator", "manager", "root", "operator"):
        assert register(by=people[name]).credential.issued_by == people[name].name
    for name in ("owner", "member", "program"):
        with pytest.raises(NotAllowed):
            register(by=people[name])


def test_everything_that_is_wrong_is_told_at_once(register: Register) -> None:
    """A form need not be sent five times."""
    problems = refused(
        register,
        title="",
        authentication="client_secret_jwt",
        redirect_uris=("http://app.example.org/",),
        groups=("no-such-group",),
        default_scopes=("other",),
        scopes=("plone.nothing",),
        expires_at=NOW - 1,
        ip_ranges="here",
        material={"public_key": "-----BEGIN NOTHING"},
    )
    assert set(problems) == {
        "title",
        "token_endpoint_auth_method",
        "redirect_uris",
        "groups",
        "default_scopes",
        "scopes",
        "expires",
        "ip_ranges",
        "public_key",
    }


# -- redirect URIs -----------------------------------------------------------


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("http://app.example.org/cb", "https"),
        ("https://app.example.org/cb#part", "fragment"),
        ("https://*.example.org/cb", "asterisk"),
        ("javascript:alert(1)", "no application"),
        ("cursor://cb", "no dot"),
        ("/callback", "begins with a scheme"),
        ("https://me@example.org/", "no user"),
        ("https:///cb", "names a host"),
        ("https://app.example.org/ü", "percent-encoded"),
        ("https://app.example.org/" + "a" * 2000, "2000"),
    ],
)
def test_a_redirect_uri_that_is_not_safe_is_refused(
    register: Register, uri: str, said: str
) -> None:
    """AE-04, AE-07: when it is registered, with the reason."""
    assert said in refused(register, redirect_uris=(URI, uri))["redirect_uris"]


def test_an_administrator_can_allow_a_scheme_by_name(register: Register) -> None:
    """AE-07: an application like Cursor has nothing better."""
    uris = ("cursor://anysphere.cursor-mcp/oauth/callback",)
    register(redirect_uris=uris, allowed_schemes=("cursor",))
    wrong = refused(
        register, redirect_uris=("javascript:x",), allowed_schemes=("javascript",)
    )
    assert set(wrong) == {"redirect_uris"}


def test_redirect_uris_are_kept_as_they_are(register: Register) -> None:
    """AE-04: no parser of URLs has touched them; each is there once."""
    uris = ("https://App.example.org/%7Ecb/?a=%2F", URI)
    application = register(redirect_uris=(*uris, URI, "")).credential
    assert application.redirect_uris == uris


def test_there_are_at_most_twenty(register: Register) -> None:
    """A list that nobody reads protects nobody."""
    uris = tuple(f"{URI}/{number}" for number in range(21))
    assert set(refused(register, redirect_uris=uris)) == {"redirect_uris"}
    register(redirect_uris=uris[:20])


# -- what goes together ------------------------------------------------------


def test_a_public_application_runs_as_nobody(site: Any, register: Register) -> None:
    """CC-01: it could not prove that it is itself."""
    problems = refused(register, runs_as="robot", authentication="none")
    assert set(problems) == {"runs_as"}


def test_the_first_party_has_no_redirect_uri_on_the_computer(
    register: Register,
) -> None:
    """CO-01: any program could answer there, and nobody would be asked."""
    for uri in ("http://127.0.0.1/cb", "com.example.app:/cb"):
        problems = refused(register, redirect_uris=(uri,), is_first_party=True)
        assert set(problems) == {"is_first_party"}


def test_the_default_scope_is_a_part_of_what_it_may(register: Register) -> None:
    """AE-17: else a request without scope would get more than one with it."""
    problems = refused(register, default_scopes=("plone.write",))
    assert set(problems) == {"default_scopes"}
    register(scopes=("plone.write",), default_scopes=("plone.read",))


@pytest.mark.parametrize(
    ("authentication", "public_key"),
    [("private_key_jwt", ""), ("client_secret", PAIR.public_key.pem)],
)
def test_a_key_comes_with_an_application_that_signs(
    register: Register, authentication: str, public_key: str
) -> None:
    """It is neither forgotten nor of no use."""
    problems = refused(
        register, material={"public_key": public_key}, authentication=authentication
    )
    assert set(problems) == {"public_key"}


def test_a_private_key_is_refused_and_nowhere(register: Register) -> None:
    """It is no secret any more; the error does not hold it."""
    with pytest.raises(PrivateKeyGiven) as caught:
        register({"public_key": PAIR.private_pem}, authentication="private_key_jwt")
    assert "PRIVATE" not in repr(caught.value)


def test_groups_are_those_of_the_site(site: Any, register: Register) -> None:
    """AE-34: a group with a typing error would keep everybody out."""
    site.portal.portal_groups.addGroup("editors")
    site.commit()
    assert register(groups=("editors",)).credential.groups == ("editors",)
    assert "editor" in refused(register, groups=("editor",))["groups"]


# -- who may choose what -----------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"runs_as": "other"},
        {"is_first_party": True},
        {"scopes": ("plone.admin",), "expires_at": NOW + DAY},
    ],
    ids=["runs_as", "first_party", "admin"],
)
def test_what_acts_unasked_or_administers_needs_a_manager(
    register: Register, people: dict[str, Requester], options: dict[str, Any]
) -> None:
    """An administrator of applications lends no right that they lack."""
    problems = refused(register, by=people["administrator"], **options)
    assert set(problems) == set(options) - {"expires_at"}
    register(by=people["manager"], **options)


@pytest.mark.parametrize(
    "options",
    [{"runs_as": "other"}, {"scopes": ("plone.admin",), "expires_at": NOW + DAY}],
    ids=["unasked", "admin"],
)
def test_only_a_manager_changes_what_acts_unasked_or_administers(
    site: Any,
    register: Register,
    people: dict[str, Requester],
    options: dict[str, Any],
) -> None:
    """Else another redirect URI, or a new secret, would make them that user.

    Or the administrator who has once said yes to it.
    """
    robot = register(**options).credential
    administrator = people["administrator"]
    with pytest.raises(InvalidInput):
        change_credential(
            site.context, administrator, robot, {"redirect_uris": (URI,)}, NOW
        )
    with pytest.raises(NotAllowed):
        APPLICATION.rotate(site.context, administrator, robot, NOW, 0)
    # What makes it safer is theirs to do.
    tighter = {"ip_ranges": "192.0.2.7", "requires_pkce": True}
    assert change_credential(site.context, administrator, robot, tighter, NOW)
    assert APPLICATION.rotate(site.context, people["manager"], robot, NOW, 0).secret


def test_administration_ends(register: Register) -> None:
    """plone.admin is for an administrator to register, and for a time."""
    assert set(refused(register, scopes=("plone.admin",))) == {"expires"}


def test_a_site_without_administration_registers_none(
    site: Any, register: Register
) -> None:
    """The switch of the site holds for applications, too."""
    site.plugin.allow_admin_scopes = False
    site.commit()
    problems = refused(register, scopes=("plone.admin",), expires_at=NOW + DAY)
    assert set(problems) == {"scopes"}


def test_who_does_not_manage_applications_does_not_see_them(
    site: Any, register: Register, people: dict[str, Requester]
) -> None:
    """Also not beside the keys of everybody."""
    register()
    site.portal.manage_permission("pas.plugins.tokenauth: Manage Applications", [])
    site.commit()
    found = find_credentials(site.context, people["administrator"], NOW, Criteria())
    assert list(found) == []
    with pytest.raises(NotAllowed):
        find_credentials(
            site.context, people["manager"], NOW, Criteria(kind=APPLICATION)
        )


# -- changing ----------------------------------------------------------------


def test_the_method_changes_among_those_with_a_secret(
    site: Any, register: Register, people: dict[str, Requester]
) -> None:
    """CA-11: a secret stays a secret; a key does not become one."""
    application = register().credential
    manager = people["manager"]
    options = {"authentication": "client_secret_post"}
    assert change_credential(site.context, manager, application, options, NOW)
    for other in ("none", "private_key_jwt"):
        with pytest.raises(InvalidInput) as caught:
            change_credential(
                site.context, manager, application, {"authentication": other}, NOW
            )
        assert caught.value.field == "token_endpoint_auth_method"


# -- rotating ----------------------------------------------------------------


def test_two_secrets_work_while_they_are_exchanged(
    site: Any, register: Register, people: dict[str, Requester], listen: Any
) -> None:
    """The one before ends at the end of the overlap."""
    application = register().credential
    (before,) = application.secrets
    events = listen(IChangedEvent)
    issued = APPLICATION.rotate(site.context, people["manager"], application, NOW, DAY)
    after = application.secrets[-1]
    assert after.digest == digest(issued.secret)
    assert application.secret_of(before.digest, NOW + DAY - 1)
    assert not application.secret_of(before.digest, NOW + DAY)
    (event,) = events
    assert event.new_secret
    assert event.details == {
        "action": "rotate",
        "kid": after.kid,
        "others_end_at": NOW + DAY,
    }


def test_there_are_never_more_than_two_secrets(
    site: Any, register: Register, people: dict[str, Requester]
) -> None:
    """Whoever needs another one at once ends those before."""
    application, manager = register().credential, people["manager"]
    APPLICATION.rotate(site.context, manager, application, NOW, DAY)
    with pytest.raises(InvalidInput) as caught:
        APPLICATION.rotate(site.context, manager, application, NOW, DAY)
    assert caught.value.field == "overlap"
    APPLICATION.rotate(site.context, manager, application, NOW, 0)
    assert len(application.live_secrets(NOW)) == 1


def test_a_key_is_exchanged_for_another(
    site: Any, register: Register, people: dict[str, Requester]
) -> None:
    """The application makes it; the one that it has is no other."""
    issued = register(
        {"public_key": PAIR.public_key.pem}, authentication="private_key_jwt"
    )
    application, manager = issued.credential, people["manager"]
    for material in ({}, {"public_key": PAIR.public_key.pem}):
        with pytest.raises(InvalidInput) as caught:
            APPLICATION.rotate(
                site.context, manager, application, NOW, DAY, material=material
            )
        assert caught.value.field == "public_key"
    other = {"public_key": OTHER_PAIR.public_key.pem}
    APPLICATION.rotate(site.context, manager, application, NOW, DAY, material=other)
    assert len(application.live_public_keys(NOW)) == 2


def test_what_has_no_secret_gets_none(
    site: Any, register: Register, people: dict[str, Requester]
) -> None:
    """Nor does an application that was removed."""
    manager = people["manager"]
    public = register(authentication="none").credential
    with pytest.raises(NothingToRotate):
        APPLICATION.rotate(site.context, manager, public, NOW, 0)
    removed = register().credential
    revoke_credentials(site.context, manager, [removed.client_id], NOW)
    with pytest.raises(AlreadyEnded):
        APPLICATION.rotate(site.context, manager, removed, NOW, 0)


@pytest.mark.parametrize("overlap", [-1, 91 * DAY, InvalidInput("overlap", "What?")])
def test_an_overlap_that_cannot_be_used_is_refused(
    site: Any, register: Register, people: dict[str, Requester], overlap: Any
) -> None:
    """And the secret stays."""
    application = register().credential
    before = application.secrets
    with pytest.raises(InvalidInput):
        APPLICATION.rotate(site.context, people["manager"], application, NOW, overlap)
    assert application.secrets == before


# -- records -----------------------------------------------------------------


def test_the_event_of_a_registration_names_no_owner(
    register: Register, listen: Any
) -> None:
    """For the audit log; it holds no secret."""
    events = listen(IIssuedEvent)
    issued = register()
    (event,) = events
    assert (event.kind, event.owner, event.new_secret) == ("application", "", True)
    assert issued.secret not in repr(event)


# -- OpenID Connect ------------------------------------------------------------


def test_an_application_asks_for_nothing_special_of_openid(register: Register) -> None:
    """What OpenID Connect Registration presets, section 2."""
    client = ApplicationClient(register().credential)
    assert client.openid == OpenIDOptions()
    assert verifyObject(IApplication, client)


def test_what_an_application_has_for_openid_is_kept(register: Register) -> None:
    """OC-07, OC-10, OC-17."""
    options = {
        "id_token_signed_response_alg": "ES256",
        "subject_type": "pairwise",
        "claims_in_id_token": True,
        "post_logout_redirect_uris": ("https://app.example.org/bye",),
        "backchannel_logout_uri": "https://app.example.org/back",
        "frontchannel_logout_uri": "http://localhost:8000/front",
    }
    client = ApplicationClient(register(**options).credential)
    assert client.openid == OpenIDOptions(**options)


@pytest.mark.parametrize(
    "uri",
    [
        "http://app.example.org/",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "com.example.app:/",
        "https://app.example.org/#x",
        "https://me@app.example.org/",
        "app",
    ],
)
def test_a_log_out_leads_to_a_safe_place(register: Register, uri: str) -> None:
    """LO-09, LO-16; also where a browser or this site goes by itself."""
    members = ("backchannel_logout_uri", "frontchannel_logout_uri")
    assert set(refused(register, **dict.fromkeys(members, uri))) == set(members)
    if uri != "com.example.app:/":
        name = "post_logout_redirect_uris"
        assert set(refused(register, **{name: (uri,)})) == {name}


@pytest.mark.parametrize("algorithm", ["none", "HS256", "PS256", ""])
def test_an_id_token_is_signed_so_that_others_can_verify_it(
    register: Register, algorithm: str
) -> None:
    """OC-17, CS-04."""
    problems = refused(register, id_token_signed_response_alg=algorithm)
    assert set(problems) == {"id_token_signed_response_alg"}
