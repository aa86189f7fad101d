"""A token that may only read: nothing its requests do is committed, whatever they call.

An attacker is assumed who may call every view with the token of a Manager.
"""

from BTrees.OOBTree import OOBTree
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from persistent.mapping import PersistentMapping
from plone.app.contentrules.actions.delete import DeleteAction
from plone.app.contentrules.rule import get_assignments
from plone.app.contentrules.rule import Rule
from plone.contentrules.engine.assignments import RuleAssignment
from plone.contentrules.engine.interfaces import IRuleAssignmentManager
from plone.contentrules.engine.interfaces import IRuleStorage
from plone.namedfile.file import NamedBlobImage
from plone.protect.utils import safeWrite
from plone.subrequest import subrequest
from Products.Five.browser import BrowserView
from typing import Any
from zExceptions import Redirect
from ZODB.blob import Blob
from zope.component import getGlobalSiteManager
from zope.component import getUtility
from zope.component import provideAdapter
from zope.component import provideHandler
from zope.event import notify
from zope.interface import Interface
from zope.lifecycleevent import ObjectModifiedEvent
from zope.lifecycleevent.interfaces import IObjectModifiedEvent
from zope.publisher.interfaces.browser import IBrowserRequest
from ZPublisher.interfaces import IPubBeforeCommit
from ZPublisher.interfaces import IPubSuccess

import base64
import pytest
import re
import transaction
import xmlrpc.client
import ZODB


LOCK = b"""<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:">
<D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype>
<D:owner>reader</D:owner></D:lockinfo>"""
PROPPATCH = b"""<?xml version="1.0"?><D:propertyupdate xmlns:D="DAV:">
<D:set><D:prop><title xmlns="http://www.zope.org/propsets/default">Changed</title>
</D:prop></D:set></D:propertyupdate>"""
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=")


@pytest.fixture
def reader(site: Any) -> str:
    """A token of a Manager that may only read."""
    return site.token(site.issue(scopes=("plone.admin.read",)))


@pytest.fixture
def writer(site: Any) -> str:
    """A token of the same user that may write."""
    return site.token(site.issue(scopes=("plone.write",)))


@pytest.fixture
def page(site: Any) -> Any:
    """A private page."""
    site.portal.invokeFactory("Document", "page", title="Untouched")
    site.commit()
    return site.portal["page"]


@pytest.fixture
def publish() -> Iterator[Callable[..., str]]:
    """Publishes a function as a view of everything."""
    registered = []

    def publish(act: Callable[[Any, Any], Any], name: str = "test-view") -> str:
        class View(BrowserView):
            def __call__(self) -> Any:
                return act(self.context, self.request)

        provideAdapter(View, (Interface, IBrowserRequest), Interface, name)
        registered.append((View, name))
        return f"/@@{name}"

    yield publish
    for factory, name in registered:
        getGlobalSiteManager().unregisterAdapter(
            factory, (Interface, IBrowserRequest), Interface, name
        )


@pytest.fixture
def subscribe() -> Iterator[Callable[..., None]]:
    """Subscribes a function to an event."""
    handlers = []

    def subscribe(handler: Callable[[Any], None], event: Any) -> None:
        provideHandler(handler, (event,))
        handlers.append((handler, event))

    yield subscribe
    for handler, event in handlers:
        getGlobalSiteManager().unregisterHandler(handler, (event,))


@contextmanager
def nothing_stored(site: Any) -> Iterator[None]:
    """Fail if a transaction was committed, whatever was in it."""
    database = site.app._p_jar.db()
    before = database.lastTransaction()
    yield
    assert database.lastTransaction() == before


def is_refused(response: Any, scope: str = "plone.admin") -> bool:
    """RS-10."""
    assert response.status_code == 403, (response.status_code, response.text[:500])
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    challenge = response.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer realm="Plone", error="insufficient_scope"')
    named = challenge.partition('scope="')[2].partition('"')[0]
    assert scope in named.split()
    if response.request.method != "HEAD":
        assert response.json()["error"] == "insufficient_scope"
        assert response.json()["scope"] == named
    return True


