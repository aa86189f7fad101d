"""Open a FileStorage once, as a server does that starts again after it was killed."""

from ZODB.FileStorage import FileStorage

import sys


FileStorage(sys.argv[1]).close()
