"""A source of users that fails keeps nobody out whom another one knows."""

from collections.abc import Iterator
from plone.base.interfaces import IPloneSiteRoot
from Products.Five.browser import BrowserView
from Products.PluggableAuthService.interfaces.plugins import IRolesPlugin
from Products.PluggableAuthService.interfaces.plugins import IUserEnumerationPlugin
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from typing import Any
from ZODB.POSException import ConflictError
from ZODB.POSException import ReadConflictError
from zope.component import getGlobalSiteManager
from zope.component import provideAdapter
from zope.interface import implementer
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest
from ZPublisher.HTTPRequest import HTTPRequest

import pytest


FAILURES: list[Any] = [
    RuntimeError("secret"),
    ConnectionRefusedError("secret"),
    TimeoutError("secret"),
    ValueError("secret"),
    KeyError("secret"),
    [{"login": "no id"}],
    [None],
]
failure: list[Any] = []


@implementer(IUserEnumerationPlugin, IRolesPlugin)
class Directory(BasePlugin):
    """A directory server that is down."""

    def enumerateUsers(self, **criteria: Any) -> Any:
        return self.getRolesForPrincipal(None)

    def getRolesForPrincipal(self, *_: Any) -> Any:
        if isinstance(failure[0], Exception):
            raise failure[0]
        return failure[0]


@pytest.fixture
def directory(site: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The first source of users; it works until a test makes it fail."""
    monkeypatch.setattr(HTTPRequest, "delay_retry", lambda request: None)
    failure[:] = [()]
    users = site.portal.acl_users
    users._setObject("directory", Directory())
    users.plugins.activatePlugin(IUserEnumerationPlugin, "directory")
    users.plugins.movePluginsTop(IUserEnumerationPlugin, ["directory"])
    site.commit()

    class View(BrowserView):
        def __call__(self) -> str:
            return str(self.request["AUTHENTICATED_USER"].getId())

    wanted = (IPloneSiteRoot, IBrowserRequest)
    provideAdapter(View, wanted, Interface, "whoami")
    yield users
    failure.clear()
    getGlobalSiteManager().unregisterAdapter(View, wanted, Interface, "whoami")


@pytest.mark.parametrize("raised", FAILURES, ids=repr)
def test_users_of_other_sources_get_in_and_obtain_tokens(
    site: Any, directory: Any, raised: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """PL-09: whatever a directory raises."""
    keyfile = site.issue()
    tokens = [site.token(keyfile), site.personal_access_token()]
    failure[:] = [raised]
    tokens.append(site.token(keyfile))
    for token in tokens:
        assert site.get("/@@whoami", token).text == "owner"
    assert "The user source directory does not answer" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("raised", FAILURES[:4], ids=repr)
def test_a_request_that_no_source_can_answer_may_be_retried(
    site: Any, directory: Any, raised: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A 401 would tell the client to renew, and an owner of theirs gone for good."""
    keyfile = site.issue()
    tokens = [site.token(keyfile), site.personal_access_token()]
    before = site.portal.error_log.getLogEntries()
    for other in directory.plugins.listPluginIds(IUserEnumerationPlugin):
        if other != "directory":
            directory.plugins.deactivatePlugin(IUserEnumerationPlugin, other)
    site.commit()
    failure[:] = [raised]
    answers = [site.get("", token) for token in tokens]
    answers += [site.api("GET", "/@users/owner", token) for token in tokens]
    answers.append(site.exchange(site.grant(keyfile)))
    for answer in answers:
        assert answer.status_code == 503, answer.text
        assert answer.headers["Retry-After"] == "10"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.json()["message"].startswith("Users cannot be looked up")
    failure[:] = [()]
    assert site.get("", tokens[0]).status_code == 401
    assert site.exchange(site.grant(keyfile)).status_code == 400
    site.sync()
    assert site.portal.error_log.getLogEntries() == before
    assert not [record for record in caplog.records if record.exc_info]


def test_nobody_is_impersonated_while_roles_are_unknown(
    site: Any, directory: Any
) -> None:
    """A role that is left out could make a Manager look harmless."""
    site.add_user("jane")
    keyfile = site.issue(may_impersonate=True)
    token = site.token(keyfile, sub="jane")
    assert site.get("/@@whoami", token).text == "jane"
    directory.plugins.activatePlugin(IRolesPlugin, "directory")
    site.commit()
    failure[:] = [RuntimeError()]
    assert site.get("", token).status_code == 503
    assert site.exchange(site.grant(keyfile, sub="jane")).status_code == 503


@pytest.mark.parametrize("error", [ReadConflictError, ConflictError])
def test_a_conflict_is_not_a_source_that_fails(
    site: Any, directory: Any, error: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The publisher repeats the request."""
    token = site.personal_access_token()
    failure[:] = [error()]
    assert site.get("", token).status_code == 500
    assert "does not answer" not in caplog.text
