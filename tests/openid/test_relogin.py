"""Requests that want a person to log in, again or as somebody else."""

from pas.plugins.tokenauth.authorization_server.interfaces import ISubjects
from pas.plugins.tokenauth.openid.signingkeys import SigningKeyRing
from tests.delegation.conftest import apps as apps
from tests.delegation.conftest import Browser
from tests.delegation.conftest import browser as browser
from tests.delegation.conftest import fields_of
from tests.delegation.conftest import parameters_of
from tests.delegation.conftest import REDIRECT_URI
from tests.delegation.conftest import stranger as stranger
from tests.openid.flow import person as person
from tests.openid.flow import Redeem
from tests.openid.flow import redeem as redeem
from tests.openid.flow import verified
from typing import Any
from urllib.parse import urlencode

import pytest
import re
import time


SCOPES = ["openid"]


def way_back(browser: Browser, answer: Any) -> str:
    """Where a person who is sent to the log-in comes back to."""
    location = answer.headers["Location"]
    assert location.startswith(f"{browser.site.url}/login?"), location
    return parameters_of(location)["came_from"]


def is_sent_back(answer: Any) -> dict[str, str]:
    """What the application gets."""
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith(REDIRECT_URI)
    return parameters_of(answer.headers["Location"])


def auth_times(site: Any, browser: Browser) -> list[float | None]:
    site.sync()
    store = site.context.storage["sessions"]
    return [each.auth_time for each in store.of_user("alice", time.time())]


@pytest.fixture
def allowed(person: Browser) -> Browser:
    """The browser of alice, who has let the application know who she is."""
    page = person.authorize(scope="openid")
    is_sent_back(person.answer(page, scope=SCOPES))
    return person


def age_log_in(site: Any, seconds: float) -> None:
    """Let the log-in of alice have been earlier."""
    site.sync()
    for session in site.context.storage["sessions"].of_user("alice", time.time()):
        session.auth_time -= seconds
    site.commit()


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "0"}])
def test_a_log_in_that_is_older_than_its_keyring_is_asked_for_again(
    provider: Any, allowed: Browser, asked: dict[str, str]
) -> None:
    """Conformance: AE-22, AE-25: keyrings for each user were turned on meanwhile."""
    provider.use_keyrings_of_users()
    answer = allowed.authorize(scope="openid", **asked)
    assert way_back(allowed, answer)
    assert "__ac" not in allowed.session.cookies


def test_the_id_token_says_when_and_how_the_person_has_logged_in(
    provider: Any, allowed: Browser, redeem: Redeem
) -> None:
    """Conformance: OC-04, OC-08, LO-14, CS-19, CS-21: the same each time."""
    claims = []
    for changes in ({}, {"prompt": "none"}, {"max_age": "10000"}):
        code = is_sent_back(allowed.authorize(scope="openid", **changes))["code"]
        claims.append(verified(provider, redeem(code)["id_token"]))
    assert len({(each["auth_time"], each["sid"]) for each in claims}) == 1
    assert claims[0]["amr"] == ["pwd"]
    (auth_time,) = auth_times(provider, allowed)
    assert claims[0]["auth_time"] == int(auth_time or 0)


@pytest.mark.parametrize(
    "changes", [{"prompt": "login"}, {"max_age": "0"}, {"max_age": "4"}], ids=str
)
def test_a_person_logs_in_again(
    provider: Any, allowed: Browser, redeem: Redeem, changes: dict[str, str]
) -> None:
    """Conformance: AE-22, AE-25, CS-17, CS-20."""
    age_log_in(provider, 5)
    answer = allowed.authorize(scope="openid", **changes)
    came_from = way_back(allowed, answer)
    # Nobody is logged in until then.
    assert "__ac" not in allowed.session.cookies
    assert way_back(allowed, allowed.get(came_from))
    before = int(time.time())
    assert allowed.log_in(came_from=came_from).headers["Location"] == came_from
    code = is_sent_back(allowed.get(came_from))["code"]
    assert verified(provider, redeem(code)["id_token"])["auth_time"] >= before


def test_the_cookie_of_before_is_no_log_in(provider: Any, allowed: Browser) -> None:
    """Conformance: AE-22: neither by itself nor with a wrong password."""
    kept = allowed.session.cookies["__ac"]
    came_from = way_back(allowed, allowed.authorize(scope="openid", prompt="login"))
    allowed.session.cookies.set("__ac", kept)
    allowed.post(
        f"{provider.url}/login",
        {"__ac_name": "alice", "__ac_password": "wrong", "buttons.login": "Log in"},
    )
    answer = allowed.get(came_from)
    assert answer.status_code == 403
    target = re.search(r'href="(https://app[^"]*)"', answer.text)
    assert target is not None
    assert "error=login_required" in target[1]


def test_a_recent_log_in_is_enough_for_max_age(provider: Any, allowed: Browser) -> None:
    """Conformance: AE-25."""
    assert "code" in is_sent_back(allowed.authorize(scope="openid", max_age="60"))
    age_log_in(provider, 61)
    way_back(allowed, allowed.authorize(scope="openid", max_age="60"))


def test_a_silent_request_says_that_the_log_in_is_too_old(
    provider: Any, allowed: Browser
) -> None:
    """Conformance: AE-21, AE-25: and nobody is logged out."""
    age_log_in(provider, 61)
    answer = allowed.authorize(scope="openid", max_age="60", prompt="none")
    assert is_sent_back(answer)["error"] == "login_required"
    assert "__ac" in allowed.session.cookies


