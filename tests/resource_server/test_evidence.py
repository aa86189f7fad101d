"""Which program did it: told by the database, by the content, and by the audit log."""

from collections.abc import Callable
from collections.abc import Iterator
from pas.plugins.tokenauth.events import IRequestCommittedEvent
from plone.base.interfaces import IPloneSiteRoot
from Products.Five.browser import BrowserView
from typing import Any
from ZODB.POSException import ConflictError
from zope.component import getGlobalSiteManager
from zope.component import provideAdapter
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest
from ZPublisher.HTTPRequest import HTTPRequest

import json
import logging
import pytest
import transaction


PAGE = {"@type": "Document", "id": "page", "title": "A page"}
AUDIT = "pas.plugins.tokenauth.audit"


@pytest.fixture
def issued(site: Any) -> Any:
    """A personal access token that may write."""
    return site.issue_personal_access_token(scopes=frozenset({"plone.write"}))


@pytest.fixture
def view(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], str]]:
    """Makes a view of a function, and returns its path."""
    monkeypatch.setattr(HTTPRequest, "delay_retry", lambda request: None)
    wanted = (IPloneSiteRoot, IBrowserRequest)
    made: list[Any] = []

    def view(work: Any) -> str:
        class View(BrowserView):
            def __call__(self) -> Any:
                return work(self.context, self.request)

        provideAdapter(View, wanted, Interface, "work")
        made.append(View)
        return "/@@work"

    yield view
    for each in made:
        getGlobalSiteManager().unregisterAdapter(each, wanted, Interface, "work")


def last_transactions(site: Any, count: int = 1) -> list[dict[str, Any]]:
    """What the database knows of its last transactions, the newest first."""
    site.sync()
    storage = site.app._p_jar.db().storage
    records = list(getattr(storage, "_storage", storage).iterator())
    return [
        {"description": record.description.decode(), **record.extension}
        for record in records[: -count - 1 : -1]
    ]


class TestTheDatabase:
    """The metadata of a transaction."""

    def test_names_the_credential(self, site: Any, issued: Any) -> None:
        assert site.api("POST", "", issued.token, json=PAGE).status_code == 201
        (found,) = last_transactions(site)
        credential_id = issued.credential.credential_id
        assert found["tokenauth_credential"] == credential_id
        assert f"tokenauth: {credential_id}" in found["description"].splitlines()

    def test_names_the_key_of_an_access_token(self, site: Any) -> None:
        keyfile = site.issue()
        site.api("POST", "", site.token(keyfile), json=PAGE)
        (found,) = last_transactions(site)
        assert found["tokenauth_credential"] == keyfile["client_id"]

    def test_names_it_in_each_transaction_of_a_request(
        self, site: Any, issued: Any, view: Any
    ) -> None:
        def work(context: Any, request: Any) -> str:
            for title in ("first", "second"):
                context.title = title
                transaction.commit()
            context.title = "third"
            return "done"

        assert site.request("POST", view(work), issued.token).text == "done"
        for found in last_transactions(site, 3):
            assert found["tokenauth_credential"] == issued.credential.credential_id

    def test_names_nobody_for_a_person(
        self, site: Any, issued: Any, site_owner_auth: Any
    ) -> None:
        """Also in the thread that has served a token before."""
        site.api("POST", "", issued.token, json=PAGE)
        page = {**PAGE, "id": "other"}
        answer = site.api("POST", "", auth=site_owner_auth, json=page)
        assert answer.status_code == 201
        (found,) = last_transactions(site)
        assert "tokenauth_credential" not in found
        assert "tokenauth" not in found["description"]


class TestTheHistoryOfContent:
    """``@history``, and the history that Classic UI shows."""

    @pytest.fixture
    def history(self, site: Any, issued: Any) -> Callable[[], list[str]]:
        site.portal.portal_workflow.setDefaultChain("simple_publication_workflow")
        site.commit()

        def history() -> list[str]:
            site.add_user("reader", "Manager")
            entries = site.api(
                "GET", "/page/@history", auth=("reader", "correct-horse-battery-1")
            ).json()
            return [entry["comments"] or "" for entry in entries]

        return history

    def test_names_the_credential(self, site: Any, issued: Any, history: Any) -> None:
        """For creation, versions and transitions, beside a comment of the client."""
        note = f"tokenauth: {issued.credential.credential_id}"
        assert site.api("POST", "", issued.token, json=PAGE).status_code == 201
        change = {"title": "Changed", "changeNote": "A typo"}
        site.api("PATCH", "/page", issued.token, json=change)
        body = {"comment": "Ready"}
        answer = site.api("POST", "/page/@workflow/publish", issued.token, json=body)
        assert answer.status_code == 200
        comments = history()
        assert len(comments) >= 3
        assert all(note in comment for comment in comments)
        assert f"Ready ({note})" in comments
        assert f"A typo ({note})" in comments

    def test_names_nobody_for_a_person(
        self, site: Any, history: Any, site_owner_auth: Any
    ) -> None:
        site.api("POST", "", auth=site_owner_auth, json=PAGE)
        site.api("PATCH", "/page", auth=site_owner_auth, json={"title": "Changed"})
        assert not any("tokenauth" in comment for comment in history())


