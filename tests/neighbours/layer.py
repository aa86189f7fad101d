"""A site beside which everything is there that logs people in; nothing is installed.

Only to be imported where the neighbours are: see conftest.py.
"""

from pas.plugins.tokenauth.testing import FIXTURE
from plone import api
from plone.app.testing import FunctionalTesting
from plone.app.testing import PloneSandboxLayer
from plone.testing.zope import installProduct
from plone.testing.zope import uninstallProduct
from plone.testing.zope import WSGI_SERVER_FIXTURE
from Products.Five.browser import BrowserView
from typing import Any
from zope.component import provideAdapter
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import pas.plugins.authomatic
import pas.plugins.headers
import pas.plugins.oidc


PACKAGES = (pas.plugins.authomatic, pas.plugins.headers, pas.plugins.oidc)


class Who(BrowserView):
    """Tells whom the site takes a visitor for."""

    def __call__(self) -> str:
        return api.user.get_current().getId() or "anonymous"


class NeighboursLayer(PloneSandboxLayer):
    """Loads the neighbours; a test installs them, in the order that it is about."""

    defaultBases = (FIXTURE,)

    def setUpZope(self, app: Any, configurationContext: Any) -> None:
        for package in PACKAGES:
            self.loadZCML(package=package)
            installProduct(app, package.__name__)
        provideAdapter(Who, (Interface, IBrowserRequest), Interface, "who")

    def tearDownZope(self, app: Any) -> None:
        for package in PACKAGES:
            uninstallProduct(app, package.__name__)


NEIGHBOURS_TESTING = FunctionalTesting(
    bases=(NeighboursLayer(), WSGI_SERVER_FIXTURE),
    name="NeighboursLayer:FunctionalTesting",
)
