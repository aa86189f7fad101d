"""The credential in the access log of the web server, and for that of a proxy."""

from collections.abc import Callable
from collections.abc import Iterator
from pas.plugins.tokenauth.web.accesslog import filter_factory
from pas.plugins.tokenauth.web.accesslog import note_credential
from paste.deploy import loadapp
from paste.translogger import TransLogger
from pathlib import Path
from plone.base.interfaces import IPloneSiteRoot
from plone.subrequest import subrequest
from Products.Five.browser import BrowserView
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults
from ZODB.POSException import ConflictError
from zope.component import getGlobalSiteManager
from zope.component import provideAdapter
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest
from ZPublisher.HTTPRequest import HTTPRequest
from ZPublisher.WSGIPublisher import publish_module

import logging
import pytest


Ask = Callable[..., tuple[str, dict[str, str], dict[str, Any]]]
conflicts: list[int] = []


@pytest.fixture
def views(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Views that conflict, and that make a request of their own."""
    monkeypatch.setattr(HTTPRequest, "delay_retry", lambda request: None)

    class Conflicting(BrowserView):
        def __call__(self) -> str:
            if len(conflicts) < 2:
                conflicts.append(1)
                raise ConflictError()
            return "done"

    class Cloning(BrowserView):
        def __call__(self) -> str:
            subrequest(f"{self.context.absolute_url_path()}/sitemap")
            return "done"

    class Broken(BrowserView):
        def __call__(self) -> str:
            raise ValueError("broken")

    conflicts.clear()
    wanted = (IPloneSiteRoot, IBrowserRequest)
    found = {"conflicting": Conflicting, "cloning": Cloning, "broken": Broken}
    for name, view in found.items():
        provideAdapter(view, wanted, Interface, name)
    yield
    for name, view in found.items():
        getGlobalSiteManager().unregisterAdapter(view, wanted, Interface, name)


@pytest.fixture
def ask(site: Any) -> Ask:
    """Asks Zope behind the filter: status, headers and the server's environment."""

    def ask(
        path: str = "", token: str = "", **options: str
    ) -> tuple[str, dict[str, str], dict[str, Any]]:
        environ: dict[str, Any] = {"PATH_INFO": urlsplit(site.url).path + path}
        if token:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        setup_testing_defaults(environ)
        found: list[Any] = []

        def start_response(*answer: Any) -> None:
            found[:] = answer

        application = filter_factory({}, **options)(publish_module)
        b"".join(application(environ, start_response))
        return found[0], dict(found[1]), environ

    return ask


def test_the_server_learns_the_credential(site: Any, ask: Ask) -> None:
    """Of a key by its token, and of a personal access token."""
    keyfile = site.issue()
    issued = site.issue_personal_access_token()
    for token, credential_id in (
        (site.token(keyfile), keyfile["client_id"]),
        (issued.token, issued.credential.credential_id),
    ):
        status, headers, environ = ask("/sitemap", token)
        assert status == "200 OK"
        assert environ["TOKENAUTH_CREDENTIAL"] == credential_id
        assert environ["REMOTE_USER"] == "owner"
        assert credential_id not in str(headers)


@pytest.mark.parametrize("path", ["/@@conflicting", "/@@cloning"])
def test_the_server_learns_it_after_a_retry_and_from_clones(
    site: Any, ask: Ask, views: None, path: str
) -> None:
    issued = site.issue_personal_access_token()
    status, _, environ = ask(path, issued.token)
    assert status == "200 OK"
    assert environ["TOKENAUTH_CREDENTIAL"] == issued.credential.credential_id
    assert len(conflicts) in (0, 2)


def test_a_clone_of_a_request_shares_the_note(site: Any) -> None:
    notes: list[str] = []
    request = site.app.REQUEST.clone()
    request.environ["pas.plugins.tokenauth.accesslog"] = notes
    note_credential(request.clone(), "svc-1")
    assert notes == ["svc-1"]


def test_a_request_that_fails_is_named_too(site: Any, ask: Ask, views: None) -> None:
    """Forbidden, an error, and a credential that has ended.

    Who asks for what does not exist is not asked who they are.
    """
    issued = site.issue_personal_access_token()
    credential_id = issued.credential.credential_id
    for path, expected in (("/acl_users", "403"), ("/@@broken", "500")):
        status, _, environ = ask(path, issued.token)
        assert (status[:3], environ["TOKENAUTH_CREDENTIAL"]) == (
            expected,
            credential_id,
        )
    site.context.storage.credential(credential_id).revoked_at = 1.0
    site.commit()
    status, _, environ = ask("", issued.token)
    assert (status[:3], environ["TOKENAUTH_CREDENTIAL"]) == ("401", credential_id)


@pytest.mark.parametrize("token", ["", "pta_x", "eyJ.e30.x"])
def test_nobody_is_named_without_a_credential_of_ours(
    site: Any, ask: Ask, token: str
) -> None:
    _, headers, environ = ask("/sitemap", token, header="X-Credential", in_user="true")
    assert "TOKENAUTH_CREDENTIAL" not in environ
    assert "X-Credential" not in headers
    assert "/" not in environ.get("REMOTE_USER", "")


def test_a_client_cannot_name_itself(site: Any) -> None:
    """What it sends comes with a prefix, and there is no other way in."""
    headers = {
        "TOKENAUTH_CREDENTIAL": "svc-1",
        "pas.plugins.tokenauth.accesslog": "svc-1",
    }
    assert site.get("/sitemap", headers=headers).status_code == 200


def test_a_header_names_it_for_the_log_of_a_proxy(site: Any, ask: Ask) -> None:
    issued = site.issue_personal_access_token()
    _, headers, _ = ask("/sitemap", issued.token, header="X-Credential")
    assert headers["X-Credential"] == issued.credential.credential_id


def test_an_access_log_that_knows_only_users_shows_it(
    site: Any, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    """That of Paste, which Zope's own set-up uses."""
    issued = site.issue_personal_access_token()
    caplog.set_level(logging.INFO, "wsgi")
    application = TransLogger(
        filter_factory({}, in_user="true")(publish_module),
        logger=logging.getLogger("wsgi"),
    )
    environ: dict[str, Any] = {
        "PATH_INFO": f"{urlsplit(site.url).path}/sitemap",
        "HTTP_AUTHORIZATION": f"Bearer {issued.token}",
    }
    setup_testing_defaults(environ)
    b"".join(application(environ, lambda *answer: None))
    (line,) = [each.getMessage() for each in caplog.records if each.name == "wsgi"]
    assert f" - owner/{issued.credential.credential_id} [" in line
    assert issued.token not in line


@pytest.mark.parametrize(
    "options", [{"header": "X Y"}, {"header": "X:"}, {"in_user": "maybe"}]
)
def test_an_option_that_cannot_be_used_stops_the_server(
    options: dict[str, str],
) -> None:
    with pytest.raises(ValueError):
        filter_factory({}, **options)


def application(global_conf: Any) -> Any:
    """A WSGI application that notes a credential."""

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ["pas.plugins.tokenauth.accesslog"][:] = ["svc-1"]
        start_response("200 OK", [])
        return [b"done"]

    return answer


def test_paste_finds_the_filter_by_its_name(tmp_path: Path) -> None:
    """As the documentation writes it."""
    configuration = tmp_path / "zope.ini"
    configuration.write_text(
        "[app:main]\n"
        f"paste.app_factory = {__name__}:application\n"
        "filter-with = tokenauth\n"
        "[filter:tokenauth]\n"
        "use = egg:pas.plugins.tokenauth#accesslog\n"
        "header = X-Tokenauth-Credential\n"
    )
    found: list[Any] = []
    served = loadapp(f"config:{configuration}")
    environ: dict[str, Any] = {}
    served(environ, lambda *answer: found.extend(answer))
    assert environ["TOKENAUTH_CREDENTIAL"] == "svc-1"
    assert found[1] == [("X-Tokenauth-Credential", "svc-1")]
