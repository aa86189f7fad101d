"""A page behind Apache is for people with an account of a real Plone site.

Apache has mod_auth_openidc, and a person's browser is Chromium. The person logs in
through Plone, logs out of Plone, and is out of the page. Each step is printed. The
script ends non-zero as soon as one does not go as it should.
"""

from demo_signin import add_person
from demo_signin import CHROMIUM
from demo_signin import PERSON
from demo_signin import shortened
from demo_signin import step
from instance import Instance
from instance import running_instance
from instance import SITE_USER
from pathlib import Path
from playwright.sync_api import Page
from playwright.sync_api import sync_playwright
from protected_page import IS_HERE
from protected_page import Protected
from protected_page import running_apache
from servers import free_port
from tempfile import TemporaryDirectory
from typing import Any

import requests
import sys


#: How often the page is looked at after the log-out: Plone tells Apache in a thread.
TRIES = 50


def call(instance: Instance, method: str, path: str, body: Any) -> Any:
    """What an administrator does over REST."""
    answer = requests.request(
        method,
        f"{instance.url}/{path}",
        json=body,
        headers={"Accept": "application/json"},
        auth=SITE_USER,
        timeout=60,
    )
    answer.raise_for_status()
    return answer.json() if answer.content else None


def log_in(page: Page, protected: Protected) -> None:
    """Get to the protected page as a person does."""
    page.goto(protected.page)
    step(f"Apache sends her to Plone: {shortened(page.url)}")
    page.fill("#__ac_name", PERSON[0])
    page.fill("#__ac_password", PERSON[1])
    page.click("#buttons-login")
    page.get_by_role("heading", name="Allow Intranet to act for you?").wait_for()
    step("Plone asks what Apache may know about her")
    for line in page.locator("main").inner_text().splitlines():
        if line.strip():
            print(f"    | {line.strip()}")
    page.get_by_role("button", name="Allow").click()
    page.get_by_role("heading", name="Private").wait_for()
    step(f"She is in: {page.url}")


def is_out(page: Page, protected: Protected) -> bool:
    """Whether Apache sends her to the log-in again."""
    for _ in range(TRIES):
        page.goto(protected.page)
        if "/login" in page.url:
            return True
    return False


def main() -> int:
    if not IS_HERE:
        print("Needs Apache, and: apt install libapache2-mod-auth-openidc")
        return 1
    protected = Protected(port=free_port())
    print("Making a Plone site in var/demo-openid ...", flush=True)
    with (
        running_instance("demo-openid", fetch_hosts=protected.host) as instance,
        TemporaryDirectory() as folder,
    ):
        add_person(instance)
        step(f"An administrator makes {instance.url} an OpenID provider")
        call(instance, "PATCH", "@controlpanels/tokenauth", {"openid_enabled": True})
        made = call(instance, "POST", "@applications", protected.registration)
        print(f"    client_id: {made['client_id']}, back-channel logout at Apache")
        with (
            running_apache(
                Path(folder),
                protected,
                instance.url,
                made["client_id"],
                made["client_secret"],
            ),
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox"]
            )
            page = browser.new_context().new_page()
            step(f"Alice visits {protected.page}")
            log_in(page, protected)
            step("She logs out of Plone, and Plone tells Apache")
            page.goto(f"{instance.url}/logout")
            if not is_out(page, protected):
                print("She is still in.")
                return 1
            step(f"The page is closed: Apache sends her to {shortened(page.url)}")
            browser.close()
    print("\nDone: every step went as it should.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
