"""What a service learns with a ticket: once, for itself, for half a minute."""

from datetime import datetime
from pas.plugins.tokenauth.core.clock import now as clock
from pas.plugins.tokenauth.events import IRefusedEvent
from pas.plugins.tokenauth.site.users import SiteUsers
from pas.plugins.tokenauth.site.users import SourceFailed
from pas.plugins.tokenauth.usage.log import Usage
from tests.cas.conftest import Register
from tests.cas.conftest import SERVICE
from tests.cas.conftest import ticket_for
from tests.cas.conftest import URL
from tests.cas.conftest import Validate
from tests.delegation.conftest import Browser
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
import time


CAS = "{http://www.yale.edu/tp/cas}"
VIEWS = ("serviceValidate", "proxyValidate", "p3/serviceValidate", "p3/proxyValidate")


def user_in(answer: requests.Response) -> str | None:
    """The user in an answer in XML, None for a failure."""
    check_answer(answer, "application/xml")
    found = ElementTree.fromstring(answer.text).find(f".//{CAS}user")
    return None if found is None else found.text


def code_in(answer: requests.Response) -> str | None:
    """The code of a failure, None for a success."""
    check_answer(answer, "application/xml")
    found = ElementTree.fromstring(answer.text).find(f"{CAS}authenticationFailure")
    return None if found is None else found.get("code")


def check_answer(answer: requests.Response, media_type: str) -> None:
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def attributes_in(answer: requests.Response) -> dict[str, list[str]]:
    """The attributes in an answer in XML."""
    root = ElementTree.fromstring(answer.text)
    found: dict[str, list[str]] = {}
    for each in root.iterfind(f".//{CAS}attributes/*"):
        found.setdefault(each.tag.removeprefix(CAS), []).append(each.text or "")
    return found


def seconds(values: list[str]) -> float:
    """The one time, in seconds since the epoch."""
    (value,) = values
    return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z").timestamp()


# -- success -----------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_a_service_learns_who_it_is(
    service: Any, alice: Browser, validate: Validate, view: str
) -> None:
    """CP-11: by CAS 2 and 3."""
    assert user_in(validate(ticket_for(alice), view)) == "alice"


def test_a_service_of_cas_1_learns_who_it_is(
    service: Any, alice: Browser, validate: Validate
) -> None:
    """CP-10: in two lines."""
    answer = validate(ticket_for(alice), "validate")
    check_answer(answer, "text/plain")
    assert answer.text == "yes\nalice\n"
    assert validate("ST-1", "validate").text == "no\n\n"


def test_a_service_can_have_json(
    service: Any, alice: Browser, validate: Validate
) -> None:
    """CP-12: failures too."""
    for ticket in (ticket_for(alice), "ST-1"):
        answer = validate(ticket, format="JSON")
        check_answer(answer, "application/json")
        (name,) = answer.json()["serviceResponse"]
        failed = ticket == "ST-1"
        assert name == f"authentication{'Failure' if failed else 'Success'}"


def test_attributes_are_those_that_are_registered(
    register: Register, alice: Browser, validate: Validate
) -> None:
    """CP-14: by CAS 3, under the names that the service wants."""
    site = alice.site
    site.sync()
    site.portal.portal_groups.addGroup("staff")
    site.portal.portal_groups.addPrincipalToGroup("alice", "staff")
    member = site.portal.portal_membership.getMemberById("alice")
    member.setMemberProperties({"email": "alice@example.org", "fullname": "Alice & Co"})
    site.commit()
    register(
        attributes=(
            *("email", "displayName=fullname", "memberOf=groups", "uid=login"),
            *("roles", "person=id", "home_page", "no_such_property"),
        )
    )
    found = attributes_in(validate(ticket_for(alice)))
    assert time.time() - seconds(found.pop("authenticationDate")) < 60
    assert found == {
        "isFromNewLogin": ["false"],
        "longTermAuthenticationRequestTokenUsed": ["false"],
        "email": ["alice@example.org"],
        "displayName": ["Alice & Co"],
        "memberOf": ["staff"],
        "uid": ["alice"],
        "roles": ["Member"],
        "person": ["alice"],
    }
    assert attributes_in(validate(ticket_for(alice), "serviceValidate")) == {}


