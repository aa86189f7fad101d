"""Signing in to a small web application with an account of a real Plone site.

The application is made with Flask and Authlib, and a person's browser is Chromium. Each
step is printed. The script ends non-zero as soon as one does not go as it should.
"""

from authlib.integrations.flask_client import OAuth
from collections.abc import Iterator
from contextlib import contextmanager
from flask import Flask
from flask import redirect
from flask import session
from flask import url_for
from instance import Instance
from instance import running_instance
from instance import SITE_USER
from playwright.sync_api import Page
from playwright.sync_api import sync_playwright
from servers import free_port
from threading import Thread
from typing import Any
from werkzeug.serving import make_server

import logging
import requests
import secrets


CHROMIUM = "/usr/bin/chromium"
PERSON = ("alice", "correct-horse-battery-1")


def web_application(site_url: str, client_id: str, client_secret: str) -> Flask:
    """An application that knows its visitors by their accounts of the site."""
    app = Flask("demo")
    app.secret_key = secrets.token_bytes(32)
    metadata = f"{site_url}/.well-known/oauth-authorization-server"
    plone = OAuth(app).register(
        "plone",
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=metadata,
        client_kwargs={"scope": "plone.read", "code_challenge_method": "S256"},
    )

    @app.get("/")
    def start() -> str:
        if "user" in session:
            return f"<h1>Hello {session['user']}</h1>"
        return '<h1>Notes</h1><a href="/log-in">Log in with Plone</a>'

    @app.get("/log-in")
    def log_in() -> Any:
        return plone.authorize_redirect(url_for("callback", _external=True))

    @app.get("/callback")
    def callback() -> Any:
        token = plone.authorize_access_token()
        answer = requests.get(
            f"{site_url}/@users/{PERSON[0]}",
            headers={
                "Accept": "application/json",
                "Authorization": f"Bearer {token['access_token']}",
            },
            timeout=30,
        )
        session["user"] = answer.json()["fullname"]
        return redirect("/")

    return app


@contextmanager
def served(app: Flask, port: int) -> Iterator[None]:
    """The application answers at a port of this computer."""
    server = make_server("localhost", port, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()


def register(instance: Instance, redirect_uri: str) -> tuple[str, str]:
    """An administrator registers the application; its id and its secret."""
    answer = requests.post(
        f"{instance.url}/@applications",
        json={
            "title": "Notes",
            "redirect_uris": [redirect_uri],
            "scopes": ["plone.read"],
        },
        headers={"Accept": "application/json"},
        auth=SITE_USER,
        timeout=60,
    )
    answer.raise_for_status()
    members = answer.json()
    return members["client_id"], members["client_secret"]


def add_person(instance: Instance) -> None:
    """A member of the site."""
    answer = requests.post(
        f"{instance.url}/@users",
        json={
            "username": PERSON[0],
            "password": PERSON[1],
            "email": "alice@example.org",
            "fullname": "Alice Liddell",
        },
        headers={"Accept": "application/json"},
        auth=SITE_USER,
        timeout=60,
    )
    answer.raise_for_status()


def sign_in(page: Page, start: str) -> None:
    """What a person does."""
    step(f"Alice visits {start} and follows “Log in with Plone”")
    page.goto(start)
    page.get_by_role("link", name="Log in with Plone").click()

    step(f"Plone asks who she is: {shortened(page.url)}")
    page.fill("#__ac_name", PERSON[0])
    page.fill("#__ac_password", PERSON[1])
    page.click("#buttons-login")

    page.get_by_role("heading", name="Allow Notes to act for you?").wait_for()
    step(f"Plone asks what the application may: {shortened(page.url)}")
    for line in page.locator("main").inner_text().splitlines():
        if line.strip():
            print(f"    | {line.strip()}")
    page.get_by_role("button", name="Allow").click()

    page.get_by_role("heading", name="Hello Alice Liddell").wait_for()
    step(f"The application has exchanged the code, and greets her: {page.url}")


def step(text: str) -> None:
    """Print what happens."""
    step.number = getattr(step, "number", 0) + 1  # type: ignore[attr-defined]
    print(f"\n{step.number}. {text}", flush=True)  # type: ignore[attr-defined]


def shortened(url: str) -> str:
    """A URL without what it carries."""
    return url.partition("?")[0]


def main() -> None:
    # It prints codes.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    print("Making a Plone site in var/demo-signin ...", flush=True)
    with running_instance("demo-signin") as instance:
        port = free_port()
        start = f"http://localhost:{port}/"
        add_person(instance)
        step(f"An administrator of {instance.url} registers the application")
        client_id, secret = register(instance, f"{start}callback")
        print(f"    client_id: {client_id}, redirect URI: {start}callback")
        with (
            served(web_application(instance.url, client_id, secret), port),
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox"]
            )
            context = browser.new_context()
            page = context.new_page()
            sign_in(page, start)
            step("Next day the application has forgotten her: nobody asks her again")
            context.clear_cookies(name="session")
            page.goto(start)
            page.get_by_role("link", name="Log in with Plone").click()
            page.get_by_role("heading", name="Hello Alice Liddell").wait_for()
            print(f"    {page.url}")
            browser.close()
    print("\nDone: every step went as it should.")


if __name__ == "__main__":
    main()
