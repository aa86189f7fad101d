"""A request of a token, as the code of a site sees it that runs in it."""

from AccessControl.SecurityManagement import getSecurityManager
from AccessControl.SecurityManagement import newSecurityManager
from AccessControl.SecurityManagement import setSecurityManager
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import contextmanager
from pas.plugins.tokenauth.credentials.scopes import effect_of
from pas.plugins.tokenauth.testing import FUNCTIONAL_TESTING
from pas.plugins.tokenauth.web.access import Access
from pas.plugins.tokenauth.web.access import grant_access
from plone.testing.zca import stackConfigurationContext
from tests.registrations import passing_registrations
from typing import Any
from zope.component.hooks import setSite
from zope.configuration import xmlconfig
from zope.globalrequest import getRequest
from zope.globalrequest import setRequest

import pytest


Acting = Callable[..., AbstractContextManager[Any]]
#: Without what it puts in the place of methods of Plone, which would stay.
VOLTO = """
<configure xmlns="http://namespaces.zope.org/zope">
  <exclude package="plone.volto" file="patches.zcml" />
  <include package="plone.volto" />
</configure>"""


@pytest.fixture
def acting(site: Any) -> Acting:
    """Act as a user in a request of a token of theirs; tells the user."""

    @contextmanager
    def act(
        user_id: str,
        scopes: Collection[str] = ("plone.read", "plone.write"),
        subject: str | None = None,
    ) -> Iterator[Any]:
        before = getRequest(), getSecurityManager()
        request = site.app.REQUEST.clone()
        access = Access(
            token_type="pta_",
            credential_id="x",
            owner=user_id,
            subject=subject or user_id,
            login=user_id,
            user_folder=site.portal.acl_users.getPhysicalPath(),
            scopes=frozenset(scopes),
            effect=effect_of(scopes),
            digest="",
        )
        grant_access(request, access)
        setRequest(request)
        user = site.portal.acl_users.getUserById(user_id)
        newSecurityManager(None, user)
        try:
            yield user
        finally:
            setRequest(before[0])
            setSecurityManager(before[1])

    return act


@contextmanager
def add_on_of_plone(site: Any, zcml: str) -> Iterator[None]:
    """What the site of the other tests has not, registered for a while."""
    with passing_registrations():
        # Else it is registered in the site.
        setSite(None)
        # One that does not remember, when the next test comes.
        context = stackConfigurationContext(FUNCTIONAL_TESTING["configurationContext"])
        xmlconfig.string(zcml, context)
        setSite(site.portal)
        yield


@pytest.fixture
def volto(site: Any) -> Iterator[None]:
    """The pages of plone.volto."""
    with add_on_of_plone(site, VOLTO):
        yield
