"""Who gets to the pages of the panel."""

from typing import Any

import pytest
import requests


PANEL = "@@tokenauth-controlpanel"
PAGES = [PANEL, f"{PANEL}-settings", f"{PANEL}-revoke-before"]


@pytest.mark.parametrize("page", PAGES)
def test_anonymous_visitors_are_sent_to_the_log_in_form(site: Any, page: str) -> None:
    assert_sent_to_log_in(site.get(f"/{page}", headers={"Accept": "text/html"}))


@pytest.mark.parametrize("page", PAGES)
def test_a_member_is_refused(visitor: Any, page: str) -> None:
    assert_sent_to_log_in(visitor("member", "Member").get(page))


@pytest.mark.parametrize("page", PAGES)
def test_a_user_who_manages_only_their_own_keys_is_refused(
    owner: Any, page: str
) -> None:
    assert_sent_to_log_in(owner.get(page))


@pytest.mark.parametrize("page", PAGES)
def test_administrators_managers_and_root_managers_see_the_panel(
    administrator: Any, manager: Any, root_user: Any, page: str
) -> None:
    for visitor in (administrator, manager, root_user):
        assert visitor.get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_with_an_access_token_is_refused(
    site: Any, page: str, method: str
) -> None:
    site.add_user("manager", "Manager")
    token = site.token(site.issue("manager", scopes=("plone.admin",)))
    response = site.request(method, f"/{page}", token, headers={"Accept": "text/html"})
    assert response.status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_the_panel_is_that_of_the_site_alone(
    site: Any, manager: Any, page: str
) -> None:
    site.portal.invokeFactory("Folder", "folder")
    site.commit()
    assert manager.get(f"folder/{page}").status_code == 404


def assert_sent_to_log_in(response: requests.Response) -> None:
    assert response.status_code == 302
    assert "/require_login" in response.headers["Location"]
