"""A visitor of a link gets from every route of Plone what Anonymous gets.

All but one object: there the visitor sees that object, and of others what Anonymous
sees of them. The routes are found in the registrations.
"""

from Acquisition import aq_base
from pas.plugins.tokenauth.signedlinks import hiding
from plone import api
from plone.app.iterate.interfaces import ICheckinCheckoutPolicy
from plone.app.multilingual.browser.setup import SetupMultilingualSite
from plone.app.multilingual.interfaces import ITG
from plone.app.multilingual.interfaces import ITranslationManager
from plone.app.testing import applyProfile
from plone.app.textfield.value import RichTextValue
from plone.namedfile.file import NamedBlobImage
from plone.namedfile.interfaces import INamed
from plone.uuid.interfaces import IUUID
from tests.plone_fixtures import PASSWORD
from tests.signedlinks import routes
from tests.signedlinks.conftest import Browser
from typing import Any
from z3c.relationfield import RelationValue
from zope.component import getMultiAdapter
from zope.component import getUtility
from zope.event import notify
from zope.intid.interfaces import IIntIds
from zope.lifecycleevent import ObjectModifiedEvent

import pytest
import re
import requests
import transaction


pytestmark = pytest.mark.long

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
    "older version": "Cut by half",
    "translation": "Haushalt",
    "translation of parent": "Geheime",
    "asset": "Logo of the merger",
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
#: Views of files and images.
FILES = ("@@images", "@@download", "@@display-file", "@@download-thumbnail")
#: A version by its number.
VERSIONS = (
    "versions_history_form?version_id=0",
    "@@version-view?version_id=0",
    "@@download-version?version_id=0&field_id=text&filename=x",
    "@@history?one=0&two=1",
    "@@historyview",
    "?version_id=0",
)
#: Headers that say when, not what.
TIMES = {"date", "last-modified", "etag", "expires"}


class World:
    """A private page, what is around it, and who has opened a link to something."""

    def __init__(self, site: Any, page: Any, share: Any, browser: Browser) -> None:
        self.site = site
        self.share = share
        self.visitor = browser
        self.folder = page.aq_parent
        self.objects = {"site": site.portal, "page": page, "parent": self.folder}
        self._populate()

    def visit(self, name: str) -> None:
        """Open a link to one of the objects."""
        self.site.commit()
        shared = self.objects[name]
        self.url = shared.absolute_url()
        #: What a visitor must not learn; the others have no secrets.
        self.secrets = [
            *(secret for each, secret in SECRETS.items() if each != name),
            "neighbour-",
            self.objects["related"].UID(),
        ]
        # Plone remembers some of what it has shown to others.
        assert self.ask_as_editor(self.url).status_code == 200
        self.visitor.session.cookies.clear()
        link = self.share(shared, action="view").url
        assert self.visitor.open(link).status_code == 303
        assert self.visitor.get(f"{self.url}/view").status_code == 200
        self.cookie = "; ".join(
            f"{each.name}={each.value}" for each in self.visitor.session.cookies
        )

    def _populate(self) -> None:
        applyProfile(self.site.portal, "plone.app.iterate:default")
        folder, page = self.folder, self.objects["page"]
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
        page.text = RichTextValue(SECRETS["older version"], "text/plain")
        self.site.portal.portal_repository.save(page, comment="First")
        page.text = RichTextValue(
            "<p>Nobody knows this number."
            f' <a href="resolveuid/{public.UID()}">There</a></p>',
            "text/html",
            "text/x-html-safe",
        )
        self.site.portal.portal_repository.save(page, comment="Second")
        notify(ObjectModifiedEvent(page))
        page.reindexObject()
        copy = ICheckinCheckoutPolicy(page).checkout(folder)
        copy.title = SECRETS["working copy"]
        copy.reindexObject()
        self.objects["working copy"] = copy

    def translate(self) -> None:
        """Make the site multilingual: the page has a translation that is private."""
        portal = self.site.portal
        applyProfile(portal, "plone.app.multilingual:default")
        api.portal.set_registry_record("plone.available_languages", ["en", "de"])
        SetupMultilingualSite().setupSite(portal)
        self.folder = self.objects["parent"] = api.content.move(self.folder, portal.en)
        self.objects["page"] = self.folder["page"]
        for name, of in (("translation of parent", "parent"), ("translation", "page")):
            manager = ITranslationManager(self.objects[of])
            manager.add_translation("de")
            translation = manager.get_translation("de")
            translation.title = SECRETS[name]
            self.objects[name] = api.content.rename(translation, SECRETS[name])
            self.objects[name].reindexObject()
        self.objects["asset"] = api.content.create(
            portal.en.assets, "Document", "logo", title=SECRETS["asset"]
        )
        self.objects["language"] = portal.de

    def ask_as_editor(self, url: str, **headers: str) -> requests.Response:
        return requests.get(url, headers=headers, auth=("editor", PASSWORD), timeout=60)

    def ask(self, url: str, as_visitor: bool, **headers: str) -> requests.Response:
        if as_visitor:
            headers["Cookie"] = self.cookie
        return requests.get(url, headers=headers, timeout=60, allow_redirects=False)


