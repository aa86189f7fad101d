"""What was refused stays refused, whatever the code does that wanted it."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import suppress
from Products.Five.browser import BrowserView
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest

import pytest
import transaction


def add_user(context: Any) -> None:
    """Behind the back of PAS, which would tell about it."""
    users = context.acl_users.source_users
    users._user_passwords["bred"] = users._pw_encrypt("secret")
    users._login_to_userid["bred"] = users._userid_to_login["bred"] = "bred"
    transaction.commit()


def swallow(context: Any) -> str:
    with suppress(Exception):
        add_user(context)
    return "done"


def swallow_and_change(context: Any) -> str:
    swallow(context)
    context.title = "Changed"
    return "done"


def swallow_and_begin(context: Any) -> str:
    swallow(context)
    transaction.begin()
    context.title = "Changed"
    return "done"


@pytest.fixture
def publish() -> Iterator[Callable[..., None]]:
    """Publishes a function as a view of everything."""
    registry = getGlobalSiteManager()
    adapts = (Interface, IBrowserRequest)

    def publish(act: Callable[[Any], str]) -> None:
        class View(BrowserView):
            def __call__(self) -> str:
                return act(self.context)

        registry.registerAdapter(View, adapts, Interface, "test-view")

    yield publish
    registry.unregisterAdapter(None, adapts, Interface, "test-view")


@pytest.mark.parametrize("act", [swallow, swallow_and_change, swallow_and_begin])
def test_a_view_that_swallows_a_refusal_is_refused(
    site: Any, publish: Any, act: Callable[[Any], str]
) -> None:
    token = site.token(site.issue())
    title = site.portal.title
    publish(act)
    response = site.get("/@@test-view", token)
    assert response.status_code == 403
    assert response.json()["type"] == "Forbidden"
    site.sync()
    assert site.portal.title == title
    assert site.portal.acl_users.getUserById("bred") is None


def test_the_next_requests_of_the_threads_are_not_refused(
    site: Any, publish: Any
) -> None:
    token = site.token(site.issue())
    publish(swallow)
    for number in range(8):
        assert site.get("/@@test-view", token).status_code == 403
        body = {"@type": "Document", "title": f"Page {number}"}
        assert site.api("POST", "", token, json=body).status_code == 201
