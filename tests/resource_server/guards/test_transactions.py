"""What was refused stays refused, whatever the code does that wanted it."""

from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
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
    users._user_passwords["planted"] = users._pw_encrypt("secret")
    users._login_to_userid["planted"] = users._userid_to_login["planted"] = "planted"
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


class Broken:
    """Takes part in a transaction like a database that is gone."""

    def abort(self, txn: Any) -> None:
        raise ConnectionError("The database is gone.")

    def sortKey(self) -> str:
        return "broken"


def lose_the_database(context: Any) -> str:
    transaction.get().join(Broken())
    raise ValueError("Nothing works.")


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
    assert site.portal.acl_users.getUserById("planted") is None


def test_the_next_requests_of_the_threads_are_not_refused(
    site: Any, publish: Any
) -> None:
    token = site.token(site.issue())
    publish(swallow)
    for number in range(8):
        assert site.get("/@@test-view", token).status_code == 403
        body = {"@type": "Document", "title": f"Page {number}"}
        assert site.api("POST", "", token, json=body).status_code == 201


@pytest.mark.parametrize("scope", ["plone.read", ""])
def test_a_request_that_cannot_be_aborted_leaves_the_thread_usable(
    site: Any, publish: Any, scope: str
) -> None:
    """A database that is restarted must not lock people out of every thread."""
    token = site.exchange(site.grant(site.issue()), scope=scope).json()["access_token"]
    publish(lose_the_database)
    logged_in = (SITE_OWNER_NAME, SITE_OWNER_PASSWORD)
    # More than there are threads, and some at once, so that none is left out.
    with ThreadPoolExecutor(8) as executor:
        failed = executor.map(lambda _: site.get("/@@test-view", token), range(24))
        assert {response.status_code for response in failed} == {500}
    for number in range(12):
        body = {"username": f"user{number}", "email": "a@b.org", "roles": ["Manager"]}
        body["password"] = "correct-horse-battery"
        response = site.api("POST", "/@users", json=body, auth=logged_in)
        assert response.status_code == 201, response.text
