"""How often something may be done in a minute."""

from pas.plugins.tokenauth.core.ratelimit import RateLimit


def test_a_name_may_be_used_so_often_in_any_minute() -> None:
    limit = RateLimit(2)
    assert [limit.use("a", now) for now in (0, 30, 59, 60, 61, 90)] == [
        True,
        True,
        False,
        True,
        False,
        True,
    ]


def test_a_refused_use_does_not_count() -> None:
    limit = RateLimit(1)
    assert limit.use("a", 0)
    assert not any(limit.use("a", now) for now in range(1, 60))
    assert limit.use("a", 60)


def test_names_count_by_themselves() -> None:
    limit = RateLimit(1)
    assert limit.use("a", 0)
    assert limit.use("b", 0)


def test_a_long_name_takes_no_more_memory() -> None:
    limit = RateLimit(1)
    assert limit.use("\ud800" * 60_000, 0)
    assert not limit.may_use("\ud800" * 60_000, 0)
    assert {len(key) for key in limit._uses} == {32}


def test_a_name_is_forgotten_after_a_minute() -> None:
    limit = RateLimit(2)
    for n in range(100):
        limit.use(str(n), n)
    limit.use("0", 99.5)
    limit.use("x", 130)
    assert len(limit._uses) == 31


def test_asking_whether_something_may_be_counts_nothing() -> None:
    limit = RateLimit(1, 600)
    assert all(limit.may_use("a", 0) for _ in range(3))
    assert limit.use("a", 0)
    assert not limit.may_use("a", 599)
    assert limit.may_use("a", 600)