def test_a_token_reads_what_its_user_sees(site: Any, reader: str, page: Any) -> None:
    assert site.api("GET", "/page", reader).json()["title"] == "Untouched"
    assert site.get("/page", reader).status_code == 200
    assert site.request("HEAD", "/page", reader).status_code == 200
    assert site.api("GET", "/@search", reader).status_code == 200
    assert site.request("PROPFIND", "/page", reader).status_code == 207
    assert site.request("OPTIONS", "/page", reader).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_no_method_is_trusted(
    site: Any, reader: str, publish: Any, method: str
) -> None:
    path = publish(change)
    with nothing_stored(site):
        assert is_refused(site.request(method, path, reader))


@pytest.mark.parametrize("prefix", ["", "/++api++"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_every_client_gets_the_same_refusal(
    site: Any, reader: str, page: Any, prefix: str, accept: str
) -> None:
    """RS-10, RS-11."""
    headers = {"Accept": accept}
    path = f"{prefix}/page/edit" if accept == "text/html" else f"{prefix}/page"
    form = {"form.widgets.IDublinCore.title": "Changed", "form.buttons.save": "Save"}
    body = {"data": form} if accept == "text/html" else {"json": {"title": "Changed"}}
    method = "POST" if accept == "text/html" else "PATCH"
    with nothing_stored(site):
        assert is_refused(site.request(method, path, reader, headers=headers, **body))


def change(context: Any, request: Any) -> str:
    context.title = "Changed"
    return "done"


# What Plone offers


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "", {"@type": "Document", "title": "New"}),
        ("PATCH", "/page", {"title": "Changed"}),
        ("PATCH", "", {"ordering": {"obj_id": "page", "delta": "top"}}),
        ("DELETE", "/page", None),
        ("POST", "/page/@workflow/publish", {}),
        ("POST", "/@copy", {"source": "/page"}),
        ("POST", "/folder/@move", {"source": "/page"}),
        ("POST", "/page/@sharing", {"inherit": False}),
        ("POST", "/page/@aliases", {"items": [{"path": "/old"}]}),
        ("PATCH", "/page/@history", {"version": 0}),
        ("PATCH", "/@registry", {"plone.site_title": "Changed"}),
        ("PATCH", "/@controlpanels/site", {"site_title": "Changed"}),
        ("POST", "/@addons/plone.session/install", {}),
        ("POST", "/@controlpanels/dexterity-types", {"title": "New"}),
    ],
)
def test_the_api_writes_nothing(
    site: Any, reader: str, page: Any, method: str, path: str, body: Any
) -> None:
    site.portal.invokeFactory("Folder", "folder")
    site.commit()
    with nothing_stored(site):
        response = site.api(method, path, reader, json=body)
    assert is_refused(response)


def authenticator_of(site: Any, token: str) -> str:
    """What plone.protect accepts from this user: every form of the site has it."""
    form = site.get("/page/edit", token).text
    found = re.search('name="_authenticator"[^>]*value="([0-9a-f]+)"', form)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/page/content_status_modify", {"workflow_action": "publish"}),
        ("/page/delete_confirmation", {"form.buttons.Delete": "Delete"}),
        ("/page/@@revertversion", {"version_id": "0"}),
        (
            "/@@redirection-controlpanel",
            {
                "form.submitted": "1",
                "form.button.Add": "Add",
                "redirection": "/old",
                "target_path": "/page",
            },
        ),
    ],
)
def test_a_get_request_with_an_authenticator_writes_nothing(
    site: Any, reader: str, page: Any, path: str, form: dict[str, str]
) -> None:
    query = {**form, "_authenticator": authenticator_of(site, reader)}
    with nothing_stored(site):
        assert is_refused(site.get(path, reader, params=query))


RENAME = {
    "form.widgets.new_id": "renamed",
    "form.widgets.new_title": "Renamed",
    "form.buttons.Rename": "Rename",
}


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/page/object_rename", RENAME),
        ("/page/delete_confirmation", {"form.buttons.Delete": "Delete"}),
        ("/page/@@sharing", {"form.submitted": "1", "form.button.Save": "Save"}),
        ("/@@fc-delete", {"selection": '["{uid}"]'}),
        ("/@@install_products", {"install_product": "plone.session"}),
        ("/@@discussion-controlpanel", {"form.buttons.save": "Save"}),
        ("/@@theming-controlpanel", {"form.button.Disable": "Disable"}),
    ],
)
def test_a_form_writes_nothing(
    site: Any, reader: str, page: Any, path: str, form: dict[str, str]
) -> None:
    data = {n: v.replace("{uid}", page.UID()) for n, v in form.items()}
    data["_authenticator"] = authenticator_of(site, reader)
    with nothing_stored(site):
        assert is_refused(site.request("POST", path, reader, data=data))


