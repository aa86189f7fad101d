"""Load every object of a FileStorage with its class, by zodbverify."""

from contextlib import closing
from ZODB.FileStorage import FileStorage
from zodbverify.verify import verify_zodb

import io
import logging
import sys


def main() -> None:
    logged = io.StringIO()
    logging.basicConfig(stream=logged, level=logging.INFO)
    with closing(FileStorage(sys.argv[1], read_only=True)) as storage:
        verify_zodb(storage)
    text = logged.getvalue()
    print(text[-500:])
    if "Found 0 records that could not be loaded" not in text:
        sys.exit("There are objects that cannot be loaded.")


if __name__ == "__main__":
    main()
