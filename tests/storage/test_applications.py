"""Applications, their secrets, and the users as whom they act."""

from pas.plugins.tokenauth.core.keys import PublicKey
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.storage.applications import Application
from pas.plugins.tokenauth.storage.applications import Applications
from pas.plugins.tokenauth.storage.tokensecrets import TokenSecret
from tests.storage.conftest import NOW
from typing import Any


def application(client_id: str = "app-1", **more: Any) -> Application:
    return Application(client_id, owner="", title="Shop", issued_at=NOW, **more)


def secret(text: str, added_at: float = NOW, ends: float | None = None) -> TokenSecret:
    return TokenSecret(digest=digest(text), added_at=added_at, expires_at=ends)


def test_a_new_application_may_do_nothing_special() -> None:
    """Off by default, like every switch."""
    new = application()
    assert not (new.is_first_party or new.requires_pkce or new.stays_signed_in)
    assert (new.runs_as, new.acts_as, new.redirect_uris) == ("", "", ())


def test_an_application_acts_as_the_user_it_runs_as() -> None:
    """It belongs to nobody all the same."""
    robot = application(runs_as="robot")
    assert (robot.acts_as, robot.owner) == ("robot", "")


def test_only_a_live_secret_of_its_own_is_found() -> None:
    """CA-04: two at a time while they are exchanged."""
    old, new = secret("old", ends=NOW + 60), secret("new")
    both = application(secrets=(old, new))
    assert both.secret_of(digest("old"), NOW) == old
    assert both.secret_of(digest("new"), NOW) == new
    assert both.secret_of(digest("other"), NOW) is None
    assert both.secret_of(digest("old"), NOW + 60) is None
    assert both.live_secrets(NOW + 60) == (new,)


def test_a_secret_is_named_by_a_part_of_its_digest() -> None:
    """Nobody can tell the secret from it."""
    assert secret("old").kid == digest("old").hex()[:16]


def test_only_live_keys_verify() -> None:
    """As with service keys."""
    old = PublicKey("1", "ES256", "pem", NOW, NOW + 60)
    new = PublicKey("2", "ES256", "pem", NOW)
    assert application(public_keys=(old, new)).live_public_keys(NOW + 60) == (new,)


def test_the_secret_was_made_when_the_newest_was() -> None:
    """A secret or a key; else when the application was registered."""
    key = PublicKey("1", "ES256", "pem", NOW + 2)
    assert application().secret_made_at == NOW
    assert application(secrets=(secret("a", NOW + 1),)).secret_made_at == NOW + 1
    assert application(public_keys=(key,)).secret_made_at == NOW + 2


def test_the_applications_of_a_user_are_those_that_act_as_the_user() -> None:
    """Those that act by nobody are nobody's."""
    store = Applications()
    store.add(application("app-1", runs_as="robot"))
    store.add(application("app-2"))
    assert store.owners() == ["robot"]
    assert [each.client_id for each in store.owned_by("robot")] == ["app-1"]
    assert list(store.owned_by("nobody")) == []


def test_an_application_goes_on_without_the_user_it_ran_as() -> None:
    """People still sign in; it acts by itself no more, whoever gets the user id."""
    store = Applications()
    robot = application(runs_as="robot", owner_missing_since=NOW)
    store.add(robot)
    store.mark_orphaned("robot", NOW)
    assert (robot.runs_as, robot.owner_missing_since) == ("", None)
    assert robot.is_live(NOW)
    assert store.owners() == []


def test_a_removed_application_is_forgotten_in_time() -> None:
    """Like every credential."""
    store = Applications()
    store.add(application())
    store.mark_revoked("app-1", "boss", NOW)
    assert store.ended_before(NOW + 1) == ["app-1"]
    store.remove("app-1")
    assert store.get("app-1") is None
