"""Revoking, disabling and enabling, after a page that asks whether to."""

from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from typing import Any

import pytest


PAGE = "@@manage-service-keys-revoke"
DISABLE = "@@manage-service-keys-disable"
ENABLE = "@@manage-service-keys-enable"


@pytest.fixture
def keyfiles(owner: Any, new_key: Any) -> list[dict[str, Any]]:
    """The keyfiles of three keys of the owner."""
    return [new_key(title=title) for title in ("First", "Second", "Third")]


def test_the_list_leads_to_a_page_that_names_the_keys(
    site: Any, owner: Any, keyfiles: Any, read: Any
) -> None:
    response = select(owner, *keyfiles[:2])
    text = read(response)
    assert "This cannot be undone." in text
    assert "First" in text
    assert "Second" in text
    assert "Third" not in text
    assert revoked(site, keyfiles) == [False, False, False]


@pytest.mark.parametrize(
    ("number", "heading", "what"),
    [
        (1, "Revoke service key?", "Programs that use this key"),
        (2, "Revoke service keys?", "Programs that use these keys"),
    ],
)
def test_the_question_is_about_one_key_or_several(
    owner: Any, keyfiles: Any, read: Any, number: int, heading: str, what: str
) -> None:
    text = read(select(owner, *keyfiles[:number]))
    assert text.startswith(f"{heading} {what} are locked out immediately")


def test_confirming_revokes_the_keys_that_were_named(
    site: Any, owner: Any, keyfiles: Any
) -> None:
    response = confirm(owner, *keyfiles[:2])
    assert "Service keys revoked: 2." in owner.message(response)
    assert revoked(site, keyfiles) == [True, True, False]
    assert site.service_key(keyfiles[0]).revoked_by == "owner"


def test_revoking_ends_a_token_that_is_in_use(
    site: Any, owner: Any, keyfiles: Any
) -> None:
    token = site.token(keyfiles[0])
    confirm(owner, keyfiles[0])
    assert site.get("", token).status_code == 401
    assert site.exchange(site.grant(keyfiles[0])).status_code == 400


def test_without_a_selection_a_message_says_what_to_do(
    site: Any, owner: Any, keyfiles: Any
) -> None:
    assert "Please select" in owner.message(select(owner))
    assert "Please select" in owner.message(owner.get(PAGE))
    assert revoked(site, keyfiles) == [False, False, False]


def test_revoking_again_changes_nothing(site: Any, owner: Any, keyfiles: Any) -> None:
    confirm(owner, keyfiles[0])
    before = site.service_key(keyfiles[0]).revoked_at
    assert "Service keys revoked: 0." in owner.message(confirm(owner, keyfiles[0]))
    assert site.service_key(keyfiles[0]).revoked_at == before


def test_a_key_that_is_named_twice_counts_once(owner: Any, keyfiles: Any) -> None:
    response = confirm(owner, keyfiles[0], keyfiles[0])
    assert "Service keys revoked: 1." in owner.message(response)


def test_a_title_with_markup_is_escaped(owner: Any, new_key: Any) -> None:
    keyfile = new_key(title="<script>alert(1)</script>")
    response = select(owner, keyfile)
    assert "&lt;script&gt;alert(1)" in response.text
    assert "<script>alert" not in response.text


def select(
    visitor: Any, *keyfiles: dict[str, Any], page: str = PAGE, **form: str
) -> Any:
    """Tick keys in the list and send it to one of these pages."""
    client_ids = [keyfile["client_id"] for keyfile in keyfiles]
    return visitor.post(
        page,
        _authenticator=visitor.authenticator(),
        **{"ids:list": client_ids, **form},
    )


def confirm(visitor: Any, *keyfiles: dict[str, Any], page: str = PAGE) -> Any:
    return select(visitor, *keyfiles, page=page, confirmed="1")


def revoked(site: Any, keyfiles: list[dict[str, Any]]) -> list[bool]:
    return [site.service_key(keyfile).revoked_at is not None for keyfile in keyfiles]


def test_disabling_asks_first_and_locks_programs_out(
    site: Any, owner: Any, keyfiles: Any, read: Any
) -> None:
    token = site.token(keyfiles[0])
    text = read(select(owner, *keyfiles[:2], page=DISABLE))
    assert "First" in text
    assert "Third" not in text
    assert site.get("", token).status_code == 200
    response = confirm(owner, *keyfiles[:2], page=DISABLE)
    assert "Disabled: 2." in owner.message(response)
    assert site.get("", token).status_code == 401
    keys = [site.service_key(keyfile) for keyfile in keyfiles]
    assert [key.disabled_by for key in keys] == ["owner", "owner", ""]


def test_enabling_lets_programs_go_on(site: Any, owner: Any, keyfiles: Any) -> None:
    token = site.token(keyfiles[0])
    confirm(owner, keyfiles[0], page=DISABLE)
    response = confirm(owner, *keyfiles, page=ENABLE)
    assert "Enabled: 1." in owner.message(response)
    assert site.get("", token).status_code == 200


@pytest.mark.parametrize("page", [DISABLE, ENABLE])
def test_an_empty_selection_is_told(owner: Any, page: str) -> None:
    assert "Please select what to" in owner.message(select(owner, page=page))


def test_the_list_tells_what_is_disabled_and_offers_to_enable_it(
    owner: Any, keyfiles: Any
) -> None:
    confirm(owner, keyfiles[0], page=DISABLE)
    html = owner.see("@@manage-service-keys")
    row = html.get_element_by_id(keyfiles[0]["client_id"]).text_content()
    assert "Disabled by" in row
    hrefs = [link.get("href") for link in html.cssselect(".tokenauth-actions a")]
    assert len([href for href in hrefs if ENABLE in href]) == 1
    assert len([href for href in hrefs if DISABLE in href]) == 2


def test_what_somebody_else_disabled_is_not_offered(
    site: Any, owner: Any, visitor: Any, new_key: Any
) -> None:
    site.portal.manage_permission(
        MANAGE_OWN_SERVICE_KEYS, ["Site Administrator", "Editor"]
    )
    editor = visitor("editor", "Editor")
    keyfile = new_key("editor")
    form = {"_authenticator": owner.authenticator(), "confirmed": "1"}
    panel = "@@tokenauth-controlpanel-disable"
    answer = owner.post(panel, **form, **{"ids:list": keyfile["client_id"]})
    assert answer.status_code == 302
    assert "Please select" in editor.message(select(editor, keyfile, page=ENABLE))
    assert site.service_key(keyfile).disabled_by == "owner"
