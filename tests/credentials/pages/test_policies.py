"""The site's policies in the forms: what is offered, and why not more."""

from typing import Any

import lxml.html
import pytest


LIST = "@@manage-service-keys"
ISSUE = "@@manage-service-keys-issue"


@pytest.fixture
def form(owner: Any) -> dict[str, Any]:
    """The form for a new key, filled in."""
    return {**owner.form(ISSUE), "title": "Nightly import", "algorithm": "ES256"}


@pytest.mark.parametrize(
    "allowed, offered",
    [
        (("RS256", "PS256", "ES256", "EdDSA"), ["RS256", "ES256", "EdDSA"]),
        (("ES256", "EdDSA"), ["ES256", "EdDSA"]),
        (("PS256", "EdDSA"), ["PS256", "EdDSA"]),
    ],
)
def test_only_allowed_algorithms_are_offered(
    site: Any, owner: Any, allowed: tuple[str, ...], offered: list[str]
) -> None:
    site.plugin.allowed_algorithms = allowed
    site.commit()
    html = owner.see(ISSUE)
    assert html.xpath("//input[@name='algorithm']/@value") == offered
    assert owner.form(ISSUE)["algorithm"] == offered[0]


def test_an_algorithm_that_is_not_allowed_is_explained(
    site: Any, owner: Any, form: Any, read: Any
) -> None:
    site.plugin.allowed_algorithms = ("RS256",)
    site.commit()
    text = read(owner.submit(ISSUE, form))
    assert "The policy of this site does not allow ES256." in text


def test_ip_ranges_can_be_required(site: Any, owner: Any, form: Any, read: Any) -> None:
    site.plugin.require_ip_ranges = True
    site.commit()
    html = owner.see(ISSUE)
    assert "required" in html.get_element_by_id("credential-ip_ranges").attrib
    help = html.get_element_by_id("credential-ip_ranges-help").text_content()
    assert "This site's policy requires them." in help
    html = lxml.html.fromstring(owner.submit(ISSUE, form).text)
    error = html.get_element_by_id("credential-ip_ranges-error").text_content()
    assert "requires IP ranges for every key and token" in error


def test_ip_ranges_are_not_required_by_themselves(owner: Any) -> None:
    field = owner.see(ISSUE).get_element_by_id("credential-ip_ranges")
    assert "required" not in field.attrib


def test_a_user_with_as_many_keys_as_allowed_is_told_so(
    site: Any, owner: Any, new_key: Any, form: Any, read: Any
) -> None:
    new_key()
    site.plugin.max_keys_per_user = 1
    site.commit()
    for response in (owner.get(ISSUE), owner.submit(ISSUE, form)):
        assert response.status_code == 302
        assert response.headers["Location"] == f"{site.url}/{LIST}"
    text = read(owner.get(LIST))
    assert text.count("at most 1 service keys per user. Revoke one first.") == 1
    assert "Issue a service key" not in text
