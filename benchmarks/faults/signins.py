"""People at work: they sign in to applications, share links, and end all of that.

The site thinks it is where it was made, and is told so by the Host header.
"""

from __future__ import annotations

from html import unescape
from ledger import Application
from ledger import Credential
from ledger import Family
from ledger import NoAnswer
from ledger import Person
from ledger import TIMEOUT
from ledger import Token
from typing import Any
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from urllib.parse import urlencode
from urllib.parse import urlsplit

import jwt
import random
import re
import requests
import secrets
import time


if TYPE_CHECKING:
    from load import Client


REDIRECT_URI = "https://app.example.org/cb"
SCOPES = ("openid", "plone.read")
#: Seconds in which a refresh token can be sent again, as documented.
REPEATABLE = 30
LOGGED_OUT = "You are logged out of this site."


class SignIns:
    """What people do by way of one client of one Zope."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._ledger = client.ledger

    def prepare(self) -> None:
        """Make what all of them need: a page, and OpenID Connect."""
        issuer = self.client.request(
            "GET", "/.well-known/oauth-authorization-server"
        ).json()["issuer"]
        self._ledger.host = urlsplit(issuer).netloc
        settings = {"openid_enabled": True}
        self.client.manage("PATCH", "/@controlpanels/tokenauth", settings)
        page = self.client.manage("POST", "", {"@type": "Document", "title": "Page"})
        self._ledger.page = page["UID"]

    def do_something(self) -> None:
        """One of all these things."""
        ledger, chance = self._ledger, random.random()
        family = ledger.some(ledger.families, recent=40)
        person = ledger.some(ledger.persons, recent=8)
        link = ledger.some(ledger.links, recent=20)
        if person is None or family is None or link is None or chance < 0.15:
            family = self.sign_in(self._person(), self._application())
        elif chance < 0.55:
            self.refresh(family)
        elif chance < 0.7:
            self.open_link(link)
        elif chance < 0.75:
            self.visit(link)
        elif chance < 0.85:
            self.end(family)
        elif chance < 0.88:
            self.reuse(family)
        elif chance < 0.9 and family.application is not None:
            self.end_all(family.application)
        elif chance < 0.95:
            self.client.revoke(link)
        else:
            self.log_out(person)
        if link is None or chance < 0.05:
            self.share()

    # -- signing in -----------------------------------------------------------------

    def log_in(self) -> Person:
        """Let a person fill in Plone's form, in a new browser."""
        session = requests.Session()
        name, password = self.client.user
        form = {"__ac_name": name, "__ac_password": password, "buttons.login": "1"}
        self.browse("POST", "/login", session, data=form)
        person = Person(session.cookies.get_dict())
        with self._ledger.lock:
            self._ledger.persons.append(person)
        return person

    def register(self) -> Application:
        """Let an administrator register an application."""
        made = self.client.manage(
            "POST",
            "/@applications",
            {
                "title": "Load",
                "redirect_uris": [REDIRECT_URI],
                "scopes": SCOPES,
                "stays_signed_in": True,
            },
        )
        application = Application((made["client_id"], made["client_secret"]))
        with self._ledger.lock:
            self._ledger.applications.append(application)
        return application

    def sign_in(self, person: Person, application: Application) -> Family | None:
        """From the authorization endpoint to the first refresh token."""
        if not application.lock.acquire(timeout=TIMEOUT):
            return None
        try:
            with person.lock:
                if person.log_out_asked or not application.has_room:
                    return None
                application.sign_ins += 1
                code = self.authorize(person, application)
                return self.exchange(code, person, application)
        finally:
            application.lock.release()

    def authorize(self, person: Person, application: Application) -> str:
        """A code, from the authorization endpoint and whom it asks."""
        query = {
            "client_id": application.client[0],
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": " ".join(SCOPES),
        }
        path = f"/@@oauth2-authorize?{urlencode(query)}"
        session = browser_of(person)
        answer = self.browse("GET", path, session)
        if answer.status_code == 200:
            answer = self.browse(
                "POST", "/@@oauth2-consent", session, data=_allowed(answer.text)
            )
        # The first request begins the session.
        person.cookies = session.cookies.get_dict()
        location = answer.headers.get("Location", "")
        codes = parse_qs(urlsplit(location).query).get("code")
        if not codes:
            self._ledger.complain(
                f"No code for who is logged in: {answer.status_code} {location}"
                f" {_said(answer.text)}"
            )
            raise NoAnswer
        self._ledger.count("codes")
        return codes[0]

    def exchange(self, code: str, person: Person, application: Application) -> Family:
        """The first refresh token, for a code."""
        answer = self._token(
            application,
            grant_type="authorization_code",
            code=code,
            redirect_uri=REDIRECT_URI,
        )
        if answer.status_code != 200:
            self._ledger.complain(f"A code is refused, but was promised: {answer.text}")
            raise NoAnswer
        members = answer.json()
        claims = jwt.decode(members["id_token"], options={"verify_signature": False})
        if person.sids.setdefault(claims["aud"], claims["sid"]) != claims["sid"]:
            self._ledger.complain("A session is lost that nobody has ended")
        person.id_token = members["id_token"]
        family = Family(
            secrets.token_hex(4),
            token=members["refresh_token"],
            application=application,
        )
        with self._ledger.lock:
            self._ledger.families.append(family)
        self._keep_token(members, family)
        self._ledger.count("sign-ins")
        return family

    # -- staying signed in ----------------------------------------------------------

    def refresh(self, family: Family) -> None:
        """Get the next tokens; what got no answer is sent again."""
        if not family.lock.acquire(blocking=False):
            return
        try:
            is_repeated, asked_at = family.sent_at is not None, time.monotonic()
            family.sent_at = family.sent_at or asked_at
            answer = self._refreshed(family, family.token)
            ok = answer.status_code == 200
            is_late = time.monotonic() > family.sent_at + REPEATABLE - 1
            family.sent_at = None
            if not ok and is_repeated and is_late and family.must_live:
                # Nothing is promised to who comes so late, and it is over.
                self._ledger.count("lost answers repeated too late")
                family.end()
                return
            since = min(family.acknowledged_at, asked_at - self._ledger.grace - 1)
            self._ledger.judge("A refresh token", family, since, asked_at, ok)
            if not ok:
                family.end()
                return
            members = answer.json()
            family.replaced.append(family.token)
            family.token = members["refresh_token"]
            self._keep_token(members, family)
            self._ledger.count("refreshes")
            if is_repeated:
                self._ledger.count("lost answers repeated")
        finally:
            family.lock.release()

    def reuse(self, family: Family) -> None:
        """Send a token that was replaced twice: it is refused, and ends the family."""
        if len(family.replaced) < 2 or not family.lock.acquire(blocking=False):
            return
        try:
            family.ask_to_end()
            answer = self._refreshed(family, family.replaced[-2])
            if answer.status_code == 200:
                self._ledger.complain(f"A replaced token of {family.id} works")
            family.end()
            self._ledger.count("replaced tokens refused")
        finally:
            family.lock.release()

    def end(self, family: Family) -> None:
        """Revoke the refresh token (RFC 7009)."""
        if family.application is None or not family.lock.acquire(blocking=False):
            return
        try:
            family.ask_to_end()
            answer = self.client.request(
                "POST",
                "/@@oauth2-revoke",
                data={"token": family.token},
                auth=family.application.client,
            )
            if answer.status_code == 200:
                family.end()
                self._ledger.count("families revoked")
        finally:
            family.lock.release()

    def end_all(self, application: Application) -> None:
        """Take from an application what it was allowed."""
        if not application.lock.acquire(blocking=False):
            return
        try:
            families = [
                family
                for family in list(self._ledger.families)
                if family.application is application
            ]
            for family in families:
                family.ask_to_end()
            client_id = application.client[0]
            path = f"/@applications/{client_id}/revoke-authorizations"
            self.client.manage("POST", path, {})
            for family in families:
                family.end()
            application.sign_ins = 0
            self._ledger.count("authorizations revoked")
        finally:
            application.lock.release()

    # -- logging out ----------------------------------------------------------------

    def log_out(self, person: Person) -> None:
        """By the application, as OpenID Connect RP-Initiated Logout has it."""
        with person.lock:
            if not person.id_token or person.log_out_asked:
                return
            person.log_out_asked = True
            if LOGGED_OUT not in self._end_session(person):
                self._ledger.complain("Nobody is logged out by the application")
                return
            person.logged_out_at = time.monotonic()
        self._ledger.count("log-outs")

    def check_session(self, person: Person) -> None:
        """It goes on, or is over for who has kept the cookies, too."""
        if person.logged_out_at is None:
            self.sign_in(person, self._application())
            return
        asked_at = time.monotonic()
        is_known = LOGGED_OUT in self._end_session(person)
        if is_known and person.logged_out_at + self._ledger.grace < asked_at:
            self._ledger.complain("A session goes on after its end")

    def _end_session(self, person: Person) -> str:
        query = urlencode({"id_token_hint": person.id_token})
        path = f"/@@oauth2-end-session?{query}"
        return self.browse("GET", path, browser_of(person)).text

    # -- links ----------------------------------------------------------------------

    def share(self) -> None:
        """Make a link to the page."""
        values = {"title": "Load", "object": self._ledger.page}
        made = self.client.manage("POST", "/@signed-links", values)
        url = urlsplit(made["url"])
        link = Credential(made["link_id"], url=url.path)
        with self._ledger.lock:
            self._ledger.links.append(link)
        self._ledger.count("links made")

    def open_link(self, link: Credential) -> None:
        """Open it as a visitor does, on the page where it leads."""
        asked_at, session = time.monotonic(), requests.Session()
        page = self.browse("GET", self._path(link), session)
        ok = page.status_code == 200
        self._ledger.judge("A link", link, link.acknowledged_at, asked_at, ok)
        if not ok:
            return
        found = re.search(r'name="_authenticator" value="([0-9a-f]+)"', page.text)
        form = {"_authenticator": found[1] if found else ""}
        answer = self.browse("POST", self._path(link), session, data=form)
        if answer.status_code in (302, 303):
            where = answer.headers["Location"]
            link.visit = {"path": where, **session.cookies.get_dict()}
            self._ledger.count("links opened")

    def visit(self, link: Credential) -> None:
        """Look at the page again, with the cookie of the visit."""
        if not link.visit:
            return
        asked_at, session = time.monotonic(), requests.Session()
        cookies = dict(link.visit)
        path = self._below_site(cookies.pop("path"))
        session.cookies.update(cookies)
        ok = self.browse("GET", path, session).status_code == 200
        self._ledger.judge("A visit", link, asked_at, asked_at, ok)

    # -- HTTP -----------------------------------------------------------------------

    def _person(self) -> Person:
        found = self._ledger.some(self._ledger.persons, recent=8)
        if found is None or found.log_out_asked or random.random() < 0.2:
            return self.log_in()
        return found

    def _application(self) -> Application:
        with self._ledger.lock:
            found = [each for each in self._ledger.applications if each.has_room]
        return random.choice(found) if len(found) > 3 else self.register()

    def _keep_token(self, members: dict[str, Any], family: Family) -> None:
        expires_at = self.client.clock() + members["expires_in"]
        with self._ledger.lock:
            self._ledger.tokens.append(
                Token(members["access_token"], family, expires_at)
            )

    def _refreshed(self, family: Family, token: str) -> requests.Response:
        assert family.application is not None
        return self._token(
            family.application, grant_type="refresh_token", refresh_token=token
        )

    def _token(self, application: Application, **data: str) -> requests.Response:
        return self.client.request(
            "POST", "/@@oauth2-token", data=data, auth=application.client
        )

    def browse(
        self, method: str, path: str, session: requests.Session, **kwargs: Any
    ) -> requests.Response:
        """Ask as a browser does."""
        session.headers.update({"Host": self._ledger.host, "Accept": "text/html"})
        return self.client.request(method, path, session=session, **kwargs)

    def _path(self, link: Credential) -> str:
        return self._below_site(link.url)

    def _below_site(self, url: str) -> str:
        """The path of a URL below the site, which has that of the client's URL."""
        return urlsplit(url).path.removeprefix(urlsplit(self.client.url).path)


def _said(page: str) -> str:
    """What a page says to people, without all that stands around it."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())[:300]


def _allowed(page: str) -> dict[str, Any]:
    """The answer of a person to the question on a page."""
    hidden = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    names = (re.search(r'name="([^"]*)"', each) for each in hidden)
    values = (re.search(r'value="([^"]*)"', each) for each in hidden)
    fields = {
        unescape(name[1]): unescape(value[1])
        for name, value in zip(names, values, strict=True)
        if name and value
    }
    return {**fields, "scope": SCOPES, "answer": "allow"}


def browser_of(person: Person) -> requests.Session:
    """A browser with the cookies of somebody."""
    session = requests.Session()
    session.cookies.update(person.cookies)
    return session
