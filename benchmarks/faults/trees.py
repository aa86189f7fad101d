"""Check every BTree that the plugin of a database keeps, by what BTrees offers."""

from BTrees.check import check
from BTrees.check import classify
from contextlib import closing
from ZODB.DB import DB
from ZODB.FileStorage import FileStorage

import sys


def main() -> None:
    checked = 0
    db = DB(FileStorage(sys.argv[1], read_only=True))
    with closing(db), closing(db.open()) as connection:
        for tree in trees(connection):
            check(tree)
            tree._check()
            checked += 1
    print(f"{checked} trees")
    if not checked:
        sys.exit("There is no tree of ours.")


def trees(connection):
    """Every tree below any storage of ours."""
    for oid in oids(connection):
        storage = connection.get(oid)
        yield from below(storage, set())


def oids(connection):
    """Where the storages are, without a look at the rest of the site."""
    for transaction in connection.db().storage.iterator():
        for record in transaction:
            if record.data and b"TokenAuthStorage" in record.data[:100]:
                yield record.oid
                return


def below(found, seen):
    if getattr(found, "_p_oid", None) in seen:
        return
    seen.add(getattr(found, "_p_oid", None))
    try:
        classify(found)
    except KeyError:
        found._p_activate()
        for value in vars(found).values():
            for each in members(value):
                if hasattr(each, "_p_jar") and each._p_jar is not None:
                    yield from below(each, seen)
        return
    yield found
    if hasattr(found, "values"):
        for value in found.values():
            if hasattr(value, "_p_jar") and value._p_jar is not None:
                yield from below(value, seen)


def members(value):
    """What a plain collection holds, or the value itself."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, tuple) else (value,)


if __name__ == "__main__":
    main()