def test_attributes_that_are_not_clean_are_left_out(
    register: Register, alice: Browser, validate: Validate
) -> None:
    """CP-14: a directory may hold anything, and clients read the rest."""
    site = alice.site
    site.sync()
    for group_id in ("staff", "st\x01aff", "st\u202eaff"):
        site.portal.portal_groups.addGroup(group_id)
        site.portal.portal_groups.addPrincipalToGroup("alice", group_id)
    site.portal.acl_users.source_users.updateUser("alice", "al\x01ice")
    site.commit()
    register(attributes=("groups", "login", "id"))
    in_json = validate(ticket_for(alice), format="JSON").json()["serviceResponse"]
    found = in_json["authenticationSuccess"]["attributes"]
    assert (found["groups"], found["id"]) == (["staff"], "alice")
    assert "login" not in found
    found = attributes_in(validate(ticket_for(alice)))
    assert (found["groups"], found["id"]) == (["staff"], ["alice"])
    assert "login" not in found


def test_a_service_learns_nothing_that_is_not_registered(
    service: Any, alice: Browser, validate: Validate
) -> None:
    """CP-14: only who it is."""
    found = attributes_in(validate(ticket_for(alice)))
    assert set(found) == {
        "authenticationDate",
        "isFromNewLogin",
        "longTermAuthenticationRequestTokenUsed",
    }


def test_people_are_known_by_user_id_or_login_name(
    register: Register, alice: Browser, validate: Validate
) -> None:
    """CP-15: a login name is told only where it is asked for: it can change hands."""
    site = alice.site
    site.portal.acl_users.source_users.updateUser("alice", "alice@example.org")
    site.commit()
    alice.log_in("alice@example.org")
    register()
    register(urls=("https://names.example.org/",), tells_login_name=True)
    assert user_in(validate(ticket_for(alice))) == "alice"
    url = "https://names.example.org/x"
    ticket = ticket_for(alice, service=url)
    assert user_in(validate(ticket, service=url)) == "alice@example.org"


def test_a_url_is_the_same_in_every_spelling_that_clients_have(
    service: Any, alice: Browser, validate: Validate
) -> None:
    """CP-04: at log-in as typed, then as a browser has made it."""
    ticket = ticket_for(alice, service=f"{URL}?q=ü b")
    assert user_in(validate(ticket, service=f"{URL}?q=%C3%BC%20b")) == "alice"


# -- failure -----------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_a_ticket_is_good_once(
    service: Any, alice: Browser, validate: Validate, view: str
) -> None:
    """CP-16; threat: a ticket in a log or a Referer."""
    ticket = ticket_for(alice)
    assert code_in(validate(ticket, view)) is None
    assert code_in(validate(ticket, view)) == "INVALID_TICKET"


def test_a_ticket_dies_with_the_first_try_of_another_service(
    register: Register, service: Any, alice: Browser, validate: Validate
) -> None:
    """CP-17; threat: one service logs in at another with what it was sent."""
    register(urls=("https://other.example.org/",))
    for other in ("https://other.example.org/", f"{URL}other", "https://evil.example/"):
        ticket = ticket_for(alice)
        assert code_in(validate(ticket, service=other)) == "INVALID_SERVICE"
        assert code_in(validate(ticket)) == "INVALID_TICKET"


