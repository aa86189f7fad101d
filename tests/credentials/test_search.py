"""Finding keys among those of everybody."""

from pas.plugins.tokenauth.core.keys import PublicKey
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.credentials.search import Criteria
from pas.plugins.tokenauth.credentials.search import days_left
from pas.plugins.tokenauth.credentials.search import find_credentials
from pas.plugins.tokenauth.credentials.search import SORT_ORDERS
from pas.plugins.tokenauth.credentials.search import state_of
from pas.plugins.tokenauth.credentials.search import STATES
from pas.plugins.tokenauth.credentials.search import TRAITS
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.personaltokens.kind import PERSONAL_ACCESS_TOKEN
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.site.requester import Requester
from pas.plugins.tokenauth.storage.credentials import Credentials
from pas.plugins.tokenauth.storage.index import CredentialIndex
from pas.plugins.tokenauth.storage.personaltokens import PersonalAccessToken
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pas.plugins.tokenauth.usage.writer import note_last_use
from typing import Any
from typing import NoReturn

import pytest


NOW = 1_800_000_000.0
DAY = 24 * 60 * 60


def use(site: Any, key: Any, when: float) -> None:
    entry = UsageEntry(
        credential_id=key.client_id,
        time=when,
        subject=key.owner,
        address="::1",
        user_agent="",
    )
    note_last_use(site.context.settings, key, entry)


@pytest.fixture
def keys(site: Any, people: dict[str, Requester], issue: Any) -> dict[str, Any]:
    """One key in each state, by its title."""
    long_ago = NOW - 200 * DAY
    keys = {
        "fresh": issue("owner", title="fresh"),
        "busy": issue("owner", title="busy", now=long_ago),
        "idle": issue("owner", title="idle", now=long_ago),
        "never": issue("owner", title="never", now=long_ago - 1),
        "expiring": issue(
            "owner",
            title="expiring",
            expires_at=NOW + 14.5 * DAY,
            ip_ranges="192.0.2.1",
        ),
        "expired": issue("owner", title="expired", now=long_ago, expires_at=NOW),
        "revoked": issue("owner", title="revoked", now=long_ago),
        "orphaned": issue("other", title="orphaned"),
        "missing": issue("manager", title="missing"),
    }
    use(site, keys["busy"], NOW - 89 * DAY)
    use(site, keys["idle"], NOW - 91 * DAY)
    use(site, keys["idle"], NOW - 190 * DAY)
    revoke_credentials(
        site.context, people["owner"], [keys["revoked"].client_id], NOW - DAY
    )
    site.context.storage["service_key"].mark_orphaned("other", NOW)
    keys["missing"].owner_missing_since = NOW
    keys["busy"].scopes = ("plone.admin",)
    return keys


def everybodys(
    site: Any,
    people: dict[str, Requester],
    by: str = "issued",
    descending: bool = True,
    **criteria: Any,
) -> list[Any]:
    administrator, wanted = people["administrator"], Criteria(**criteria)
    found = find_credentials(site.context, administrator, NOW, wanted, by, descending)
    assert len(found) == len(list(found))
    return list(found)


@pytest.fixture
def find(site: Any, people: dict[str, Requester], keys: dict[str, Any]) -> Any:
    def find(**criteria: Any) -> list[str]:
        wanted = Criteria(**criteria)
        found = find_credentials(site.context, people["administrator"], NOW, wanted)
        return [key.title for key in found]

    return find


@pytest.mark.parametrize(
    ("state", "titles"),
    [
        ("active", {"fresh", "busy", "idle", "never", "expiring"}),
        ("expiring", {"expiring"}),
        ("unused", {"idle", "never"}),
        ("never_expires", {"fresh", "busy", "idle", "never"}),
        ("anywhere", {"fresh", "busy", "idle", "never"}),
        ("administrative", {"busy"}),
        ("expired", {"expired"}),
        ("revoked", {"revoked"}),
        ("orphaned", {"orphaned", "missing"}),
    ],
)
def test_every_state_finds_its_keys(find: Any, state: str, titles: set[str]) -> None:
    assert set(find(state=state)) == titles


def test_a_key_that_ends_in_two_weeks_is_expiring(issue: Any) -> None:
    for days, state in ((14.9, "expiring"), (15, "active")):
        assert state_of(issue(expires_at=NOW + days * DAY), NOW) == state


