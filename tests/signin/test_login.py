"""What a log-in at Plone tells about a person, and what only looks like one."""

from Acquisition import aq_base
from collections.abc import Callable
from collections.abc import Iterator
from pas.plugins.tokenauth.signin.interfaces import ILoginProof
from pas.plugins.tokenauth.signin.proof import proven_methods
from pas.plugins.tokenauth.site.interfaces import ISiteContext
from tests.plone_fixtures import PASSWORD
from tests.signin.conftest import Request
from tests.signin.conftest import SessionBrowser
from typing import Any
from ZODB.POSException import ConflictError
from zope.component import getGlobalSiteManager

import pytest
import time


def log_in_by_rest(browser: SessionBrowser, user_id: str, password: str) -> Any:
    return browser.session.post(
        f"{browser.site.url}/@login",
        json={"login": user_id, "password": password},
        headers={"Accept": "application/json"},
        timeout=30,
    )


def test_a_log_in_begins_a_session(browser: SessionBrowser) -> None:
    """Conformance: PL-02, PL-03: when, by whom and how is known."""
    before = time.time()
    browser.log_in("alice")
    record = browser.record
    assert record.user_id == "alice"
    assert before <= record.auth_time <= time.time()
    assert record.methods == ("pwd",)


def test_no_session_is_kept_while_nothing_needs_it(site: Any) -> None:
    """Conformance: PL-03: other sites pay no write at log-in."""
    site.add_user("alice")
    browser = SessionBrowser(site)
    browser.log_in("alice")
    assert browser.session.cookies
    assert browser.cookies == {}


def test_nobody_gets_a_session_without_logging_in(browser: SessionBrowser) -> None:
    """Conformance: PL-03: nothing is stored for anonymous visitors."""
    browser.get(browser.site.url)
    browser.session.post(
        f"{browser.site.url}/login",
        data={
            "__ac_name": "alice",
            "__ac_password": "wrong",
            "buttons.login": "Log in",
        },
        timeout=30,
    )
    assert browser.cookies == {}


def test_a_session_is_begun_by_a_log_in_over_rest(browser: SessionBrowser) -> None:
    """Conformance: PL-02: as with the form."""
    assert log_in_by_rest(browser, "alice", PASSWORD).status_code == 200
    assert browser.record.user_id == "alice"
    assert browser.record.methods == ("pwd",)


@pytest.fixture
def logged_in(browser: SessionBrowser) -> SessionBrowser:
    """Alice has logged in a while ago."""
    browser.log_in("alice")
    browser.record.auth_time = 1000.0
    browser.site.commit()
    return browser


def test_a_wrong_password_is_no_log_in(logged_in: SessionBrowser) -> None:
    """Conformance: PL-19: Plone says it is, to whoever is logged in."""
    for user_id in ("alice", "bob", "nobody"):
        answer = logged_in.session.post(
            f"{logged_in.site.url}/login",
            data={
                "__ac_name": user_id,
                "__ac_password": "wrong",
                "buttons.login": "Log in",
            },
            allow_redirects=False,
            timeout=30,
        )
        # Welcomed all the same.
        assert answer.status_code == 302
        assert logged_in.record.auth_time == 1000.0


def test_the_password_of_another_user_proves_nothing_about_who_is_logged_in(
    logged_in: SessionBrowser,
) -> None:
    """Conformance: PL-19: `@login` announces whoever the cookie is of."""
    assert log_in_by_rest(logged_in, "bob", PASSWORD).status_code == 200
    record = logged_in.record
    assert (record.user_id, record.auth_time) != ("alice", pytest.approx(time.time()))


def test_a_password_that_a_browser_sends_by_itself_is_no_log_in(
    logged_in: SessionBrowser,
) -> None:
    """Conformance: PL-19: with HTTP Basic, nobody has typed it."""
    logged_in.session.post(
        f"{logged_in.site.url}/login",
        data={
            "__ac_name": "alice",
            "__ac_password": "wrong",
            "buttons.login": "Log in",
        },
        auth=("alice", PASSWORD),
        allow_redirects=False,
        timeout=30,
    )
    assert logged_in.record.auth_time == 1000.0


def test_the_right_password_is_a_log_in_also_for_who_is_logged_in(
    logged_in: SessionBrowser,
) -> None:
    """Conformance: PL-19, PL-04: the session goes on, by another cookie."""
    logged_in.record.join("test", "site-1", {"ticket": "t-1"})
    logged_in.site.commit()
    before = dict(logged_in.cookies)
    logged_in.log_in("alice")
    record = logged_in.record
    assert record.auth_time > 1000.0
    assert record.members("test") == {"site-1": {"ticket": "t-1"}}
    assert logged_in.cookies.keys() == before.keys()
    assert logged_in.cookies != before


