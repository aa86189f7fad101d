"""A site with local sites inside, for instance for its languages."""

from five.localsitemanager import make_objectmanager_site
from typing import Any
from zope.component.hooks import setSite

import pytest


@pytest.fixture
def subsite(site: Any) -> Any:
    site.portal.invokeFactory("Folder", "sub")
    folder = site.portal["sub"]
    make_objectmanager_site(folder)
    site.commit()
    return folder


@pytest.mark.parametrize("path", ["/sub", "/sub/@@sharing"])
def test_a_token_authorizes_pages_of_a_subsite(
    site: Any, subsite: Any, path: str
) -> None:
    assert site.get(path, site.token(site.issue())).status_code == 200


def test_deleting_a_user_from_a_subsite_ends_their_keys(
    site: Any, subsite: Any
) -> None:
    keyfile = site.issue()
    setSite(subsite)
    site.portal.acl_users._doDelUser("owner")
    site.commit()
    assert site.service_key(keyfile).orphaned_at is not None