def forget_log_in(site: Any) -> None:
    """As if an add-on had logged alice in, without a word to Plone."""
    site.sync()
    store = site.context.storage["sessions"]
    for session in store.of_user("alice", time.time()):
        store.remove(session)
    site.commit()


def test_a_log_in_of_which_nobody_knows_when_is_too_old(
    provider: Any, allowed: Browser
) -> None:
    """Conformance: AE-25, OC-04."""
    forget_log_in(provider)
    way_back(allowed, allowed.authorize(scope="openid", max_age="1000000"))
    allowed.log_in()
    forget_log_in(provider)
    claims = '{"id_token": {"auth_time": {"essential": true}}}'
    way_back(allowed, allowed.authorize(scope="openid", claims=claims))


def test_a_log_in_of_which_nobody_knows_when_is_good_for_all_else(
    provider: Any, allowed: Browser, redeem: Redeem
) -> None:
    """Conformance: OC-04: what is not known is not told; a session begins."""
    forget_log_in(provider)
    code = is_sent_back(allowed.authorize(scope="openid"))["code"]
    claims = verified(provider, redeem(code)["id_token"])
    assert "auth_time" not in claims
    assert "amr" not in claims
    assert claims["sid"]
    assert auth_times(provider, allowed) == [None]


def test_somebody_who_has_to_log_in_anyway_does_it_once(
    provider: Any, allowed: Browser
) -> None:
    """Conformance: AE-22."""
    allowed.session.cookies.clear()
    came_from = way_back(allowed, allowed.authorize(scope="openid", prompt="login"))
    allowed.log_in(came_from=came_from)
    assert "code" in is_sent_back(allowed.get(came_from))


def test_another_user_may_log_in_again(provider: Any, allowed: Browser) -> None:
    """Conformance: AE-22: the application gets to know that one."""
    provider.add_user("bob")
    came_from = way_back(allowed, allowed.authorize(scope="openid", prompt="login"))
    allowed.log_in("bob", came_from=came_from)
    page = allowed.get(came_from)
    assert page.status_code == 200
    assert "bob" in page.text


def hint(site: Any, user_id: str) -> str:
    site.sync()
    claims = {
        "iss": site.url,
        "aud": "app-1",
        "sub": ISubjects(site.context)(user_id, None),
        "exp": 1000,
    }
    made = SigningKeyRing(site.context).sign(claims, "JWT", "RS256", time.time())
    site.commit()
    return made


def test_a_hint_for_who_is_logged_in_changes_nothing(
    provider: Any, allowed: Browser
) -> None:
    """Conformance: AE-28, CS-23."""
    alice = hint(provider, "alice")
    answer = allowed.authorize(scope="openid", prompt="none", id_token_hint=alice)
    assert "code" in is_sent_back(answer)


def test_a_hint_for_somebody_else_has_them_log_in(
    provider: Any, allowed: Browser
) -> None:
    """Conformance: AE-28: once; whoever comes back as another again reads why not."""
    provider.add_user("bob")
    bob = hint(provider, "bob")
    answer = allowed.authorize(scope="openid", prompt="none", id_token_hint=bob)
    assert is_sent_back(answer)["error"] == "login_required"
    came_from = way_back(allowed, allowed.authorize(scope="openid", id_token_hint=bob))
    allowed.log_in("alice", came_from=came_from)
    assert allowed.get(came_from).status_code == 403
    allowed.session.cookies.clear()
    allowed.log_in("bob", came_from=came_from)
    assert allowed.get(came_from).status_code == 200


def choices(page: Any) -> list[str]:
    """Where the two answers to the question for an account lead."""
    assert page.status_code == 200
    forms = re.findall(r"<form.*?</form>", page.text, re.DOTALL)
    action = re.search(r'action="([^"]*)"', forms[0])
    assert action is not None
    return [f"{action[1]}?{urlencode(fields_of(form))}" for form in forms]


def test_a_person_chooses_the_account_that_is_there(
    provider: Any, allowed: Browser
) -> None:
    """Conformance: AE-23."""
    page = allowed.authorize(scope="openid", prompt="select_account")
    assert "alice" in page.text
    this, _another = choices(page)
    assert "code" in is_sent_back(allowed.get(this))


def test_a_person_chooses_another_account(provider: Any, allowed: Browser) -> None:
    """Conformance: AE-23."""
    provider.add_user("bob")
    page = allowed.authorize(scope="openid", prompt="select_account")
    _this, another = choices(page)
    came_from = way_back(allowed, allowed.get(another))
    allowed.log_in("bob", came_from=came_from)
    page = allowed.get(came_from)
    # They have chosen by logging in, and are asked for consent at once.
    assert "pending" in fields_of(page.text)
    assert "_authenticator" in fields_of(page.text)


def test_the_choice_of_somebody_else_is_no_choice(
    provider: Any, allowed: Browser
) -> None:
    """Conformance: AE-23: who is logged in meanwhile is asked again."""
    provider.add_user("bob")
    this, _another = choices(allowed.authorize(scope="openid", prompt="select_account"))
    allowed.session.cookies.clear()
    allowed.log_in("bob")
    assert len(choices(allowed.get(this))) == 2


def test_logging_in_is_a_choice(provider: Any, allowed: Browser) -> None:
    """Conformance: AE-23."""
    allowed.session.cookies.clear()
    answer = allowed.authorize(scope="openid", prompt="select_account")
    came_from = way_back(allowed, answer)
    allowed.log_in(came_from=came_from)
    assert "code" in is_sent_back(allowed.get(came_from))
