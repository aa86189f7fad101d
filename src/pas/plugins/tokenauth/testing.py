"""Test layers."""

from .usage.recorder import recorder
from plone.app.testing import applyProfile
from plone.app.testing import FunctionalTesting
from plone.app.testing import IntegrationTesting
from plone.app.testing import PLONE_FIXTURE
from plone.app.testing import PloneSandboxLayer
from plone.testing.zope import installProduct
from plone.testing.zope import uninstallProduct
from plone.testing.zope import WSGI_SERVER_FIXTURE
from Products.SiteErrorLog.SiteErrorLog import manage_addErrorLog
from typing import Any

import pas.plugins.tokenauth
import plone.restapi
import Products.SiteErrorLog


class TokenAuthLayer(PloneSandboxLayer):
    """A site with the package installed."""

    defaultBases = (PLONE_FIXTURE,)

    def setUpZope(self, app: Any, configurationContext: Any) -> None:
        self.loadZCML(package=plone.restapi)
        self.loadZCML(package=Products.SiteErrorLog)
        self.loadZCML(package=pas.plugins.tokenauth)
        installProduct(app, "pas.plugins.tokenauth")
        # A real root has one; its absence would be an error of its own.
        manage_addErrorLog(app)
        # A thread would write while tests put databases on top of each other.
        recorder.in_background = False

    def tearDownZope(self, app: Any) -> None:
        recorder.in_background = True
        uninstallProduct(app, "pas.plugins.tokenauth")

    def setUpPloneSite(self, portal: Any) -> None:
        applyProfile(portal, "pas.plugins.tokenauth:default")


FIXTURE = TokenAuthLayer()

INTEGRATION_TESTING = IntegrationTesting(
    bases=(FIXTURE,), name="TokenAuthLayer:IntegrationTesting"
)

FUNCTIONAL_TESTING = FunctionalTesting(
    bases=(FIXTURE, WSGI_SERVER_FIXTURE), name="TokenAuthLayer:FunctionalTesting"
)