@pytest.mark.parametrize(
    ("method", "path", "body", "headers"),
    [
        ("MKCOL", "/new", b"", {}),
        ("PUT", "/new.txt", b"Text", {"Content-Type": "text/plain"}),
        ("PUT", "/page", b"title: Changed", {"Content-Type": "text/plain"}),
        ("DELETE", "/page", b"", {}),
        ("COPY", "/page", b"", {"Destination": "{url}/copy"}),
        ("MOVE", "/page", b"", {"Destination": "{url}/moved"}),
        ("PROPPATCH", "/page", PROPPATCH, {"Content-Type": "text/xml"}),
    ],
)
def test_webdav_writes_nothing(
    site: Any, reader: str, page: Any, method: str, path: str, body: bytes, headers: Any
) -> None:
    headers = {name: value.format(url=site.url) for name, value in headers.items()}
    with nothing_stored(site):
        response = site.request(method, path, reader, data=body, headers=headers)
    assert is_refused(response)


def test_xml_rpc_writes_nothing(site: Any, reader: str, publish: Any) -> None:
    publish(change)
    body = xmlrpc.client.dumps((), "test-view")
    headers = {"Content-Type": "text/xml"}
    with nothing_stored(site):
        response = site.request("POST", "", reader, data=body, headers=headers)
    assert is_refused(response)


# What Plone stores while it renders a page


def test_safe_writes_are_thrown_away(site: Any, reader: str, page: Any) -> None:
    """Portlets, the lock of an edit form, an ETag."""
    with nothing_stored(site):
        assert site.get("/page", reader).status_code == 200
        assert site.get("/page/edit", reader).status_code == 200
        assert site.request("HEAD", "/page", reader).status_code == 200
        assert site.get("/@@manage-portlets", reader).status_code == 200
    assert not page.wl_isLocked()


def test_image_scales_are_thrown_away(site: Any, reader: str, publish: Any) -> None:
    image = NamedBlobImage(PIXEL, "image/gif", "pixel.gif")
    site.portal.invokeFactory("Image", "image", image=image)
    site.commit()
    # What the index asked for.
    del site.portal["image"].__annotations__["plone.scale"]
    site.commit()
    with nothing_stored(site):
        scale = site.get("/image/@@images/image/mini", reader)
        assert scale.headers["Content-Type"].startswith("image/")
        assert site.get("/image/view", reader).status_code == 200
        assert site.api("GET", "/image", reader).status_code == 200
        path = publish(scale_and_set_aside)
        assert site.get(f"/image{path}", reader).text == "done"
    site.sync()
    assert "plone.scale" not in site.portal["image"].__annotations__


def scale_and_set_aside(context: Any, request: Any) -> str:
    context.restrictedTraverse("@@images").scale("image", scale="thumb")
    transaction.savepoint(optimistic=True)
    return "done"


def test_sessions_are_thrown_away(site: Any, reader: str, publish: Any) -> None:
    """plone.protect does not look at the database for sessions either."""
    database = site.app._p_jar.db()
    sessions = ZODB.DB(None, database_name="temporary", databases=database.databases)

    def write_session(context: Any, request: Any) -> str:
        context._p_jar.get_connection("temporary").root()["session"] = 1
        return "done"

    before = sessions.lastTransaction()
    try:
        assert site.get(publish(write_session), reader).text == "done"
        assert sessions.lastTransaction() == before
    finally:
        del database.databases["temporary"]


def test_safe_writes_do_not_hide_others(
    site: Any, reader: str, page: Any, publish: Any
) -> None:
    def render_and_change(context: Any, request: Any) -> str:
        context.restrictedTraverse("main_template")
        safeWrite(context, request)
        # Something new has no id in the database yet.
        safeWrite(PersistentMapping(), request)
        context.reindexObject()
        return "done"

    with nothing_stored(site):
        assert is_refused(site.get(f"/page{publish(render_and_change)}", reader))


