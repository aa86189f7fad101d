"""Take all pictures of the documentation again, of a site that is made for them.

    make screenshots                        all
    make screenshots ARGS="devices panel"   those of some chapters

A chapter does what people and programs do, and takes a picture where the documentation
shows one. Whether they look well is for people to see.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from demo_signin import add_person
from demo_signin import CHROMIUM
from demo_signin import PERSON
from instance import Instance
from instance import ROOT_USER
from instance import running_instance
from instance import SITE_USER
from pathlib import Path
from PIL import Image
from playwright.sync_api import Browser
from playwright.sync_api import Page
from playwright.sync_api import sync_playwright
from ska import sign_url
from ska.signatures import HMACSHA256Signature
from typing import Any
from urllib.parse import urlencode

import argparse
import io
import json
import jwt
import requests
import time


IMAGES = Path(__file__).parents[1] / "docs" / "images"
WIDTH = 1280
#: Without the header and the footer of the site.
CONTENT = "#content, main"
FIELD = "#content .tokenauth-field"
MARGIN = 24
#: Enough for text and buttons, in a third of the bytes.
COLOURS = 96
#: Nothing moves, and the toolbar of Plone is not in the picture.
QUIET = """
    * { transition: none !important; caret-color: transparent !important; }
    #edit-zone { display: none !important; }
    body { padding-left: 0 !important; }
"""

PANEL = "@@tokenauth-controlpanel"
KEYS = "@@manage-service-keys"
TOKENS = "@@manage-personal-access-tokens"
JSON = {"Accept": "application/json"}
IMPORTER = "Warehouse-Importer/2.1 (nightly)"
CALLBACK = "http://localhost:3030/callback"


class Scene:
    """A site with people, programs and content, and browsers to look at it."""

    def __init__(self, instance: Instance, browser: Browser) -> None:
        self.url = instance.url
        self._instance = instance
        self._browser = browser
        self._cookies: dict[str, Any] = {}

    def furnish(self) -> None:
        """People, a page and all that can be switched on."""
        add_person(self._instance)
        page = {
            "@type": "Document",
            "id": "budget",
            "title": "Budget of next year",
            "description": "As the council has it before it on Tuesday",
            "text": "<p>Income: 412,000. Expenses: 398,500.</p>",
        }
        self.send("POST", "", page, auth=SITE_USER)
        switches = (
            "cas_enabled",
            "device_grant_enabled",
            "dynamic_registration",
            "openid_enabled",
            "partners_enabled",
            "simple_sso_enabled",
        )
        self.send("PATCH", "@controlpanels/tokenauth", dict.fromkeys(switches, True))

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The answer of the site to a program, which is the Manager's unless told."""
        answer = requests.request(
            method,
            f"{self.url}/{path}",
            **{
                "json": body,
                "headers": JSON,
                "auth": ROOT_USER,
                "timeout": 60,
                **options,
            },
        )
        if not answer.ok:
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    @contextmanager
    def page(self, user: tuple[str, str] | None = SITE_USER) -> Iterator[Page]:
        """An empty page in the browser of somebody, or of nobody who is known."""
        context = self._browser.new_context(
            base_url=f"{self.url}/",
            viewport={"width": WIDTH, "height": 900},
            # Else the pages refuse QUIET.
            bypass_csp=True,
            storage_state=self._logged_in(user) if user else None,
        )
        context.set_default_timeout(20_000)
        yield context.new_page()
        context.close()

    def _logged_in(self, user: tuple[str, str]) -> Any:
        if user[0] not in self._cookies:
            with self.page(None) as page:
                page.goto("login")
                page.fill("#__ac_name", user[0])
                page.fill("#__ac_password", user[1])
                page.click("#buttons-login")
                page.wait_for_selector("body:not(.userrole-anonymous)")
                self._cookies[user[0]] = page.context.storage_state()
        return self._cookies[user[0]]


def shoot(page: Page, name: str, last: str = "", part: str = CONTENT) -> None:
    """Take a picture of what a page is about.

    :param name: of the file
    :param last: selects the element below which the picture is cut off
    :param part: selects what is in the picture
    """
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.add_style_tag(content=QUIET)
    box = page.locator(part).first.bounding_box()
    assert box, name
    margin = MARGIN if part == CONTENT else 0
    left, top = box["x"] - margin, max(box["y"] - margin, 0)
    bottom = box["y"] + box["height"] + margin
    if last:
        end = page.locator(last).last.bounding_box()
        assert end, f"{name}: {last}"
        bottom = end["y"] + end["height"]
    clip = {
        "x": left,
        "y": top,
        "width": box["width"] + 2 * margin,
        "height": bottom - top,
    }
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True, clip=clip)))
    path = IMAGES / f"{name}.png"
    picture.convert("RGB").quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE).save(
        path, optimize=True
    )
    print(f"    {path.name}: {picture.width} x {picture.height}, {path.stat().st_size}")


