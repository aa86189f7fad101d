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
from pas.plugins.tokenauth.web.access import Access
from pas.plugins.tokenauth.web.access import grant_access
from typing import Any
from zope.globalrequest import getRequest
from zope.globalrequest import setRequest

import pytest


Acting = Callable[..., AbstractContextManager[Any]]


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
