"""The pages for personal access tokens that exist: list, edit, usage, revoke."""

from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from tests.credentials.pages.conftest import text_of
from typing import Any

import csv
import pytest
import time


LIST = "@@manage-personal-access-tokens"
EDIT = f"{LIST}-edit"
DAY = 24 * 60 * 60


@pytest.fixture
def token_id(owner: Any, new_token: Any) -> str:
    """The id of a token of the owner."""
    return new_token(title="Before", ip_ranges="127.0.0.1").credential.credential_id


def kept(site: Any, token_id: str) -> Any:
    """What the site keeps of a token."""
    site.sync()
    return site.context.storage["personal_access_token"].get(token_id)


def add_use(site: Any, token_id: str, uses: int) -> None:
    use = UsageEntry(
        credential_id=token_id,
        time=time.time(),
        subject="owner",
        address="192.0.2.1",
        user_agent="nightly",
        uses=uses,
    )
    site.context.storage["usage_log"].add(use, b"1")
    site.commit()


# -- the list ----------------------------------------------------------------


def test_a_list_without_tokens_explains_what_they_are(owner: Any) -> None:
    html = owner.see(LIST)
    (info,) = html.cssselect("#content .alert-info")
    assert "it sends the token with every request" in text_of(info)
    (button,) = html.cssselect("#content a.btn")
    assert button.get("href").endswith("/@@manage-personal-access-tokens-issue")
    assert not html.cssselect("#content table")


def test_a_token_is_listed_with_its_badges(
    site: Any, owner: Any, new_token: Any
) -> None:
    now = time.time()
    new_token(title="a", scopes=("plone.read",), ip_ranges="192.0.2.7")
    new_token(title="b", expires_at=now + 3.5 * DAY)
    expired = new_token(title="c", expires_at=now + DAY).credential
    expired.expires_at = now - DAY
    revoked = new_token(title="d").credential
    site.context.storage["personal_access_token"].mark_revoked(
        revoked.credential_id, "x", now
    )
    site.commit()
    html = owner.see(LIST, sort="title", ended="true")
    badges = [
        [text_of(badge) for badge in row.cssselect(".badge")]
        for row in html.cssselect("tbody tr")
    ]
    assert badges == [
        ["Expires within a day", "Restricted by IP", "Read", "Never used"],
        ["Expires in 3 days", "Read and write", "Never used"],
        ["Expired", "Read and write"],
        ["Revoked", "Read and write"],
    ]


def test_keys_have_badges_of_their_scopes_too(owner: Any, new_key: Any) -> None:
    new_key(scopes=("plone.read",))
    (row,) = owner.see("@@manage-service-keys").cssselect("tbody tr")
    assert "Read" in [text_of(badge) for badge in row.cssselect(".badge")]


def test_tokens_and_keys_are_in_lists_of_their_own(
    owner: Any, new_key: Any, new_token: Any, read: Any
) -> None:
    new_key(title="This is a key")
    new_token(title="This is a token")
    assert "This is a key" not in read(owner.get(LIST))
    assert "This is a token" not in read(owner.get("@@manage-service-keys"))


def test_the_list_leads_to_all_pages_of_a_token(owner: Any, token_id: str) -> None:
    (row,) = owner.see(LIST).cssselect("tbody tr")
    pages = [link.get("href").rpartition("/")[2] for link in row.cssselect("a")]
    assert pages == [
        f"{EDIT}?id={token_id}",
        f"{EDIT}?id={token_id}",
        f"{LIST}-rotate?id={token_id}",
        f"{LIST}-logs?id={token_id}",
        f"{LIST}-disable?id={token_id}",
        f"{LIST}-revoke?id={token_id}",
    ]


@pytest.mark.parametrize(
    ("minutes", "note"),
    [(5, "at most once in 5 minutes"), (1, "at most once a minute")],
)
def test_the_list_says_how_often_uses_are_recorded(
    site: Any, owner: Any, token_id: str, read: Any, minutes: int, note: str
) -> None:
    site.plugin.usage_recording_interval = minutes
    site.commit()
    assert note in read(owner.get(LIST))


def test_the_list_of_keys_says_nothing_of_that(
    owner: Any, new_key: Any, read: Any
) -> None:
    new_key()
    assert "are recorded" not in read(owner.get("@@manage-service-keys"))


# -- changing ----------------------------------------------------------------