def test_annotations_with_other_keys_are_a_change(
    site: Any, reader: str, page: Any, publish: Any
) -> None:
    page.numbers = OOBTree({1: "one"})
    site.commit()

    def number(context: Any, request: Any) -> str:
        context.numbers[2] = "two"
        return "done"

    with nothing_stored(site):
        assert is_refused(site.get(f"/page{publish(number)}", reader))


# The other kind of token


@pytest.mark.parametrize("way", ["bearer", "basic"])
def test_a_personal_access_token_that_may_only_read_is_held_as_well(
    site: Any, page: Any, publish: Any, way: str
) -> None:
    """As a password it is not exempt from what plone.protect asks browsers for."""
    token = site.personal_access_token(scopes=("plone.admin.read",))
    site.plugin.personal_access_tokens_as_passwords = True
    site.commit()
    password = base64.b64encode(f"owner:{token}".encode()).decode()
    value = f"Bearer {token}" if way == "bearer" else f"Basic {password}"
    headers = {"Authorization": value}

    def render_and_change(context: Any, request: Any) -> str:
        request.response.setHeader("Content-Type", "text/html")
        return f"<html><body>{change(context, request)}</body></html>"

    path = f"/page{publish(render_and_change)}"
    with nothing_stored(site):
        assert site.get("/page", headers=headers).status_code == 200
        assert is_refused(site.get(path, headers=headers))
        assert is_refused(site.request("POST", path, headers=headers))
        assert is_refused(
            site.api("PATCH", "/page", headers=headers, json={"title": "Changed"})
        )


# What a view can try


class Participant:
    """Takes part in a transaction like a mail that waits for the commit."""

    finished = 0

    def __len__(self) -> int:
        return 0

    def tpc_finish(self, txn: Any) -> None:
        Participant.finished += 1

    def tpc_begin(self, txn: Any) -> None:
        """Nothing to do."""

    commit = tpc_vote = tpc_abort = abort = tpc_begin

    def sortKey(self) -> str:
        return "a"


def commit(context: Any, request: Any) -> str:
    change(context, request)
    transaction.commit()
    return "done"


def begin_and_commit(context: Any, request: Any) -> str:
    transaction.begin()
    return commit(context, request)


def abort_and_commit(context: Any, request: Any) -> str:
    transaction.abort()
    return commit(context, request)


def abort_and_change(context: Any, request: Any) -> str:
    transaction.abort()
    return change(context, request)


def set_aside(context: Any, request: Any) -> str:
    change(context, request)
    transaction.savepoint()
    return "done"


def set_aside_and_commit(context: Any, request: Any) -> str:
    transaction.abort()
    set_aside(context, request)
    transaction.savepoint(optimistic=True)
    transaction.commit()
    return "done"


def doom(context: Any, request: Any) -> str:
    transaction.doom()
    return change(context, request)


def clear_doom(context: Any, request: Any) -> str:
    transaction.doom()
    transaction.abort()
    return commit(context, request)


def undo_doom(context: Any, request: Any) -> str:
    transaction.doom()
    transaction.get().status = "Active"
    return commit(context, request)


def swallow(context: Any, request: Any) -> str:
    with suppress(Exception):
        commit(context, request)
    return "done"


def swallow_and_change(context: Any, request: Any) -> str:
    swallow(context, request)
    return change(context, request)


def swallow_and_begin(context: Any, request: Any) -> str:
    swallow(context, request)
    transaction.begin()
    return "done"


def swallow_and_insist(context: Any, request: Any) -> str:
    for _number in range(3):
        swallow(context, request)
        transaction.abort()
    return commit(context, request)


def swallow_and_fail(context: Any, request: Any) -> str:
    swallow(context, request)
    raise ValueError("Something else")


def swallow_and_redirect(context: Any, request: Any) -> str:
    swallow(context, request)
    raise Redirect(context.absolute_url())


def run_in_manager(context: Any, request: Any) -> str:
    with transaction.manager:
        change(context, request)
    return "done"


def run_several_times(context: Any, request: Any) -> str:
    transaction.manager.run(lambda: change(context, request), 3)
    return "done"


def hook_before_commit(context: Any, request: Any) -> str:
    transaction.get().addBeforeCommitHook(change, (context, request))
    return "done"


def hook_after_commit(context: Any, request: Any) -> str:
    def again(is_committed: bool) -> None:
        begin_and_commit(context, request)

    transaction.get().addAfterCommitHook(again)
    return commit(context, request)


