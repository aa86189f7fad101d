"""A site with private content, and links to it."""

from collections.abc import Callable
from pas.plugins.tokenauth.signedlinks.kind import IssuedSignedLink
from pas.plugins.tokenauth.signedlinks.kind import SIGNED_LINK
from plone import api
from plone.app.textfield.value import RichTextValue
from plone.namedfile.file import NamedBlobFile
from typing import Any

import pytest
import re
import requests
import time


DAY = 24 * 60 * 60
CONTENT = b"The quarterly figures. " * 5000
Issue = Callable[..., IssuedSignedLink]


@pytest.fixture
def private(site: Any) -> Any:
    """A private folder of an editor, in a site with a workflow."""
    site.portal.portal_workflow.setDefaultChain("simple_publication_workflow")
    site.add_user("editor", "Member", "Editor")
    folder = api.content.create(site.portal, "Folder", "private", title="Secret plans")
    site.commit()
    return folder


@pytest.fixture
def page(site: Any, private: Any) -> Any:
    """A private page."""
    page = api.content.create(private, "Document", "page", title="Budget of 2027")
    page.text = RichTextValue("<p>Nobody knows this number.</p>", "text/html")
    page.reindexObject()
    site.commit()
    return page


@pytest.fixture
def file(site: Any, private: Any) -> Any:
    """A private file."""
    blob = NamedBlobFile(CONTENT, "application/pdf", "figures.pdf")
    file = api.content.create(private, "File", "file", title="Figures", file=blob)
    site.commit()
    return file


@pytest.fixture
def share(site: Any) -> Issue:
    """Makes a link to an object."""

    def share(obj: Any, owner: str = "editor", **given: Any) -> IssuedSignedLink:
        names = ("action", "password")
        material = {name: given.pop(name) for name in names if name in given}
        material["object"] = obj.UID()
        given = {"title": "For Kim", "expires_at": time.time() + DAY, **given}
        return site.make(SIGNED_LINK, site.requester(owner), 0, material, **given)

    return share


class Browser:
    """Somebody without an account, with a browser that keeps cookies."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.headers["User-Agent"] = "A browser"

    def get(self, url: str, **more: Any) -> requests.Response:
        return self.session.get(url, timeout=30, allow_redirects=False, **more)

    def open(self, url: str, **fields: str) -> requests.Response:
        """Send the form of the page to which a link leads."""
        page = self.get(url)
        assert page.status_code == 200, page.text
        found = re.search(r'name="_authenticator" value="([0-9a-f]+)"', page.text)
        assert found is not None
        data = {"_authenticator": found[1], **fields}
        return self.session.post(url, data, timeout=30, allow_redirects=False)


@pytest.fixture
def browser() -> Browser:
    return Browser()
