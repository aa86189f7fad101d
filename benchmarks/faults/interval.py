"""Set in a database file how often uses of personal tokens are written."""

from contextlib import closing
from ZODB.DB import DB
from ZODB.FileStorage import FileStorage

import sys
import transaction


path, minutes = sys.argv[1:]
with closing(DB(FileStorage(path))) as db:
    site = db.open().root()["Application"]["Plone"]
    site.acl_users.token_auth.usage_recording_interval = int(minutes)
    transaction.commit()
