"""What there is to look into, in words for people."""

from dataclasses import replace
from pas.plugins.tokenauth.site.diagnostics import VisitFacts
from pas.plugins.tokenauth.site.diagnostics import warnings
from pathlib import Path
from tests.site.facts import FACTS
from typing import Any
from zope.i18n import translate

import pytest


ISSUER = "https://www.example.org"
VISIT = VisitFacts(
    url=ISSUER,
    client_address="192.0.2.1",
    forwarded_for="",
)


def said(site: Any, **changes: Any) -> list[tuple[str, str]]:
    """How serious each warning is, and what it says at the beginning."""
    facts = {name: changes.pop(name) for name in vars(FACTS) if name in changes}
    visit = replace(VISIT, **changes)
    found = warnings(site.context, replace(FACTS, **facts), visit)
    return [
        (each.level, translate(each.message).partition(". ")[0].rstrip("."))
        for each in found
    ]


@pytest.fixture(autouse=True)
def good(site: Any) -> None:
    site.plugin.issuer = ISSUER


def test_a_good_site_has_no_diagnostics(site: Any) -> None:
    assert said(site) == []


@pytest.mark.parametrize(
    ("changes", "level", "text"),
    [
        (
            {"url": "https://a.example.org"},
            "warning",
            (
                "You visit this site at https://a.example.org, but its issuer is"
                " https://www.example.org"
            ),
        ),
        (
            {"forwarded_for": "198.51.100.1"},
            "warning",
            (
                "The server mistakes a proxy for the client: it sees you at 192.0.2.1,"
                " so IP ranges do not work"
            ),
        ),
        (
            {"makes_users": False},
            "warning",
            (
                "Another plugin makes users before this one, so tokens without a scope"
                " of administration are refused"
            ),
        ),
        (
            {"administering": 2},
            "warning",
            "Keys, tokens and applications that may administer this site: 2",
        ),
        (
            {"reads_first": False},
            "warning",
            "Another plugin reads credentials before this one",
        ),
        (
            {"sends_mail": False},
            "info",
            (
                "The site has no mail server or sender address: nobody is told before a"
                " key or token expires, or when one is issued"
            ),
        ),
    ],
)
def test_a_visit_tells_what_is_wrong(
    site: Any, changes: dict[str, Any], level: str, text: str
) -> None:
    assert said(site, **changes) == [(level, text)]


def test_a_site_with_volto_is_told_how_people_find_the_pages(site: Any) -> None:
    facts = replace(FACTS, has_volto=True)
    site.plugin.issuer = "https://www.example.org:8443/++api++"
    [found] = warnings(site.context, facts)
    url = "https://www.example.org:8443/ClassicUI"
    assert f"set the URL of the pages to {url}." in translate(found.message)
    base = "/VirtualHostBase/https/www.example.org:8443/plone/VirtualHostRoot"
    assert f"{base}/_vh_ClassicUI$1 break;" in found.lines
    site.plugin.pages_url = url
    assert warnings(site.context, facts) == []


def test_the_lines_for_a_site_with_volto_are_the_documented_ones(site: Any) -> None:
    """They are tested with a real nginx."""
    site.plugin.issuer = f"{ISSUER}/++api++"
    [found] = warnings(site.context, replace(FACTS, has_volto=True))
    rules = Path(__file__).parents[2] / "docs/examples/nginx/volto.conf"
    documented = {each.strip() for each in rules.read_text().splitlines()}
    for line in found.lines.splitlines():
        assert line.strip().replace("/plone/", "/Plone/") in documented


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("", "The site has no issuer: no key can be issued and no grant used"),
        (
            "http://localhost:8080/Plone",
            "The issuer http://localhost:8080/Plone is not https",
        ),
    ],
)
def test_an_issuer_that_will_not_do_is_warned_of(
    site: Any, url: str, text: str
) -> None:
    site.plugin.issuer = url
    assert said(site, url=url) == [("warning", text)]


def test_an_issuer_in_zope_conf_is_mentioned(
    site: Any, zope_conf: dict[str, str]
) -> None:
    zope_conf["issuer"] = "/plone https://staging.example.org"
    text = "zope.conf says that the issuer is https://staging.example.org"
    assert said(site) == [("info", text)]


def test_a_role_of_content_that_administers_is_named_with_its_permission(
    site: Any,
) -> None:
    permission = "Plone Site Setup: Overview"
    site.portal.manage_permission(permission, ["Manager", "Editor"], acquire=0)
    [(level, text)] = said(site)
    assert level == "warning"
    assert text.startswith(f"The role Editor has the permission “{permission}”")
