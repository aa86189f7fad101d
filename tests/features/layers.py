"""Sites without one of the features."""

from importlib import import_module
from pas.plugins.tokenauth.testing import TokenAuthLayer
from pathlib import Path
from plone.app.testing import FunctionalTesting
from plone.testing.zope import WSGI_SERVER_FIXTURE
from typing import Any
from zope.configuration.xmlconfig import exclude

import pas.plugins.tokenauth


PACKAGE = Path(pas.plugins.tokenauth.__path__[0])
#: All that can be left out with nothing else: features, and what only they need.
FEATURES = [
    name
    for name in (
        "applications",
        "cas",
        "delegation",
        "device",
        "exchange",
        "fetching",
        "legacygrants",
        "openid",
        "partners",
        "personaltokens",
        "registration",
        "sealing",
        "servicekeys",
        "signedlinks",
        "signin",
        "simplesso",
    )
    if (PACKAGE / name / "configure.zcml").exists()
]


class LayerWithout(TokenAuthLayer):
    """A site whose configuration leaves one feature out."""

    def __init__(self, feature: str) -> None:
        super().__init__(name=f"Without:{feature}")
        self.feature = feature

    def setUpZope(self, app: Any, configurationContext: Any) -> None:
        package = import_module(f"pas.plugins.tokenauth.{self.feature}")
        exclude(configurationContext, package=package)
        super().setUpZope(app, configurationContext)


LAYERS = {
    feature: FunctionalTesting(
        bases=(LayerWithout(feature), WSGI_SERVER_FIXTURE),
        name=f"Without:{feature}:Functional",
    )
    for feature in FEATURES
}