class TestTheAuditLog:
    """One line for each request that has stored something."""

    @pytest.fixture(autouse=True)
    def lines(self, caplog: pytest.LogCaptureFixture) -> Callable[[], list[Any]]:
        caplog.set_level(logging.INFO, AUDIT)

        def lines() -> list[Any]:
            found = [each.getMessage() for each in caplog.records if each.name == AUDIT]
            parsed = [json.loads(line) for line in found]
            return [line for line in parsed if line["event"] == "RequestCommitted"]

        return lines

    def test_tells_who_did_what_from_where(
        self, site: Any, issued: Any, lines: Any
    ) -> None:
        site.api("POST", "", issued.token, json=PAGE)
        (line,) = lines()
        del line["time"]
        assert line == {
            "event": "RequestCommitted",
            "credential_id": issued.credential.credential_id,
            "subject": "owner",
            "address": "127.0.0.1",
            "method": "POST",
            "path": site.portal.absolute_url_path(),
            "status": 201,
        }

    def test_says_nothing_of_a_request_that_stores_nothing(
        self, site: Any, issued: Any, lines: Any, site_owner_auth: Any
    ) -> None:
        """Nor of one that is refused, nor of a person."""
        reader = site.personal_access_token(scopes=frozenset({"plone.read"}))
        # Plone itself stores something as it shows a page for the first time.
        site.get("/sitemap")
        site.get("/sitemap", issued.token)
        site.api("POST", "", reader, json=PAGE)
        site.get("", "pta_x")
        site.api("POST", "", auth=site_owner_auth, json=PAGE)
        assert lines() == []

    def test_is_one_line_after_conflicts(
        self, site: Any, issued: Any, view: Any, lines: Any
    ) -> None:
        tries: list[int] = []

        def work(context: Any, request: Any) -> str:
            context.title = "changed"
            tries.append(1)
            if len(tries) < 3:
                raise ConflictError()
            return "done"

        assert site.request("POST", view(work), issued.token).text == "done"
        assert (len(tries), len(lines())) == (3, 1)

    def test_tells_of_a_request_that_fails_after_it_has_stored(
        self, site: Any, issued: Any, view: Any, lines: Any
    ) -> None:
        """A view may commit by itself."""

        def work(context: Any, request: Any) -> str:
            context.title = "changed"
            transaction.commit()
            raise RuntimeError()

        site.request("POST", view(work), issued.token)
        assert [line["status"] for line in lines()] == [500]

    def test_has_no_line_for_what_was_thrown_away(
        self, site: Any, issued: Any, view: Any, lines: Any
    ) -> None:
        def work(context: Any, request: Any) -> str:
            context.title = "changed"
            transaction.abort()
            return "done"

        assert site.request("POST", view(work), issued.token).text == "done"
        assert lines() == []

    def test_cannot_be_forged_by_a_path(
        self, site: Any, issued: Any, view: Any, lines: Any
    ) -> None:
        def work(context: Any, request: Any) -> str:
            context.title = request.get("title", "x")
            return "done"

        path = f"{view(work)}?title=%0A%7B%22event%22%3A1"
        site.request("POST", path, issued.token)
        (line,) = lines()
        assert line["path"].endswith("/@@work")


def test_subscribers_learn_of_it_when_it_is_done(
    site: Any, issued: Any, listen: Any
) -> None:
    events = listen(IRequestCommittedEvent)
    site.api("POST", "", issued.token, json=PAGE)
    assert [event.status for event in events] == [201]


def test_a_request_that_would_store_nothing_still_stores_nothing(
    site: Any, issued: Any
) -> None:
    site.get("/sitemap", issued.token)
    before = len(last_transactions(site, 10**6))
    assert site.get("/sitemap", issued.token).status_code == 200
    assert len(last_transactions(site, 10**6)) == before