def hook_after_abort(context: Any, request: Any) -> str:
    transaction.get().addAfterAbortHook(commit, (context, request))
    transaction.abort()
    return commit(context, request)


def open_second_connection(context: Any, request: Any) -> str:
    connection = context._p_jar.db().open()
    connection.root()["second"] = PersistentMapping()
    transaction.commit()
    return "done"


def let_go_and_commit(context: Any, request: Any) -> str:
    change(context, request)
    txn = transaction.get()
    transaction.manager.manager.free(txn)
    txn.commit()
    return "done"


def only_index(context: Any, request: Any) -> str:
    context.reindexObject()
    return "done"


def write_blob(context: Any, request: Any) -> str:
    context.blob = Blob(b"Written")
    transaction.savepoint()
    return "done"


def join(context: Any, request: Any) -> str:
    transaction.get().join(Participant())
    return "done"


def undo(context: Any, request: Any) -> str:
    """What the undo form and plone.restapi's @transactions do."""
    transaction.get().join(Participant())
    with suppress(Exception):
        transaction.commit()
    return "done"


def call_subrequest(context: Any, request: Any) -> str:
    return str(subrequest(f"{context.absolute_url_path()}/@@other-view").getBody())


def run_rules(context: Any, request: Any) -> str:
    notify(ObjectModifiedEvent(context))
    return "done"


TRICKS = [
    change,
    commit,
    begin_and_commit,
    abort_and_commit,
    abort_and_change,
    set_aside,
    set_aside_and_commit,
    doom,
    clear_doom,
    undo_doom,
    swallow,
    swallow_and_change,
    swallow_and_begin,
    swallow_and_insist,
    swallow_and_fail,
    swallow_and_redirect,
    run_in_manager,
    run_several_times,
    hook_before_commit,
    hook_after_commit,
    hook_after_abort,
    open_second_connection,
    let_go_and_commit,
    only_index,
    write_blob,
    join,
    undo,
    call_subrequest,
    run_rules,
]


@pytest.fixture
def rule(site: Any, page: Any) -> None:
    """A content rule that deletes what is modified."""
    storage = getUtility(IRuleStorage)
    storage["rule"] = Rule()
    storage["rule"].event = IObjectModifiedEvent
    storage["rule"].actions.append(DeleteAction())
    assignments = IRuleAssignmentManager(site.portal)
    assignments["rule"] = RuleAssignment("rule")
    get_assignments(storage["rule"]).insert("/".join(site.portal.getPhysicalPath()))
    site.commit()


@pytest.mark.parametrize("act", TRICKS)
def test_no_trick_of_a_view_writes(
    site: Any,
    reader: str,
    page: Any,
    rule: None,
    publish: Any,
    act: Callable[[Any, Any], str],
) -> None:
    publish(abort_and_commit, "other-view")
    path = f"/page{publish(act)}"
    Participant.finished = 0
    with nothing_stored(site):
        assert is_refused(site.get(path, reader))
    assert Participant.finished == 0


def test_output_that_is_on_its_way_comes_with_the_refusal(
    site: Any, reader: str, page: Any, publish: Any
) -> None:
    def write_out(context: Any, request: Any) -> str:
        request.response.write(b"done")
        return change(context, request)

    with nothing_stored(site):
        response = site.get(f"/page{publish(write_out)}", reader)
    assert response.status_code == 403
    assert "insufficient_scope" in response.headers["WWW-Authenticate"]


def test_nothing_is_remembered_half_way(
    site: Any, reader: str, writer: str, page: Any, publish: Any
) -> None:
    """The next requests of the threads see and write what they would have."""

    def change_and_index(context: Any, request: Any) -> str:
        context.title = "Changed"
        context.reindexObject()
        context.extra = PersistentMapping()
        transaction.savepoint()
        context.subject = ("changed",)
        return swallow(context, request)

    path = f"/page{publish(change_and_index)}"
    for number in range(8):
        assert is_refused(site.get(path, reader))
        body = {"description": f"Written {number}"}
        assert site.api("PATCH", "/page", writer, json=body).status_code == 204
        answer = site.api("GET", "/page", reader).json()
        assert (answer["title"], answer["subjects"]) == ("Untouched", [])
        found = site.api("GET", "/@search?SearchableText=Written", reader).json()
        assert found["items"][0]["title"] == "Untouched"
        assert found["items"][0]["description"] == f"Written {number}"
    site.sync()
    assert not hasattr(page, "extra")