def test_changes_are_saved_and_in_force(site: Any, owner: Any, new_token: Any) -> None:
    issued = new_token(title="Before")
    token_id = issued.credential.credential_id
    form = owner.form(EDIT, id=token_id)
    assert (form["title"], form["expiry"], form["scopes"]) == (
        "Before",
        "keep",
        "plone.write",
    )
    response = owner.submit(
        EDIT,
        {
            **form,
            "title": "After",
            "ip_ranges": "10.0.0.0/8",
            "expiry": "365",
            "scopes": "plone.read",
        },
    )
    assert "saved and in force" in owner.message(response)
    token = kept(site, token_id)
    assert (token.title, token.ip_ranges, token.scopes) == (
        "After",
        "10.0.0.0/8",
        ("plone.read",),
    )
    assert token.expires_at > time.time() + 364 * DAY
    assert site.get("", issued.token).status_code == 401


def test_an_expiry_that_is_kept_stays_to_the_moment(
    site: Any, owner: Any, token_id: str
) -> None:
    before = kept(site, token_id).expires_at
    owner.submit(EDIT, {**owner.form(EDIT, id=token_id), "title": "After"})
    token = kept(site, token_id)
    assert (token.title, token.expires_at) == ("After", before)


def test_a_token_that_never_expires_may_stay_so_when_the_policy_has_changed(
    site: Any, owner: Any, token_id: str
) -> None:
    kept(site, token_id).expires_at = None
    site.commit()
    html = owner.see(EDIT, id=token_id)
    values = html.xpath("//input[@name='expiry']/@value")
    assert values == ["keep", "7", "30", "60", "90", "365", "date"]
    owner.submit(EDIT, {**owner.form(EDIT, id=token_id), "title": "After"})
    assert (kept(site, token_id).title, kept(site, token_id).expires_at) == (
        "After",
        None,
    )


def test_a_revoked_token_cannot_be_changed(
    site: Any, owner: Any, token_id: str
) -> None:
    form = owner.form(EDIT, id=token_id)
    site.context.storage["personal_access_token"].mark_revoked(
        token_id, "x", time.time()
    )
    site.commit()
    message = owner.message(owner.get(EDIT, id=token_id))
    assert "can no longer be changed" in message
    assert owner.message(owner.submit(EDIT, form)) == message
    assert kept(site, token_id).title == "Before"


def test_scopes_of_a_service_key_can_be_changed(
    site: Any, owner: Any, new_key: Any
) -> None:
    keyfile = new_key()
    page = "@@manage-service-keys-edit"
    form = owner.form(page, id=keyfile["client_id"])
    owner.submit(page, {**form, "scopes": "plone.read"})
    assert site.service_key(keyfile).scopes == ("plone.read",)


# -- usage -------------------------------------------------------------------


def test_the_usage_page_counts_uses(site: Any, owner: Any, token_id: str) -> None:
    add_use(site, token_id, uses=17)
    html = owner.see(f"{LIST}-logs", id=token_id)
    (cell,) = html.cssselect("td[data-label=Uses]")
    assert text_of(cell) == "17"
    text = text_of(html.cssselect("#content")[0])
    assert "One entry for each address and period of 5 minutes" in text
    assert "total: 17" in text


def test_the_usage_page_of_a_key_does_not(site: Any, owner: Any, new_key: Any) -> None:
    keyfile = new_key()
    site.token(keyfile)
    html = owner.see("@@manage-service-keys-logs", id=keyfile["client_id"])
    assert not html.cssselect("td[data-label=Uses]")


def test_a_spreadsheet_has_the_uses_too(site: Any, owner: Any, token_id: str) -> None:
    add_use(site, token_id, uses=17)
    response = owner.get(f"{LIST}-logs-csv", id=token_id)
    assert f"{token_id}.csv" in response.headers["Content-Disposition"]
    (row,) = csv.DictReader(response.text.splitlines())
    assert list(row)[-2:] == ["uses", "kid"]
    assert (row["user_agent"], row["uses"]) == ("nightly", "17")


# -- revoking ----------------------------------------------------------------


def test_the_page_that_asks_revokes_nothing(
    site: Any, owner: Any, token_id: str, read: Any
) -> None:
    text = read(owner.get(f"{LIST}-revoke", id=token_id))
    assert "Programs that use it are locked out immediately." in text
    assert kept(site, token_id).revoked_at is None


def test_revoked_tokens_are_refused(site: Any, owner: Any, new_token: Any) -> None:
    issued = [new_token(), new_token()]
    page = f"{LIST}-revoke"
    ids = [each.credential.credential_id for each in issued]
    html = owner.see(page, **{"ids:list": ids})
    assert "Revoke personal access tokens?" in html.text_content()
    response = owner.post(
        page,
        _authenticator=owner.authenticator(),
        confirmed="1",
        **{"ids:list": ids},
    )
    assert owner.message(response).endswith("Personal access tokens revoked: 2.")
    for each in issued:
        assert site.get("", each.token).status_code == 401


def test_an_empty_selection_is_refused_with_a_message(
    owner: Any, token_id: str
) -> None:
    message = owner.message(owner.get(f"{LIST}-revoke"))
    assert "Please select what to revoke." in message
