"""The question in Chromium: with scripts and without, in a window and in a pop-up.

The application is on localhost and Plone on 127.0.0.1: these are two sites, so cookies
are sent as between an application and a site of the Web.
"""

from axe import AXE
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path
from tests.clients.changes import CHANGES
from tests.credentials.pages.chromium import unavailable
from tests.delegation.conftest import parameters_of
from tests.plone_fixtures import PASSWORD
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest


pytest_plugins = ["tests.credentials.pages.chromium"]
pytestmark = pytest.mark.browser

CHECK = """axe.run(document, {resultTypes: ["violations"]})"""
OPENER = """<!DOCTYPE html><html lang="en"><title>App</title>
<button onclick="window.open(location.hash.slice(1), 'sign-in')">Sign in</button>
<p id="answer"></p>
<script>addEventListener("message", event => {
  if (event.origin === location.origin)
    document.getElementById("answer").textContent = event.data;
});</script></html>"""
CALLBACK = """<!DOCTYPE html><html lang="en"><title>Back</title>
<script>if (opener) { opener.postMessage(location.search, location.origin); close(); }
</script><p>Back</p></html>"""


OIDC_CLIENT = Path(__file__).parents[2] / (
    "var/node/node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"
)
SINGLE_PAGE = """<!DOCTYPE html><html lang="en"><title>Single page</title>
<script src="/oidc-client.js"></script>
<button id="redirect">Redirect</button> <button id="popup">Pop-up</button>
<p id="answer"></p>
<script>
const plone = new URLSearchParams(location.search).get("plone")
  || sessionStorage.getItem("plone");
if (plone) sessionStorage.setItem("plone", plone);
const here = location.origin + "/single-page";
const manager = new oidc.UserManager({
  authority: plone || "http://localhost", client_id: "app-1", redirect_uri: here,
  popup_redirect_uri: here, scope: "plone.read plone.write", loadUserInfo: false,
  metadataUrl: plone + "/.well-known/oauth-authorization-server",
});
const show = user => {
  if (user) document.getElementById("answer").textContent = user.access_token;
};
manager.events.addUserLoaded(show);
const fail = error => { document.getElementById("answer").textContent = error; };
document.getElementById("redirect").onclick =
  () => manager.signinRedirect().catch(fail);
document.getElementById("popup").onclick =
  () => manager.signinPopup().then(show).catch(fail);
if (location.search.includes("state="))
  manager.signinCallback(location.href).then(show).catch(fail);
</script></html>"""


class Application(BaseHTTPRequestHandler):
    """A web application: a page with a button, and where people come back to."""

    def do_GET(self) -> None:
        if self.path.startswith("/on"):
            # Some applications go on to another origin, or to a scheme of their own.
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/")  # type: ignore[attr-defined]
            self.end_headers()
            return
        name = self.path.partition("?")[0].strip("/")
        if name == "oidc-client.js":
            self._send(OIDC_CLIENT.read_text(encoding="utf-8"), "text/javascript")
        else:
            self._send({"cb": CALLBACK, "single-page": SINGLE_PAGE}.get(name, OPENER))

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self._send(f"<!DOCTYPE html><pre>{self.rfile.read(length).decode()}</pre>")

    def _send(self, page: str, media_type: str = "text/html") -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def application() -> Iterator[str]:
    """The URL of the application."""
    server = ThreadingHTTPServer(("localhost", 0), Application)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def plone(site: Any, apps: Any, sealing_key: str, application: str) -> str:
    """The URL of the site, on 127.0.0.1, which knows the application."""
    site.add_user("alice")
    url: str = site.url.replace("localhost", "127.0.0.1")
    site.plugin.issuer = url
    site.commit()
    apps.change(
        is_public=False,
        redirect_uris=tuple(f"{application}/{name}" for name in ("cb", "on", "form")),
    )
    return url


def authorize_url(plone: str, application: str, name: str, **more: str) -> str:
    parameters = {
        "client_id": "app-1",
        "redirect_uri": f"{application}/{name}",
        "response_type": "code",
        "scope": "plone.read plone.write",
        "state": "s-1",
        **more,
    }
    return f"{plone}/@@oauth2-authorize?{urlencode(parameters)}"


