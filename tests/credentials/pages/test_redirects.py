"""No page sends a visitor where an address says."""

from tests.credentials.pages.test_access import PAGES
from typing import Any
from urllib.parse import urlencode

import pytest


ELSEWHERE = "https://elsewhere.example/"
NAMES = ("came_from", "next", "return_url", "redirect_uri", "url", "r", "target")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_leads_nowhere_else(site: Any, page: str, method: str) -> None:
    """Threat: changes of PAS 2.6.2. Whoever is asked to log in stays here, too."""
    site.add_user("owner", "Manager")
    sent = urlencode({**dict.fromkeys(NAMES, ELSEWHERE), "form.submitted": "1"})
    for auth in (None, ("owner", "correct-horse-battery-1")):
        response = site.request(
            method,
            f"/{page}?{sent}",
            auth=auth,
            data=sent if method == "POST" else None,
            headers={
                "Accept": "text/html",
                "Referer": ELSEWHERE,
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        location = response.headers.get("Location", site.url)
        assert location.startswith(site.url), location