def test_the_cookie_before_a_log_in_is_worth_nothing(logged_in: SessionBrowser) -> None:
    """Conformance: PL-04; threat: somebody plants a cookie that they know."""
    before = dict(logged_in.cookies)
    logged_in.log_in("alice")
    attacker = SessionBrowser(logged_in.site)
    for name, value in before.items():
        attacker.session.cookies.set(name, value)
    assert attacker.record is None


def test_who_logs_in_in_the_same_browser_has_a_session_of_their_own(
    logged_in: SessionBrowser,
) -> None:
    logged_in.session.cookies.pop("__ac")
    logged_in.log_in("bob")
    assert logged_in.record.user_id == "bob"


def test_a_user_of_the_zope_root_has_no_session(
    browser: SessionBrowser, site_owner_auth: tuple[str, str]
) -> None:
    """Conformance: PL-06."""
    name, password = site_owner_auth
    browser.session.post(
        f"{browser.site.url}/login",
        data={"__ac_name": name, "__ac_password": password, "buttons.login": "Log in"},
        timeout=30,
    )
    assert browser.cookies == {}


def test_the_cookie_is_for_this_site_alone_and_for_no_script(
    browser: SessionBrowser,
) -> None:
    """Conformance: PL-04, PL-11."""
    browser.log_in("alice")
    (cookie,) = (
        each for each in browser.session.cookies if each.name in browser.cookies
    )
    assert cookie.path == "/"
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Lax"
    assert not cookie.domain_specified
    assert browser.cookies[cookie.name].startswith("ptb_")


Register = Callable[[Callable[[str], tuple[str, ...] | None]], None]


@pytest.fixture
def register_proof() -> Iterator[Register]:
    """Registers an add-on that knows more about log-ins."""
    manager = getGlobalSiteManager()
    made = []

    def register(says: Callable[[str], tuple[str, ...] | None]) -> None:
        def proof(site: Any) -> Any:
            return lambda request, user_id: says(user_id)

        manager.registerAdapter(proof, (ISiteContext,), ILoginProof, "add-on")
        made.append(proof)

    yield register
    for proof in made:
        manager.unregisterAdapter(proof, (ISiteContext,), ILoginProof, "add-on")


def test_an_add_on_can_tell_how_somebody_has_logged_in(
    browser: SessionBrowser, register_proof: Register
) -> None:
    register_proof(lambda user_id: ("otp", "pwd"))
    browser.log_in("alice")
    assert browser.record.methods == ("otp", "pwd")


def test_an_add_on_can_vouch_for_a_log_in_without_a_password(
    logged_in: SessionBrowser, register_proof: Register
) -> None:
    register_proof(lambda user_id: ("hwk",) if user_id == "alice" else None)
    logged_in.session.post(
        f"{logged_in.site.url}/login",
        data={"__ac_name": "alice", "__ac_password": "", "buttons.login": "Log in"},
        timeout=30,
    )
    logged_in.log_in("alice")
    assert logged_in.record.methods[0] == "hwk"


class Upstream:
    """A plugin of an add-on for single sign-on, in a request of it."""

    def __init__(self, finds: Any = None, knows: Any = None) -> None:
        self.finds, self.knows = finds, knows

    def extractCredentials(self, request: Any) -> Any:
        return _or_raise(self.finds)

    def authenticateCredentials(self, credentials: Any) -> Any:
        return _or_raise(self.knows)


def _or_raise(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


@pytest.mark.parametrize(
    ("upstream", "methods"),
    [
        (Upstream(), ()),
        (Upstream(finds={"header": "x"}), ()),
        (Upstream(finds={"header": "x"}, knows=("alice", "alice")), None),
        (Upstream(finds={"header": "x"}, knows=("bob", "bob")), None),
        (Upstream(finds=KeyError("no directory today")), None),
        (Upstream(finds={"header": "x"}, knows=KeyError("none")), None),
    ],
)
def test_whom_an_add_on_logs_in_out_of_nothing_has_logged_in(
    site: Any,
    upstream: Upstream,
    methods: tuple[str, ...] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Conformance: PL-19: if the request came without a session for certain."""
    monkeypatch.setattr(
        type(aq_base(site.portal.acl_users.plugins)),
        "listPlugins",
        lambda self, interface: [("upstream", upstream)],
    )
    request = Request()
    request.form = {"ticket": "upstream-1"}
    assert proven_methods(site.context, request, "alice") == methods


def test_a_database_that_fails_is_no_plugin_that_does(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publisher repeats the request then."""
    for upstream in (
        Upstream(finds=ConflictError()),
        Upstream(finds={"header": "x"}, knows=ConflictError()),
    ):
        monkeypatch.setattr(
            type(aq_base(site.portal.acl_users.plugins)),
            "listPlugins",
            lambda self, interface, upstream=upstream: [("upstream", upstream)],
        )
        with pytest.raises(ConflictError):
            proven_methods(site.context, Request(), "alice")
