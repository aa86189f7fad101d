"""A site starts and works with the configuration of each feature left out.

``tests/test_features.py`` runs this in a process of its own: where the whole package
was configured once, nothing can be left out any more.
"""

from AccessControl.SecurityManagement import newSecurityManager
from AccessControl.SecurityManagement import noSecurityManager
from collections.abc import Iterator
from pas.plugins.tokenauth.credentials.kinds import kinds
from plone.app.testing import SITE_OWNER_NAME
from pytest_plone import fixtures_factory
from tests.features.layers import FEATURES
from tests.features.layers import LAYERS
from tests.plone_fixtures import Site
from typing import Any
from zope.component.hooks import setSite

import pytest


#: What a feature brings along: kinds, pages, grants.
KINDS = {
    "applications": "application",
    "cas": "cas_service",
    "delegation": "authorization",
    "partners": "partner",
    "personaltokens": "personal_access_token",
    "registration": "registration",
    "servicekeys": "service_key",
    "signedlinks": "signed_link",
    "simplesso": "simple_sso_consumer",
}
VIEWS = {"delegation": ["@@oauth2-authorize", "@@oauth2-consent"]}


globals().update(
    fixtures_factory(
        tuple((layer, f"without_{feature}") for feature, layer in LAYERS.items()),
        keep_session=False,
    )
)


@pytest.fixture(params=FEATURES)
def feature(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def reduced(feature: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A site without the feature."""
    site = Site(request.getfixturevalue(f"without_{feature}"))
    setSite(site.portal)
    newSecurityManager(None, site.app.acl_users.getUser(SITE_OWNER_NAME))
    yield site
    noSecurityManager()
    setSite(None)


def test_a_site_works_without_a_feature(feature: str, reduced: Any) -> None:
    """Every page of the kernel answers, and what the others bring along works."""
    site = reduced
    assert (KINDS.get(feature) in kinds()) is False
    assert site.get("").status_code == 200
    assert site.get("/@@tokenauth-health").status_code == 200
    metadata = site.get("/.well-known/oauth-authorization-server").json()
    assert metadata["token_endpoint"] == site.endpoint
    assert ("authorization_endpoint" in metadata) == (feature != "delegation")
    for view in VIEWS["delegation"]:
        status = site.get(f"/{view}").status_code
        assert (status == 404) == (view in VIEWS.get(feature, ()))
    if feature != "servicekeys":
        token = site.token(site.issue())
        assert site.api("GET", "", token).status_code == 200
    if feature != "personaltokens":
        token = site.personal_access_token()
        assert site.api("GET", "", token).status_code == 200
    site.add_user("manager", "Manager")
    auth = ("manager", "correct-horse-battery-1")
    for page in ("@@tokenauth-controlpanel", "@@tokenauth-controlpanel-settings"):
        assert site.get(f"/{page}", auth=auth).status_code == 200, page


def test_every_feature_is_tried() -> None:
    """Those in the row of features of the import contracts are among them."""
    assert {"delegation", "sealing", "signin", "servicekeys"} <= set(FEATURES)
