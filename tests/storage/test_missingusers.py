"""Users whom no source knows any more."""

from pas.plugins.tokenauth.storage.missingusers import MissingUsers


def test_a_missing_user_is_missing_since_the_first_time() -> None:
    missing = MissingUsers()
    assert missing.note("jane", 10.0) == 10.0
    assert missing.note("jane", 20.0) == 10.0


def test_a_user_who_is_missing_no_more_starts_anew() -> None:
    missing = MissingUsers()
    for user_id in ("jane", "john"):
        missing.note(user_id, 10.0)
    missing.keep({"john"})
    assert missing.note("jane", 20.0) == 20.0
    assert missing.note("john", 20.0) == 10.0