def log_in(page: Any) -> None:
    """Fill in Plone's own form."""
    page.fill("#__ac_name", "alice")
    page.fill("#__ac_password", PASSWORD)
    page.click("#buttons-login")


@pytest.fixture
def browse(chromium: Any) -> Iterator[Any]:
    """Opens an empty browser, and notices what it complains about."""
    contexts = []

    def open_context(**options: Any) -> Any:
        context = chromium.new_context(**options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context

    yield open_context
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_logs_in_says_yes_and_is_back_at_the_application(
    browse: Any, plone: str, application: str, scripts: bool
) -> None:
    """Conformance: AE-26, CO-15, PL-08."""
    page = browse(java_script_enabled=scripts).new_page()
    page.goto(authorize_url(plone, application, "cb"))
    log_in(page)
    page.get_by_role("heading", name="Allow Wonder <App> to act for you?").wait_for()
    page.get_by_label("Read and write").uncheck()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{application}/cb?**")
    found = parameters_of(page.url)
    assert found["state"] == "s-1"
    assert found["iss"] == plone
    assert found["code"].startswith("ptc_")


def test_nothing_on_the_page_is_refused_by_its_own_policy(
    browse: Any, plone: str, application: str
) -> None:
    """Conformance: AE-29."""
    said: list[str] = []
    page = browse().new_page()
    page.goto(authorize_url(plone, application, "cb"))
    log_in(page)
    page.get_by_role("heading", name="Allow").wait_for()
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.reload()
    page.get_by_role("heading", name="Allow").wait_for()
    assert not [each for each in said if "favicon" not in each]


@pytest.mark.parametrize("width", [1280, 375])
def test_the_question_is_accessible(
    browse: Any, plone: str, application: str, width: int
) -> None:
    """Conformance: CO-15."""
    if not AXE.exists():
        unavailable(f"There is no {AXE}; scripts/axe.py fetches it.")
    page = browse(viewport={"width": width, "height": 800}).new_page()
    page.goto(authorize_url(plone, application, "cb"))
    log_in(page)
    page.get_by_role("heading", name="Allow").wait_for()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(CHECK)["violations"]
    assert not [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # By keyboard: two boxes, and the buttons in their order, once both can be used.
    page.locator("button[name=answer]:enabled").nth(1).wait_for()
    page.locator("input[type=checkbox]").first.focus()
    for role in ("checkbox", "button", "button"):
        page.keyboard.press("Tab")
        assert page.locator(":focus").get_attribute("name") == (
            "scope" if role == "checkbox" else "answer"
        )


def test_yes_cannot_be_clicked_at_once(
    browse: Any, plone: str, application: str
) -> None:
    """Conformance: CO-14."""
    page = browse().new_page()
    page.goto(authorize_url(plone, application, "cb"))
    log_in(page)
    page.get_by_role("heading", name="Allow").wait_for()
    page.wait_for_selector("#allow:enabled")
    state = page.evaluate(
        "() => { dispatchEvent(new Event('focus'));"
        " return document.getElementById('allow').disabled; }"
    )
    assert state is True
    page.wait_for_selector("#allow:enabled")


def test_a_person_signs_in_in_a_pop_up_window(
    browse: Any, plone: str, application: str
) -> None:
    """Conformance: AE-29: nothing cuts the window off from its opener."""
    page = browse().new_page()
    page.goto(f"{application}/#{authorize_url(plone, application, 'cb')}")
    with page.expect_popup() as popped:
        page.get_by_role("button", name="Sign in").click()
    window = popped.value
    log_in(window)
    window.get_by_role("button", name="Allow").click()
    page.wait_for_function("document.getElementById('answer').textContent !== ''")
    assert "code=ptc_" in page.locator("#answer").text_content()


def test_a_callback_may_go_on_to_another_place(
    browse: Any, plone: str, application: str
) -> None:
    """Conformance: AE-29: form-action would stop the redirects behind the form."""
    page = browse().new_page()
    page.goto(authorize_url(plone, application, "on"))
    log_in(page)
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(partial(_is_elsewhere, application))


def _is_elsewhere(application: str, url: str) -> bool:
    return url.startswith(application.replace("localhost", "127.0.0.1"))


ADD_FRAME = """url => {
  const frame = document.createElement("iframe");
  frame.name = "silent";
  frame.src = url;
  document.body.append(frame);
}"""


def test_a_silent_request_in_a_frame_of_another_site_finds_nobody(
    browse: Any, plone: str, application: str
) -> None:
    """Conformance: PL-05, AE-21: the cookie of the session is not sent from there."""
    page = browse().new_page()
    page.goto(authorize_url(plone, application, "cb"))
    log_in(page)
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{application}/cb?**")
    silent = authorize_url(plone, application, "cb", prompt="none")
    page.goto(silent)
    assert "code" in parameters_of(page.url)
    page.goto(application)

    def is_back(frame: Any) -> bool:
        return bool(frame.parent_frame and frame.url.startswith(f"{application}/cb?"))

    with page.expect_event("framenavigated", predicate=is_back) as navigated:
        page.evaluate(ADD_FRAME, silent)
    assert parameters_of(navigated.value.url)["error"] == "login_required"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_answer_comes_as_a_form(
    browse: Any, plone: str, application: str, scripts: bool
) -> None:
    """Conformance: AE-15."""
    page = browse(java_script_enabled=scripts).new_page()
    page.goto(authorize_url(plone, application, "form", response_mode="form_post"))
    log_in(page)
    page.get_by_role("button", name="Allow").click()
    if not scripts:
        page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{application}/form")
    assert "code=ptc_" in page.locator("pre").text_content()


@pytest.fixture
def single_page(apps: Any, plone: str, application: str) -> str:
    """The URL of a page with oidc-client-ts, which knows the site."""
    if not OIDC_CLIENT.exists():
        unavailable("make node-clients")
    apps.change(is_public=True, redirect_uris=(f"{application}/single-page",))
    return f"{application}/single-page?{urlencode({'plone': plone})}"


def token_on(page: Any, than: str = "") -> str:
    """The access token that the page shows, another one than some other."""
    shown = "document.getElementById('answer')?.textContent"
    page.wait_for_function(f"than => ({shown} ?? than) !== than", arg=than)
    token: str = page.locator("#answer").text_content()
    assert token.startswith("pta_"), token
    return token


def user_of(site: Any, token: str) -> str:
    return str(site.api("GET", "/@users/alice", token).json()["id"])


@pytest.mark.parametrize("way", ["redirect", "popup"])
def test_oidc_client_ts_signs_a_person_in(
    site: Any, browse: Any, single_page: str, way: str
) -> None:
    """Conformance: PK-01, PK-05: a public client in a page, by CORS."""
    page = browse().new_page()
    page.goto(single_page)
    if way == "redirect":
        page.click("#redirect")
        window = page
    else:
        with page.expect_popup() as popped:
            page.click("#popup")
        window = popped.value
    log_in(window)
    window.get_by_role("button", name="Allow").click()
    assert user_of(site, token_on(page)) == "alice"


def test_oidc_client_ts_renews_its_token_by_itself(
    site: Any,
    browse: Any,
    apps: Any,
    single_page: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Conformance: CR-18, CR-26, CR-30: it stays signed in over expiry, a restart and
    another sealing key, without a window and without a frame."""
    apps.change(
        grant_types=frozenset({"authorization_code", "refresh_token"}),
        stays_signed_in=True,
    )
    page = browse().new_page()
    page.clock.install()
    page.goto(single_page)
    page.click("#redirect")
    log_in(page)
    page.get_by_role("button", name="Allow").click()
    tokens = [token_on(page)]
    for change in CHANGES:
        change(monkeypatch, site)
        # A minute before the end of the hour it renews.
        page.clock.fast_forward("59:30")
        tokens.append(token_on(page, than=tokens[-1]))
        assert user_of(site, tokens[-1]) == "alice"
    assert len(set(tokens)) == 3
    assert len(page.frames) == 1
