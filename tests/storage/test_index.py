"""The index of credentials: numbers, and sets of them."""

from BTrees.IIBTree import IITreeSet
from pas.plugins.tokenauth.storage.index import CredentialIndex
from pas.plugins.tokenauth.storage.index import with_all


def test_a_number_that_is_taken_is_not_given_again() -> None:
    index = CredentialIndex()
    number = index.free_number("svc-1")
    index._numbers.add(number)
    assert index.free_number("svc-1") == number + 1


def test_plain_sets_and_sets_of_the_database_are_intersected() -> None:
    assert set(with_all([IITreeSet([1, 2, 3]), {2, 3, 4}])) == {2, 3}
