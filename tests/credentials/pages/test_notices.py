"""What a request of the pages tells the owner of a key by mail."""

from collections.abc import Callable
from typing import Any

import pytest


pytest_plugins = ["tests.mailserver"]

PAGE = "@@manage-service-keys-issue"


@pytest.fixture
def issue(site: Any, owner: Any) -> Callable[[], int]:
    """Issues a key in the browser, as a user with a mail address; the status."""

    def issue() -> int:
        site.portal.portal_membership.getMemberById("owner").setMemberProperties(
            {"email": "owner@example.org"}
        )
        site.commit()
        form = {**owner.form(PAGE), "title": "Import", "algorithm": "ES256"}
        return owner.submit(PAGE, form).status_code

    return issue


def test_the_mail_names_the_address_of_the_browser(
    issue: Any, mail_server: Any
) -> None:
    assert issue() == 200
    (mail,) = mail_server.to("owner@example.org")
    lines = str(mail.get_content()).splitlines()
    assert {"Title: Import", "Client address: 127.0.0.1"} < set(lines)


def test_a_mail_server_that_is_down_does_not_show(
    site: Any, issue: Any, no_mail_server: None
) -> None:
    assert issue() == 200
    site.sync()
    assert list(site.context.storage["service_key"].owned_by("owner"))