def test_a_key_that_was_not_used_for_ninety_days_is_unused(
    site: Any, people: dict[str, Requester], issue: Any
) -> None:
    before = NOW - 90 * DAY
    unused = set()
    for issued_at, used_at, expected in (
        (before + 1, None, False),
        (before, None, True),
        (before - 1, before, False),
        (before - 1, before - 1, True),
    ):
        key = issue(now=issued_at)
        if used_at is not None:
            use(site, key, used_at)
        if expected:
            unused.add(key)
    assert set(everybodys(site, people, state="unused")) == unused


def test_every_key_is_in_one_state(keys: dict[str, Any]) -> None:
    states = {state_of(key, NOW) for key in keys.values()}
    assert states == set(STATES) - set(TRAITS) - {"disabled"} | {"expiring"}


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("BUS", {"busy"}),
        (" fresh ", {"fresh"}),
        ("manager", {"missing"}),
        ("nothing", set()),
        ("%", set()),
    ],
)
def test_titles_and_owners_are_searched(find: Any, text: str, titles: set[str]) -> None:
    assert set(find(text=text)) == titles


def test_a_client_id_finds_its_key(find: Any, keys: dict[str, Any]) -> None:
    assert find(text=keys["idle"].client_id) == ["idle"]


def test_a_name_finds_its_key(find: Any, issue: Any) -> None:
    issue("owner", title="named", name="nightly-backup")
    assert find(text="backup") == ["named"]


def test_criteria_add_up(find: Any) -> None:
    assert find(owner="owner", state="expired", text="exp") == ["expired"]
    assert find(owner="nobody") == []


def test_the_newest_is_first(find: Any) -> None:
    assert find(state="unused") == ["idle", "never"]


def test_days_left_are_full_days(issue: Any) -> None:
    assert days_left(issue(), NOW) is None
    assert days_left(issue(expires_at=NOW + DAY - 1), NOW) == 0
    assert days_left(issue(expires_at=NOW + DAY), NOW) == 1


@pytest.mark.parametrize("by", SORT_ORDERS)
def test_every_order_can_be_turned_round(
    site: Any, people: dict[str, Requester], keys: dict[str, Any], by: str
) -> None:
    orders = [
        everybodys(site, people, by, descending, with_ended=True)
        for descending in (False, True)
    ]
    up, down = ([key.title for key in found] for found in orders)
    assert set(up) == set(keys)
    assert down == up[::-1]


def test_a_key_that_never_expires_is_last(
    site: Any, people: dict[str, Requester], keys: dict[str, Any]
) -> None:
    found = everybodys(site, people, "expires", False)
    assert [key.title for key in found][:2] == ["expired", "expiring"]


def test_what_has_ended_is_hidden_unless_it_is_asked_for(find: Any) -> None:
    """By a switch, or by the state."""
    assert not {"revoked", "orphaned"} & set(find())
    assert {"revoked", "orphaned"} < set(find(with_ended=True))
    assert find(state="revoked") == ["revoked"]


def test_a_scope_finds_what_has_it(find: Any) -> None:
    assert find(scope="plone.admin") == ["busy"]
    assert find(scope="plone.nothing") == []


def test_what_is_changed_is_found_as_it_is_now(find: Any, keys: dict[str, Any]) -> None:
    """However it is changed, and without what it was before."""
    key = keys["fresh"]
    key.title, key.owner, key.expires_at = "Renamed", "other", NOW
    assert find(text="fresh") == []
    assert find(text="renamed", owner="other", state="expired") == ["Renamed"]
    assert "Renamed" not in find(owner="owner")


def test_kinds_are_listed_together(site: Any, people: Any, issue: Any) -> None:
    """By title, for instance, whichever kind comes first."""
    issue("owner", title="b")
    tokens = site.context.storage["personal_access_token"]
    for title in "ca":
        tokens.add(
            PersonalAccessToken(
                title,
                digest=TokenDigest(title.encode() * 32),
                owner="owner",
                title=title,
                issued_at=NOW,
            )
        )
    titles = [key.title for key in everybodys(site, people, "title", False)]
    assert titles == ["a", "b", "c"]
    only_keys = everybodys(site, people, kind=SERVICE_KEY)
    assert [key.title for key in only_keys] == ["b"]


