"""A visitor of a link gets from every route of Plone what Anonymous gets.

All but one object: there the visitor sees that object, and of others what Anonymous
sees of them. The routes are found in the registrations.
"""

from pas.plugins.tokenauth.signedlinks import hiding
from plone import api
from plone.app.iterate.interfaces import ICheckinCheckoutPolicy
from plone.app.testing import applyProfile
from plone.app.textfield.value import RichTextValue
from plone.namedfile.file import NamedBlobImage
from tests.signedlinks import routes
from tests.signedlinks.conftest import Browser
from typing import Any
from z3c.relationfield import RelationValue
from zope.component import getUtility
from zope.event import notify
from zope.intid.interfaces import IIntIds
from zope.lifecycleevent import ObjectModifiedEvent

import pytest
import re
import requests


#: One pixel.
GIF = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002"
    "02440100 3b".replace(" ", "")
)
#: What nobody must learn of other objects.
SECRETS = {
    "parent": "Secret plans",
    "neighbour before": "Layoffs in spring",
    "neighbour after": "Zeppelin purchase",
    "related": "Competitor dossier",
    "working copy": "Draft of the budget",
    "child": "Child of the budget",
}
#: What differs from request to request.
VARYING = (
    (re.compile(r"[0-9a-f]{40,64}"), "DIGEST"),
    (re.compile(r"[0-9a-f]{32}"), "UUID"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[:\d.+Z-]*"), "TIME"),
    (re.compile(r"\d{10}\.\d+"), "SECONDS"),
    (re.compile(r"nonce(-|=\")[\w-]+"), "NONCE"),
    (re.compile(r"0x[0-9a-f]{8,}"), "ADDRESS"),
)
#: Headers that say when, not what.
TIMES = {"date", "last-modified", "etag", "expires"}


class World:
    """A private page, what is around it, and who has opened a link to it."""

    def __init__(self, site: Any, page: Any, share: Any, browser: Browser) -> None:
        self.site = site
        self.page = page
        self.visitor = browser
        self.folder = page.aq_parent
        self.objects = {"site": site.portal, "parent": self.folder}
        self._populate()
        self.url = page.absolute_url()
        assert browser.open(share(page).url).status_code == 303
        assert browser.get(self.url).status_code == 200
        self.cookie = "; ".join(
            f"{each.name}={each.value}" for each in browser.session.cookies
        )

    def _populate(self) -> None:
        applyProfile(self.site.portal, "plone.app.iterate:default")
        folder, page = self.folder, self.page
        for name in ("neighbour before", "neighbour after", "related"):
            self.objects[name] = api.content.create(
                folder, "Document", name.replace(" ", "-"), title=SECRETS[name]
            )
        folder.moveObjectsToTop(["neighbour-before"])
        self.objects["public"] = public = api.content.create(
            self.site.portal, "Document", "public", title="Press release"
        )
        api.content.transition(public, "publish")
        self.objects["image"] = api.content.create(
            folder,
            "Image",
            "image",
            title="A map",
            image=NamedBlobImage(GIF, "image/gif", "x.gif"),
        )
        intids = getUtility(IIntIds)
        page.relatedItems = [
            RelationValue(intids.getId(each))
            for each in (self.objects["related"], public)
        ]
        page.text = RichTextValue(
            "<p>Nobody knows this number."
            f' <a href="resolveuid/{public.UID()}">There</a></p>',
            "text/html",
            "text/x-html-safe",
        )
        notify(ObjectModifiedEvent(page))
        page.reindexObject()
        copy = ICheckinCheckoutPolicy(page).checkout(folder)
        copy.title = SECRETS["working copy"]
        copy.reindexObject()
        self.objects["working copy"] = copy
        self.site.commit()

    def ask(self, url: str, as_visitor: bool, **headers: str) -> requests.Response:
        if as_visitor:
            headers["Cookie"] = self.cookie
        return requests.get(url, headers=headers, timeout=60, allow_redirects=False)


@pytest.fixture
def world(site: Any, page: Any, share: Any, browser: Browser) -> World:
    return World(site, page, share, browser)


def told(answer: requests.Response) -> tuple[Any, ...]:
    """All that an answer says, but for times and what chance decides."""
    headers = {
        name: _same(value)
        for name, value in answer.headers.items()
        if name.lower() not in TIMES
    }
    headers.pop("Content-Length", None)
    return answer.status_code, headers, _same(answer.text)


def _same(text: str) -> str:
    for pattern, name in VARYING:
        text = pattern.sub(name, text)
    return text


def urls(obj: Any) -> list[tuple[str, dict[str, str]]]:
    """The URLs of an object, with the headers that each needs."""
    base = obj.absolute_url()
    json = {"Accept": "application/json"}
    pages = [f"{base}/@@{name}" for name in sorted(routes.views(obj))]
    services = [f"{base}/{name}" for name in sorted(routes.services(obj))]
    return [
        (base, {}),
        *((url, {}) for url in pages),
        *((url.rstrip("/"), json) for url in services),
        (f"{base}?expand=actions,breadcrumbs,contextnavigation,navigation", json),
    ]


@pytest.mark.parametrize(
    "name", ["site", "parent", "neighbour before", "public", "image", "working copy"]
)
def test_every_other_url_answers_as_to_anonymous(world: World, name: str) -> None:
    """SL-01: byte for byte."""
    different = []
    for url, headers in urls(world.objects[name]):
        anonymous = told(world.ask(url, as_visitor=False, **headers))
        if told(world.ask(url, as_visitor=True, **headers)) != anonymous:
            different.append((url, headers))
    assert different == []


def test_no_route_to_the_object_tells_of_others(world: World) -> None:
    """SL-02: titles and ids of others are those that Anonymous sees."""
    leaks = []
    for url, headers in urls(world.page):
        answer = world.ask(url, as_visitor=True, **headers)
        for secret in (*SECRETS.values(), "neighbour-", world.objects["related"].UID()):
            if secret in answer.text:
                leaks.append(
                    (url.removeprefix(world.url), headers, secret, answer.status_code)
                )
    assert leaks == []


def test_plone_would_tell_of_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the comparison finds something where nothing is left out."""
    monkeypatch.setattr(hiding, "current_guest", lambda: None)
    assert SECRETS["parent"] in world.ask(world.url, as_visitor=True).text