def test_a_ticket_is_good_for_half_a_minute(
    service: Any, alice: Browser, validate: Validate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CP-16: by the clock of the site."""
    for ticket, seconds in [(ticket_for(alice), each) for each in (25, 31)]:
        later = "pas.plugins.tokenauth.site.view.now"
        with monkeypatch.context() as context:
            context.setattr(later, lambda seconds=seconds: clock() + seconds)
            code = code_in(validate(ticket))
        assert code == ("INVALID_TICKET" if seconds > 30 else None)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"ticket": ""}, "INVALID_REQUEST"),
        ({"service": ""}, "INVALID_REQUEST"),
        ({"ticket": "ST-1"}, "INVALID_TICKET"),
        ({"ticket": "ä"}, "INVALID_TICKET"),
        ({"ticket": f"ST-{'a' * 43}"}, "INVALID_TICKET"),
        ({"ticket": f"PT-{'a' * 43}"}, "INVALID_TICKET_SPEC"),
        ({"x": "y" * 6000}, "INVALID_REQUEST"),
        ({"x": "\0"}, "INVALID_REQUEST"),
    ],
)
def test_a_request_that_says_too_little_is_refused(
    service: Any, validate: Validate, sent: dict[str, str], code: str
) -> None:
    """CP-18: with status 200, as clients expect."""
    assert code_in(validate(**sent)) == code


def test_a_parameter_that_is_repeated_is_refused(server: Any) -> None:
    """CP-03: two services, and neither is meant."""
    query = f"service={URL}&service={URL}&ticket=ST-1"
    assert code_in(server.get(f"/@@cas/serviceValidate?{query}")) == "INVALID_REQUEST"


def test_a_log_in_that_was_not_for_this_ticket_does_not_do_for_renew(
    service: Any, alice: Browser, validate: Validate
) -> None:
    """CP-09: the service wants a fresh one."""
    assert code_in(validate(ticket_for(alice), renew="true")) == "INVALID_TICKET"


def test_a_service_asks_from_its_own_addresses(
    register: Register, alice: Browser, validate: Validate
) -> None:
    """CP-19; threat: whoever gets hold of a ticket asks first."""
    service = register(ip_ranges="192.0.2.0/24")
    assert code_in(validate(ticket_for(alice))) == "INVALID_SERVICE"
    alice.site.sync()
    service.ip_ranges = "127.0.0.1"
    alice.site.commit()
    assert user_in(validate(ticket_for(alice))) == "alice"


@pytest.mark.parametrize("lost", ["user", "group", "service", "url"])
def test_what_was_lost_since_the_ticket_counts(
    register: Register, alice: Browser, validate: Validate, lost: str
) -> None:
    """CP-08: everything is asked again."""
    site = alice.site
    site.portal.portal_groups.addGroup("staff")
    site.portal.portal_groups.addPrincipalToGroup("alice", "staff")
    site.commit()
    service = register(groups=("staff",))
    ticket = ticket_for(alice)
    site.sync()
    if lost == "user":
        site.portal.acl_users.userFolderDelUsers(["alice"])
    elif lost == "group":
        site.portal.portal_groups.removePrincipalFromGroup("alice", "staff")
    elif lost == "service":
        service.disabled_at = time.time()
    else:
        service.urls = ("https://other.example.org/",)
    site.commit()
    assert user_in(validate(ticket)) is None


def test_a_ticket_outlives_a_source_that_does_not_answer(
    service: Any,
    alice: Browser,
    validate: Validate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The service can ask again: nothing is used up."""
    ticket = ticket_for(alice)

    def fail(users: SiteUsers, user_id: str) -> None:
        raise SourceFailed("ldap")

    with monkeypatch.context() as context:
        context.setattr(SiteUsers, "get", fail)
        assert code_in(validate(ticket)) == "INTERNAL_ERROR"
    assert user_in(validate(ticket)) == "alice"


def test_nobody_gets_proxy_tickets(server: Any) -> None:
    """CP-13: in the form of that answer."""
    answer = server.get("/@@cas/proxy?pgt=PGT-1&targetService=https://x.example/")
    check_answer(answer, "application/xml")
    failure = ElementTree.fromstring(answer.text)[0]
    assert failure.get("code") == "UNAUTHORIZED_SERVICE_PROXY"


def test_a_service_can_only_ask_by_get(server: Any) -> None:
    """As all clients do."""
    answer = server.request("POST", "/@@cas/serviceValidate", data={"ticket": "ST-1"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_whoever_is_logged_in_has_no_part_in_what_a_service_learns(
    service: Any, alice: Browser, validate: Validate
) -> None:
    """Threat: a browser that is made to ask uses its session."""
    ticket = ticket_for(alice)
    answer = alice.get(
        f"{alice.site.url}/@@cas/serviceValidate",
        params={"service": SERVICE, "ticket": ticket},
    )
    assert "Set-Cookie" not in answer.headers
    assert user_in(answer) == "alice"


# -- what is recorded ------------------------------------------------------------


def test_each_log_in_is_an_entry_in_the_usage_log(
    service: Any, alice: Browser, validate: Validate
) -> None:
    """CP-23: who has logged in there, and from where the service has asked."""
    validate(ticket_for(alice))
    validate("ST-1")
    site = alice.site
    site.sync()
    (entry,) = Usage(site.context, service, time.time())
    assert (entry.subject, entry.address) == ("alice", "127.0.0.1")
    assert entry.user_agent.startswith("python-requests")


def test_a_refusal_names_the_service_but_no_ticket(
    service: Any, alice: Browser, validate: Validate, listen: Any, caplog: Any
) -> None:
    """CP-23: in log and audit log."""
    refused = listen(IRefusedEvent)
    ticket = ticket_for(alice)
    validate(ticket, service=f"{URL}other")
    (event,) = refused
    assert (event.what, event.credential_id) == ("CAS ticket", service.credential_id)
    assert ticket not in repr(event) + caplog.text
    assert service.credential_id in caplog.text