@pytest.fixture
def world(site: Any, page: Any, share: Any, browser: Browser) -> World:
    world = World(site, page, share, browser)
    world.visit("page")
    return world


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
    pages = [f"@@{name}" for name in sorted(routes.views(obj))]
    return [*_with_headers(obj, ["", *pages]), *longer_urls(obj)]


def longer_urls(obj: Any) -> list[tuple[str, dict[str, str]]]:
    """Services of an object, and URLs that name a part, a version or a language."""
    group = ITG(obj, "")
    files = [f"{name}/{field}" for name in FILES for field in ("image", "file", "text")]
    pages = [
        *files,
        *(f"{each}/another-name.gif" for each in files),
        "@@images/image/mini",
        f"@@images/{_scale_of(obj)}",
        *VERSIONS,
        "@@babel_view?set_language=de",
        "?set_language=de",
        f"@@multilingual-selector/{group}/de",
        f"@@multilingual-universal-link/{group}/de",
        f"not_translated_yet/{group}?set_language=de",
        "++addtranslation++de",
        f"resolveuid/{IUUID(obj, '')}",
        "@@search?SearchableText=e*",
    ]
    services = [
        *sorted(routes.services(obj)),
        "?expand=actions,breadcrumbs,contextnavigation,navigation,translations",
        "@history/0",
        "@history/1",
        "?version=0",
        "@search?SearchableText=e*",
        "@translation-locator?target_language=de",
        "@contextnavigation?expand.contextnavigation.bottomLevel=9",
        "@navigation?expand.navigation.depth=9",
    ]
    json = {"Accept": "application/json"}
    return [*_with_headers(obj, pages), *_with_headers(obj, services, json)]


def _scale_of(obj: Any) -> str:
    """The name under which a scale of an object's image is kept."""
    # A folder may have a page of that name.
    if not INamed.providedBy(getattr(aq_base(obj), "image", None)):
        return "unknown.gif"
    images = getMultiAdapter((obj, obj.REQUEST), name="images")
    name: str = images.scale("image", scale="mini").url.rpartition("/")[2]
    transaction.commit()
    return name


def _with_headers(
    obj: Any, tails: list[str], headers: dict[str, str] | None = None
) -> list[tuple[str, dict[str, str]]]:
    base = obj.absolute_url()
    return [
        (f"{base}{'' if each[:1] in ('', '?') else '/'}{each}", headers or {})
        for each in tails
    ]


@pytest.mark.parametrize(
    "name", ["site", "parent", "neighbour before", "public", "image", "working copy"]
)
def test_every_other_url_answers_as_to_anonymous(world: World, name: str) -> None:
    """SL-01: byte for byte, also where the path leads over the object of the link."""
    obj = world.objects[name]
    through = f"{world.url}/{obj.getId()}"
    compare(world, [*urls(obj), (through, {}), (f"{through}/@@images/image", {})])


@pytest.fixture
def multilingual(world: World) -> World:
    """The world, with a page that has a private translation."""
    world.translate()
    world.visit("page")
    return world


def test_no_visitor_learns_of_translations(multilingual: World) -> None:
    """SL-02: not even what Plone remembers of what an editor has seen."""
    assert leaks(multilingual, longer_urls(multilingual.objects["page"])) == []


def test_every_other_url_of_a_multilingual_site_does(multilingual: World) -> None:
    """SL-01: translations, folders of languages, what all languages share."""
    for name in ("site", "language", "asset", "translation", "translation of parent"):
        compare(multilingual, longer_urls(multilingual.objects[name]))


def compare(world: World, asked: list[tuple[str, dict[str, str]]]) -> None:
    """Fail where a visitor gets another answer than Anonymous."""
    different = []
    for url, headers in asked:
        anonymous = told(world.ask(url, as_visitor=False, **headers))
        if told(world.ask(url, as_visitor=True, **headers)) != anonymous:
            different.append((url, headers))
    assert different == []


def leaks(world: World, asked: list[tuple[str, dict[str, str]]]) -> list[Any]:
    """Where an answer tells what its visitor must not learn."""
    return [
        (url.removeprefix(world.url), headers, secret, answer.status_code)
        for url, headers in asked
        for answer in [world.ask(url, as_visitor=True, **headers)]
        for secret in world.secrets
        if secret in answer.text or secret in str(answer.headers)
    ]


def test_no_route_to_the_object_tells_of_others(world: World) -> None:
    """SL-02: titles and ids of others are those that Anonymous sees."""
    assert leaks(world, urls(world.objects["page"])) == []


@pytest.mark.parametrize("name", ["image", "working copy"])
def test_no_part_of_an_object_tells_of_others(world: World, name: str) -> None:
    """SL-02: scales, downloads, versions; nor a working copy of its original."""
    world.visit(name)
    assert leaks(world, longer_urls(world.objects[name])) == []


def test_plone_tells_editors_all_of_it(multilingual: World) -> None:
    """So there is something to find at these URLs."""
    told = "".join(
        multilingual.ask_as_editor(url, **headers).text
        for url, headers in longer_urls(multilingual.objects["page"])
    )
    for name in ("older version", "working copy", "translation", "related", "parent"):
        assert SECRETS[name] in told, name


def test_plone_would_tell_of_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the comparison finds something where nothing is left out."""
    monkeypatch.setattr(hiding, "current_guest", lambda: None)
    assert SECRETS["parent"] in world.ask(world.url, as_visitor=True).text
