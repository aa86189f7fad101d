"""A log-in by a partner counts as one, whoever was logged in before."""

from pas.plugins.tokenauth.signin.interfaces import ISessionEndedEvent
from tests.partners.registering import Register
from tests.partners.test_login import come
from tests.partners.test_login import log_in
from tests.partners.test_login import say_yes
from tests.signin.conftest import keeps_sessions as keeps_sessions
from tests.signin.conftest import SessionBrowser
from typing import Any

import pytest
import time


@pytest.fixture
def joes_browser(site: Any, browser: Any, keeps_sessions: None) -> SessionBrowser:
    """A browser in which joe has logged in a while ago; there is jane, too."""
    site.add_user("joe", "Member")
    joes = SessionBrowser(site)
    joes.log_in("joe")
    joes.record.auth_time = 1000.0
    site.commit()
    return joes


def test_the_session_of_who_was_logged_in_ends(
    joes_browser: SessionBrowser, register: Register, listen: Any
) -> None:
    """Conformance: SK-10: as the question says, and sites that take part hear of it."""
    ended = listen(ISessionEndedEvent)
    assert log_in(joes_browser, register().sign("jane")).status_code == 303
    assert [each.session.user_id for each in ended] == ["joe"]


def test_the_person_has_a_session_with_the_time_of_the_log_in(
    joes_browser: SessionBrowser, register: Register
) -> None:
    """Conformance: SK-10, PL-02: how they have logged in, the partner knows."""
    before = time.time()
    log_in(joes_browser, register().sign("jane"))
    record = joes_browser.record
    assert (record.user_id, record.methods) == ("jane", ())
    assert record.auth_time >= before


def test_a_log_in_that_is_refused_ends_no_session(
    joes_browser: SessionBrowser, register: Register
) -> None:
    """Conformance: SK-10."""
    page = come(joes_browser, register().sign("jane"))
    assert say_yes(joes_browser, page, pending="x").status_code == 403
    record = joes_browser.record
    assert (record.user_id, record.auth_time) == ("joe", 1000.0)
