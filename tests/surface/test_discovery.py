"""What is attacked is everything that is registered."""

from pas.plugins import tokenauth
from pathlib import Path
from tests.surface.discovery import entries
from tests.surface.discovery import Entry
from tests.surface.discovery import KINDS
from tests.surface.world import CAS_FIELDS
from tests.surface.world import OAUTH_FIELDS
from typing import Any

import pytest
import re


PACKAGE = Path(tokenauth.__path__[0])
#: A tag with what it registers, in any ZCML.
_TAG = re.compile(
    r"<(browser:page|plone:service|browser:resourceDirectory|tokenauth:endpoint)\b([^>]*)>"
)
_NAME = re.compile(r'\bname="([^"]+)"')
#: Where one of the parameters of a request is read.
_PARAMETER = re.compile(
    r"""\b(?:parameters|sent\.once)(?:\.get\(|\[)["']([a-z_]+)["']"""
)
#: One is sent, not read; the other one stands in every form that is made up.
_OTHERS = {"resource_metadata", "_authenticator"}


def test_every_page_and_service_in_zcml_is_found(site: Any) -> None:
    """Counted independently: in the files instead of in the registry."""
    text = "".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.zcml"))
    written = {_NAME.search(attributes)[1] for _, attributes in _TAG.findall(text)}  # type: ignore[index]
    found = {re.sub(r".*/(@@|\+\+resource\+\+)?", "", each.path) for each in entries()}
    # The second stands in for a view of Plone while somebody visits a signed link.
    assert written - found == {".well-known", "breadcrumbs_view"}
    assert any("/.well-known/" in each.path for each in entries())


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_entry_is_found(site: Any, kind: str) -> None:
    assert any(each.kind == kind for each in entries())


@pytest.mark.parametrize(
    "entry",
    [
        Entry("oauth", "/@@oauth2-token"),
        Entry("metadata", "//.well-known/oauth-authorization-server"),
        Entry("service", "/@service-keys"),
        Entry("panel", "/@controlpanels/tokenauth"),
        Entry("page", "/@@tokenauth-controlpanel-settings"),
        Entry("zmi", "/acl_users/token_auth/manage_changeSettings"),
    ],
)
def test_a_well_known_entry_is_found(site: Any, entry: Entry) -> None:
    assert entry in entries()


def test_the_fuzzer_knows_every_parameter_that_is_read() -> None:
    """One that is not in its lists would never be sent."""
    found = {
        name
        for path in PACKAGE.rglob("*.py")
        for name in _PARAMETER.findall(path.read_text("utf-8"))
    }
    assert len(found) > 30
    assert found - _OTHERS <= {*OAUTH_FIELDS, *CAS_FIELDS}