def test_a_savepoint_that_is_rolled_back_is_no_change(
    site: Any, reader: str, page: Any, publish: Any
) -> None:
    def change_and_roll_back(context: Any, request: Any) -> str:
        savepoint = transaction.savepoint()
        change(context, request)
        savepoint.rollback()
        return "done"

    with nothing_stored(site):
        assert site.get(f"/page{publish(change_and_roll_back)}", reader).text == "done"


@pytest.mark.parametrize("end", [transaction.commit, transaction.abort])
def test_an_empty_transaction_may_end(
    site: Any, reader: str, publish: Any, end: Callable[[], None]
) -> None:
    def end_early(context: Any, request: Any) -> str:
        end()
        return "done"

    with nothing_stored(site):
        assert site.get(publish(end_early), reader).text == "done"


def test_hooks_of_a_request_that_writes_nothing_run(
    site: Any, reader: str, publish: Any
) -> None:
    called = []

    def hook(context: Any, request: Any) -> str:
        transaction.get().addBeforeCommitHook(called.append, ("before",))
        transaction.get().addAfterCommitHook(called.append)
        return "done"

    assert site.get(publish(hook), reader).text == "done"
    assert called == ["before", True]


def test_a_subscriber_before_the_commit_writes_nothing(
    site: Any, reader: str, page: Any, publish: Any, subscribe: Any
) -> None:
    """plone.transformchain and what hangs on it run before the commit."""

    def act(event: Any) -> None:
        if event.request["ACTUAL_URL"].endswith("test-view"):
            change(site_of(event.request), event.request)

    subscribe(act, IPubBeforeCommit)
    with nothing_stored(site):
        assert is_refused(site.get(publish(lambda context, request: "done"), reader))


def test_a_subscriber_of_the_success_writes_nothing(
    site: Any, reader: str, page: Any, publish: Any, subscribe: Any
) -> None:
    """plone.formwidget.namedfile makes scales then, and commits."""

    def act(event: Any) -> None:
        if event.request["ACTUAL_URL"].endswith("test-view"):
            begin_and_commit(site_of(event.request), event.request)

    subscribe(act, IPubSuccess)
    with nothing_stored(site):
        assert is_refused(site.get(publish(lambda context, request: "done"), reader))


def site_of(request: Any) -> Any:
    return request["PARENTS"][-1]["plone"]


def test_an_exception_view_writes_nothing(
    site: Any, reader: str, page: Any, publish: Any
) -> None:
    class Failure(Exception):
        """Has a view of its own."""

    class FailureView(BrowserView):
        def __call__(self) -> str:
            return begin_and_commit(site_of(self.request), self.request)

    def fail(context: Any, request: Any) -> str:
        raise Failure

    adapts = (Failure, IBrowserRequest)
    provideAdapter(FailureView, adapts, Interface, "index.html")
    try:
        with nothing_stored(site):
            response = site.get(publish(fail), reader)
        assert response.text != "done"
    finally:
        getGlobalSiteManager().unregisterAdapter(
            FailureView, adapts, Interface, "index.html"
        )


def test_mail_waits_for_a_commit_that_does_not_come(
    site: Any, reader: str, page: Any, publish: Any
) -> None:
    def send(context: Any, request: Any) -> str:
        context.MailHost.send("Hello", "a@example.org", "b@example.org", "Subject")
        return "done"

    with nothing_stored(site):
        response = site.get(publish(send), reader)
    assert is_refused(response)


def test_a_writer_is_not_disturbed(
    site: Any, writer: str, page: Any, publish: Any
) -> None:
    for act in (change, begin_and_commit, hook_before_commit, set_aside_and_commit):
        page.title = "Untouched"
        site.commit()
        assert site.get(f"/page{publish(act)}", writer).text == "done"
        site.sync()
        assert page.title == "Changed"


def test_a_person_is_not_disturbed(
    site: Any, page: Any, publish: Any, site_owner_auth: tuple[str, str]
) -> None:
    path = f"/page{publish(begin_and_commit)}"
    assert site.get(path, auth=site_owner_auth).text == "done"
    site.sync()
    assert page.title == "Changed"