@pytest.fixture
def many(site: Any) -> None:
    """1,000 keys of seven people, and ten tokens of one of them."""
    keys = site.context.storage["service_key"]
    for number in range(1000):
        keys.add(
            ServiceKey(
                f"svc-{number}",
                owner=f"user{number % 7}",
                title=f"Key {number}",
                issued_at=NOW - number,
                public_key=PublicKey("kid", "EdDSA", "pem", NOW),
            )
        )
    tokens = site.context.storage["personal_access_token"]
    for number in range(10):
        tokens.add(
            PersonalAccessToken(
                f"pat-{number}",
                digest=TokenDigest(bytes([number]) * 32),
                owner="user3",
                title=f"Key {number * 50}b",
                issued_at=NOW - number * 50 - 0.5,
            )
        )


@pytest.fixture
def loaded(monkeypatch: Any) -> list[int]:
    """Numbers of the credentials that were loaded."""
    loaded: list[int] = []
    original = Credentials.numbered

    def counted(self: Any, number: int) -> Any:
        loaded.append(number)
        return original(self, number)

    monkeypatch.setattr(Credentials, "numbered", counted)
    return loaded


@pytest.mark.usefixtures("many")
def test_a_page_of_many_loads_what_it_shows(
    site: Any, people: Any, loaded: list[int]
) -> None:
    """The issue asks for 10,000 credentials in 1.2 times the time of 100."""
    for criteria in (
        Criteria(kind=SERVICE_KEY),
        Criteria(kind=SERVICE_KEY, state="active"),
        Criteria(kind=SERVICE_KEY, text="key"),
        Criteria(kind=SERVICE_KEY, owner="user3"),
    ):
        found = find_credentials(site.context, people["administrator"], NOW, criteria)
        assert len(found) > 100
        assert len(found[75:100]) == 25
        assert len(loaded) == 25
        loaded.clear()


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize(
    "criteria",
    [Criteria(), Criteria(text="key 1"), Criteria(owner="user3")],
    ids=["all", "searched", "kind by kind"],
)
def test_pages_are_the_parts_of_the_list(
    site: Any, people: Any, criteria: Criteria, descending: bool
) -> None:
    found = find_credentials(
        site.context, people["administrator"], NOW, criteria, "title", descending
    )
    kinds = ("service_key", "personal_access_token")
    everything = [each for kind in kinds for each in site.context.storage[kind].all()]
    expected = [
        each
        for each in everything
        if criteria.text in each.title.lower() and criteria.owner in ("", each.owner)
    ]
    expected.sort(key=lambda each: each.title, reverse=descending)
    if criteria.owner:
        expected.sort(key=lambda each: kinds.index(each.kind))
    titles = [each.title for each in expected]
    assert [each.title for each in found] == titles
    for size in (7, 25, 400):
        pages = [found[at : at + size] for at in range(0, len(found), size)]
        assert [each.title for page in pages for each in page] == titles
    assert found[-1].title == titles[-1]


@pytest.mark.usefixtures("many")
def test_the_last_page_is_found_from_the_end(
    site: Any, people: Any, monkeypatch: Any
) -> None:
    """The issue asks for 10,000 credentials in 1.2 times the time of 100."""
    asked: list[int] = []
    original = CredentialIndex.first

    def first(self: Any, order: str, numbers: Any, stop: int, descending: bool) -> Any:
        asked.append(stop)
        return original(self, order, numbers, stop, descending)

    monkeypatch.setattr(CredentialIndex, "first", first)
    criteria = Criteria(kind=SERVICE_KEY)
    found = find_credentials(site.context, people["administrator"], NOW, criteria)
    assert [each.client_id for each in found[990:]][-1] == "svc-999"
    assert asked == [10]


@pytest.mark.usefixtures("many")
def test_a_few_of_many_are_not_looked_for_among_all(
    site: Any, people: Any, loaded: list[int], monkeypatch: Any
) -> None:
    """Somebody with ten credentials waits for nobody who has a thousand."""

    def first(*asked: Any) -> NoReturn:
        pytest.fail("all of the index was looked through")

    monkeypatch.setattr(CredentialIndex, "first", first)
    criteria = Criteria(kind=PERSONAL_ACCESS_TOKEN, owner="user3")
    found = find_credentials(site.context, people["administrator"], NOW, criteria)
    assert [each.credential_id for each in found[2:4]] == ["pat-2", "pat-3"]
    assert len(loaded) == 10 + 2