def choose(page: Page, *labels: str) -> None:
    """Tick boxes."""
    for label in labels:
        page.get_by_label(label, exact=True).check()


def press(page: Page, name: str) -> None:
    """Press a button and wait for what comes of it."""
    page.get_by_role("button", name=name, exact=True).click()


def heading(page: Page, name: str) -> None:
    """Wait until a page is there, and can be answered."""
    page.get_by_role("heading", name=name, level=1).wait_for()
    page.wait_for_selector("#allow:disabled", state="detached")


# -- chapters ------------------------------------------------------------------


def service_keys(scene: Scene) -> None:
    with scene.page() as page:
        page.goto(KEYS)
        shoot(page, "service-keys-start")
        page.goto(f"{KEYS}-issue")
        shoot(page, "service-keys-issue", f"{FIELD}-scopes")

        page.get_by_label("IP ranges").fill("127.0.0.1, 192.0.2.300")
        choose(page, "On a day of your choice", "Administer")
        press(page, "Issue service key")
        page.get_by_role("alert").wait_for()
        shoot(page, "service-keys-issue-errors", f"{FIELD}-expires")

        page.goto(f"{KEYS}-issue")
        page.get_by_label("Title").fill("Nightly import from the warehouse")
        page.get_by_label("IP ranges").fill("127.0.0.1, 192.0.2.0/24")
        press(page, "Issue service key")
        heading(page, "Your new service key")
        shoot(page, "service-keys-keyfile")
        with page.expect_download() as download:
            page.get_by_role("link", name="Download keyfile", exact=True).click()
        keyfile = json.loads(Path(download.value.path()).read_text())

        import_nightly(scene, keyfile)
        page.goto(KEYS)
        shoot(page, "service-keys-list")
        page.goto(f"{KEYS}-edit?id={keyfile['client_id']}")
        shoot(page, "service-keys-edit", f"{FIELD}-scopes")
        page.goto(f"{KEYS}-logs?id={keyfile['client_id']}")
        shoot(page, "service-keys-logs")
        page.goto(f"{KEYS}-revoke?id={keyfile['client_id']}")
        shoot(page, "service-keys-revoke")


def import_nightly(scene: Scene, keyfile: dict[str, Any]) -> None:
    """A program obtains tokens with a service key."""
    for _ in range(3):
        now = int(time.time())
        claims = {
            "iss": keyfile["client_id"],
            "aud": keyfile["token_uri"],
            "iat": now,
            "exp": now + 60,
        }
        grant = jwt.encode(
            claims,
            keyfile["private_key"],
            keyfile["algorithm"],
            headers={"kid": keyfile["key_id"]},
        )
        scene.send(
            "POST",
            "@@oauth2-token",
            json=None,
            auth=None,
            headers={"User-Agent": IMPORTER},
            data={
                "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "assertion": grant,
            },
        )


def personal_access_tokens(scene: Scene) -> None:
    with scene.page() as page:
        page.goto(f"{TOKENS}-issue")
        page.get_by_label("Title").fill("Nightly report")
        shoot(page, "personal-access-tokens-issue")
        press(page, "Issue personal access token")
        heading(page, "Your new personal access token")
        shoot(page, "personal-access-token")
        page.goto(TOKENS)
        shoot(page, "personal-access-tokens")


def signed_links(scene: Scene) -> None:
    with scene.page() as page:
        page.goto("budget/@@share-by-link-issue")
        page.get_by_role("textbox", name="Title").fill("For the council")
        page.get_by_label("Password").fill("Correct-Horse-1")
        shoot(page, "share-by-link-issue")
        press(page, "Make the link")
        heading(page, "Your new link")
        shoot(page, "share-by-link-made")
        url = page.get_by_label("Link", exact=True).input_value()
        page.goto("budget/@@share-by-link")
        shoot(page, "share-by-link")
    with scene.page(None) as page:
        page.goto(url)
        shoot(page, "link-open")
        page.get_by_label("Password").fill("Correct-Horse-1")
        press(page, "Open the page")
        page.wait_for_url("**/budget")
        shoot(page, "link-opened", "#content", part="body")
        page.goto(f"{url[:-4]}0000")
        shoot(page, "link-refused")


def applications(scene: Scene) -> None:
    with scene.page(ROOT_USER) as page:
        page.goto(f"{PANEL}-register-application")
        page.get_by_label("Title").fill("Shop")
        shoot(page, "application-register", f"{FIELD}-scopes")
    shop = scene.send(
        "POST",
        "@applications",
        {
            "title": "Shop",
            "redirect_uris": ["https://shop.example.org/callback"],
            "scopes": ["plone.write", "openid", "email"],
        },
    )
    with scene.page(PERSON) as page:
        page.goto(authorize_url(shop, "plone.read plone.write openid email"))
        heading(page, "Allow")
        shoot(page, "consent")
        shop["redirect_uris"] = ["https://elsewhere.example.org/"]
        page.goto(authorize_url(shop, "plone.read"))
        shoot(page, "consent-error")


