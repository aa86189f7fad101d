"""What a CAS service may be: its options, and who may register one."""

from pas.plugins.tokenauth.cas.kind import CAS_SERVICE
from pas.plugins.tokenauth.cas.service import find_service
from pas.plugins.tokenauth.credentials.errors import AlreadyIssued
from pas.plugins.tokenauth.credentials.service import change_credential
from pas.plugins.tokenauth.site.diagnostics import warnings
from pas.plugins.tokenauth.site.errors import NoIssuer
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.requester import Requester
from tests.cas.conftest import Register
from tests.cas.conftest import URL
from tests.credentials.doing import refused
from tests.site.facts import FACTS
from typing import Any

import pytest
import time


def test_a_service_belongs_to_the_site(server: Any, register: Register) -> None:
    """It is nobody's own, and has no secret."""
    service = register()
    assert (service.owner, service.issued_by) == ("", "tests")
    assert service.scopes == ()


def test_a_service_is_registered_once_by_a_form(
    server: Any, people: dict[str, Requester]
) -> None:
    """Its random string is good for one."""
    options = {"title": "Shop", "urls": (URL,)}
    now = time.time()
    CAS_SERVICE.issue(server.context, people["manager"], options, now, "1")
    with pytest.raises(AlreadyIssued):
        CAS_SERVICE.issue(server.context, people["manager"], options, now, "1")


def test_only_who_manages_applications_registers_a_service(
    register: Register, people: dict[str, Requester]
) -> None:
    """No member and no program."""
    for name in ("administrator", "manager", "root", "operator"):
        assert register(by=people[name]).issued_by == people[name].name
    for name in ("owner", "member", "program"):
        with pytest.raises(NotAllowed):
            register(by=people[name])


def test_a_site_administrator_changes_a_service(
    server: Any, register: Register, people: dict[str, Requester]
) -> None:
    """It acts as nobody: there is no right that they would lend."""
    service = register()
    requester, now = people["administrator"], time.time()
    options = {"title": "Other", "ip_ranges": ""}
    assert change_credential(server.context, requester, service, options, now)
    assert service.title == "Other"


def test_nothing_is_registered_while_cas_is_off(
    server: Any, register: Register
) -> None:
    """CP-01: nor without the URL of the site."""
    server.plugin.cas_enabled = False
    server.commit()
    with pytest.raises(NotAllowed, match="switched off"):
        register()
    server.plugin.cas_enabled, server.plugin.issuer = True, ""
    server.commit()
    with pytest.raises(NoIssuer):
        register()


def test_everything_that_is_wrong_is_told_at_once(register: Register) -> None:
    """A form need not be sent five times."""
    problems = refused(
        register,
        title="",
        urls=("http://app.example.org/",),
        attributes=("user",),
        users=("nobody",),
        groups=("no-such-group",),
        ip_ranges="here",
        expires_at=1.0,
    )
    assert set(problems) == {
        *("title", "urls", "attributes", "users", "groups", "ip_ranges", "expires"),
    }


@pytest.mark.parametrize(
    "url",
    [
        "http://app.example.org/",
        "https://user@app.example.org/",
        "https://app.example.org/*",
        "https://app.example.org/#x",
        "https:///x",
        "org.example.app:/x",
        "javascript:alert(1)",
        "app.example.org",
    ],
)
def test_a_url_that_cannot_be_a_service_is_refused(
    register: Register, url: str
) -> None:
    """CP-06: https, except on the person's own computer."""
    assert "urls" in refused(register, urls=(URL, url))


def test_a_service_needs_a_url(register: Register) -> None:
    """It would be good for nothing."""
    assert "urls" in refused(register, urls=())
    assert register(urls=("http://127.0.0.1:8000/", "http://localhost/x"))


@pytest.mark.parametrize(
    "attributes",
    [
        ("proxies",),
        ("a b",),
        ("ä=email",),
        ("email=",) * 2,
        ("email", "email=fullname"),
        ("mail=e mail",),
        ("x=<y>",),
        ("=email",),
    ],
)
def test_an_attribute_that_cannot_be_told_is_refused(
    register: Register, attributes: tuple[str, ...]
) -> None:
    """CP-11: a client could take it for something else."""
    assert "attributes" in refused(register, attributes=attributes)


def test_attributes_are_kept_in_one_spelling(register: Register) -> None:
    """So that a list shows what is different."""
    service = register(attributes=(" email = email ", "displayName= fullname", ""))
    assert service.attributes == ("email", "displayName=fullname")


def test_the_most_special_service_is_found(server: Any, register: Register) -> None:
    """CP-06: one for a part of a host, beside one for the rest."""
    whole = register()
    part = register(urls=(f"{URL}wiki/",))
    page = register(urls=(f"{URL}wiki/page",))
    now = time.time()
    for url, expected in (
        (f"{URL}x", whole),
        (f"{URL}wiki", whole),
        (f"{URL}wiki/x", part),
        (f"{URL}wiki/page", page),
        ("https://other.example.org/", None),
    ):
        assert find_service(server.context, url, now) == expected


def test_no_other_service_takes_the_place_of_one_that_is_disabled(
    server: Any, register: Register
) -> None:
    """CP-06: the other is for more people. Who revokes it takes it away."""
    whole = register()
    part = register(urls=(f"{URL}wiki/",), groups=("Administrators",))
    now = time.time()
    for name in ("disabled_at", "expires_at"):
        setattr(part, name, now)
        assert find_service(server.context, f"{URL}wiki/x", now) is None
        setattr(part, name, None)
    part.revoked_at = now
    assert find_service(server.context, f"{URL}wiki/x", now) == whole


def test_the_panel_says_what_waits_for_a_sealing_key(server: Any) -> None:
    """Logging in again is what does; all else goes on."""

    def codes() -> list[str]:
        return [each.code for each in warnings(server.context, FACTS)]

    assert "no_sealing_key" in codes()
    server.plugin.cas_enabled = False
    assert "no_sealing_key" not in codes()
