"""Mails about applications: who was let in, and what was signed out by whom."""

from pas.plugins.tokenauth.core.errors import GrantEnded
from pas.plugins.tokenauth.delegation.service import end_device
from tests.delegation.flow import Flow
from tests.delegation.flow import NOW
from tests.delegation.test_refreshing import families
from tests.delegation.test_refreshing import refresh_token
from tests.delegation.test_refreshing import sign_in
from tests.delegation.test_refreshing import staying
from tests.test_mail import text_of
from typing import Any

import pytest


pytest_plugins = ["tests.mailserver"]


@pytest.fixture
def flow(flow: Flow, mail_server: Any) -> Flow:
    """Alice has an address."""
    member = flow.site.portal.portal_membership.getMemberById("alice")
    member.setMemberProperties({"email": "alice@example.org"})
    flow.site.commit()
    return staying(flow)


def test_people_are_told_that_an_older_refresh_token_was_used(
    flow: Flow, mail_server: Any
) -> None:
    """Conformance: CR-22: somebody else may have it."""
    token = refresh_token(sign_in(flow))
    flow.refresh(refresh_token(flow.refresh(token)))
    assert mail_server.mails == []
    with pytest.raises(GrantEnded):
        flow.refresh(token)
    (mail,) = mail_server.mails
    assert mail["To"] == "alice@example.org"
    assert "was signed out on one device" in mail["Subject"]
    assert "was used twice" in text_of(mail)
    assert token not in str(mail)


@pytest.mark.parametrize(("user_id", "number"), [("manager", 1), ("alice", 0)])
def test_people_are_told_of_what_others_sign_out(
    flow: Flow, mail_server: Any, user_id: str, number: int
) -> None:
    flow.site.add_user("manager", "Manager")
    sign_in(flow)
    (family,) = families(flow)
    requester = flow.site.requester(user_id)
    end_device(flow.site.context, requester, flow.authorization, family.family_id, NOW)
    flow.site.commit()
    assert len(mail_server.mails) == number


@pytest.mark.parametrize(
    "registered, tells", [(True, True), (True, False), (False, True)]
)
def test_people_are_told_of_their_first_yes_to_what_registered_itself(
    flow: Flow, mail_server: Any, registered: bool, tells: bool
) -> None:
    """Conformance: CO-20: once, unless the site says no; others have been looked at."""
    flow.site.plugin.tell_of_self_registered = tells
    flow.apps.change(is_self_registered=registered)
    flow.code()
    flow.code()
    assert len(mail_server.mails) == (registered and tells)
    for mail in mail_server.mails:
        assert "an application may act for you" in mail["Subject"]
        assert "Title: Wonder <App>" in str(mail.get_content())