def authorize_url(client: dict[str, Any], scope: str, **more: str) -> str:
    """Where an application sends people."""
    parameters = {
        "response_type": "code",
        "client_id": client["client_id"],
        "redirect_uri": client["redirect_uris"][0],
        "scope": scope,
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
        **more,
    }
    return f"@@oauth2-authorize?{urlencode(parameters)}"


def allow(page: Page) -> None:
    """Say yes, as soon as that is possible."""
    page.route(f"{CALLBACK}?*", lambda route: route.fulfill(body="Back"))
    page.locator("#allow:enabled").click()
    page.get_by_text("Back", exact=True).wait_for()


def assistants(scene: Scene) -> None:
    body = {"redirect_uris": [CALLBACK], "client_name": "Assistant"}
    registered = scene.send("POST", "@@oauth2-register", body, auth=None)
    with scene.page(None) as page:
        page.goto(authorize_url(registered, "plone.read"))
        page.fill("#__ac_name", PERSON[0])
        page.fill("#__ac_password", PERSON[1])
        shoot(page, "mcp-log-in")
        page.click("#buttons-login")
        heading(page, "Allow")
        shoot(page, "mcp-consent")
        allow(page)
        page.goto("@@manage-authorizations")
        shoot(page, "authorizations")
    with scene.page(ROOT_USER) as page:
        page.goto(f"{PANEL}?kind=registration")
        shoot(page, "mcp-registered", part="#content table")


def devices(scene: Scene) -> None:
    display = scene.send(
        "POST",
        "@applications",
        {
            "title": "Display in the lobby",
            "scopes": ["plone.read"],
            "token_endpoint_auth_method": "none",
            "uses_device_codes": True,
        },
    )
    codes = scene.send(
        "POST",
        "@@oauth2-device-authorization",
        json=None,
        auth=None,
        headers={"User-Agent": "lobby-display/1.4"},
        data={"client_id": display["client_id"], "scope": "plone.read"},
    )
    with scene.page(PERSON) as page:
        page.goto("@@device")
        page.locator("input[name=user_code]").fill(codes["user_code"])
        shoot(page, "device-code")
        press(page, "Continue")
        heading(page, "Allow")
        shoot(page, "device-consent")


def resources(scene: Scene) -> None:
    resource = "https://mcp.example.org/mcp"
    scene.send(
        "POST",
        "@applications",
        {
            "title": "Notes",
            "resource": resource,
            "resource_scopes": ["notes.read See your notes."],
            "may_exchange": True,
            "scopes": ["plone.read"],
        },
    )
    editor = scene.send(
        "POST",
        "@applications",
        {
            "title": "Editor",
            "redirect_uris": [CALLBACK],
            "scopes": ["plone.read", "notes.read"],
        },
    )
    with scene.page(PERSON) as page:
        scope = "notes.read plone.read"
        page.goto(authorize_url(editor, scope, resource=resource))
        heading(page, "Allow")
        shoot(page, "resource-consent")


def partners(scene: Scene) -> None:
    partner = scene.send("POST", "@partners", {"title": "Intranet"})
    url = sign_url(
        PERSON[0],
        partner["secret"],
        url=partner["url"],
        signature_cls=HMACSHA256Signature,
    )
    with scene.page(None) as page:
        page.goto(url)
        shoot(page, "partner-login")
    with scene.page(ROOT_USER) as page:
        for name, last in (
            ("partner", f"{FIELD}-groups"),
            ("cas-service", ""),
            ("simple-sso", ""),
        ):
            page.goto(f"{PANEL}-register-{name}")
            shoot(page, f"{name}-register", last)


def panel(scene: Scene) -> None:
    with scene.page(ROOT_USER) as page:
        page.goto(PANEL)
        shoot(page, "panel", "tbody tr:nth-child(5)")
        page.goto(f"{PANEL}?owner={SITE_USER[0]}")
        shoot(page, "panel-person")
        page.goto(f"{PANEL}-settings")
        shoot(page, "panel-settings", '.mb-3:has-text("Leeway")')
        page.goto(f"{PANEL}-activity")
        shoot(page, "panel-activity")


CHAPTERS = {
    each.__name__: each
    for each in (
        service_keys,
        personal_access_tokens,
        signed_links,
        applications,
        assistants,
        devices,
        resources,
        partners,
        panel,
    )
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chapter", nargs="*", help=", ".join(CHAPTERS))
    parser.add_argument("--port", type=int, default=8080)
    options = parser.parse_args()
    print("Making a Plone site in var/screenshots ...", flush=True)
    with (
        running_instance("screenshots", port=options.port) as instance,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        scene = Scene(instance, browser)
        scene.furnish()
        for name in options.chapter or CHAPTERS:
            print(name, flush=True)
            CHAPTERS[name](scene)
        browser.close()


if __name__ == "__main__":
    main()
