"""A site beside which everything is there that logs people in; nothing is installed.

Only to be imported where the neighbours are: see conftest.py.
"""

from importlib import import_module
from importlib.util import find_spec
from pas.plugins.tokenauth.testing import TokenAuthLayer
from plone import api
from plone.app.testing import FunctionalTesting
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


PACKAGES = [pas.plugins.authomatic, pas.plugins.headers, pas.plugins.oidc]
# It needs a later Python than we do.
if find_spec("pas.plugins.identity") is not None:
    PACKAGES.append(import_module("pas.plugins.identity"))


class Who(BrowserView):
    """Tells whom the site takes a visitor for."""

    def __call__(self) -> str:
        return api.user.get_current().getId() or "anonymous"


class NeighboursLayer(TokenAuthLayer):
    """Loads the neighbours; a test installs them, in the order that it is about.

    All are registered in one registry, as in a server: of two that are on top of each
    other, the upper one would hide whatever the lower one has under the same name.
    """

    def setUpZope(self, app: Any, configurationContext: Any) -> None:
        super().setUpZope(app, configurationContext)
        for package in PACKAGES:
            self.loadZCML(package=package)
            installProduct(app, package.__name__)
        provideAdapter(Who, (Interface, IBrowserRequest), Interface, "who")

    def tearDownZope(self, app: Any) -> None:
        for package in PACKAGES:
            uninstallProduct(app, package.__name__)
        super().tearDownZope(app)


NEIGHBOURS_TESTING = FunctionalTesting(
    bases=(NeighboursLayer(), WSGI_SERVER_FIXTURE),
    name="NeighboursLayer:FunctionalTesting",
)
