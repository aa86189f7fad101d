# Write the service keys of an ftw.tokenauth site to a file, for `tokenauth import`.
#
#     bin/instance run export_ftw.py /Plone keys.json
#
# Runs on Plone 4.3 with Python 2.7, and with collective.ftw.tokenauth on Plone 6 too:
#
#     bin/zconsole run etc/zope.conf export_ftw.py /Plone keys.json
#
# It changes nothing in the site. The file holds public keys, no secrets.

from __future__ import print_function

import io
import json
import sys
import time


FORMAT = "ftw.tokenauth"
VERSION = 1
MEMBERS = ("key_id", "client_id", "user_id", "title", "public_key", "token_uri")


def exported(site):
    """All service keys of a site."""
    plugin = site.acl_users["token_auth"]
    # As CredentialStorage keeps them: a mapping by key id.
    service_keys = plugin._credential_storage["service_keys"]
    return {
        "format": FORMAT,
        "version": VERSION,
        "site": "/".join(site.getPhysicalPath()),
        "service_keys": [_record(key) for key in service_keys.values()],
    }


def _record(service_key):
    record = dict((name, _text(service_key[name])) for name in MEMBERS)
    record["ip_range"] = _text(service_key["ip_range"] or "")
    record["issued"] = _in_utc(service_key["issued"])
    return record


def _text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else value


def _in_utc(issued):
    """The time of issue, which is kept in the time zone of the server."""
    seconds = time.mktime(issued.timetuple())
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(seconds))


def main(app, path, output):
    """Write the file."""
    site = app.unrestrictedTraverse(path.strip("/"))
    document = exported(site)
    text = json.dumps(document, indent=2, sort_keys=True)
    with io.open(output, "wb") as file:
        file.write(text.encode("ascii"))
    print("%d service keys in %s" % (len(document["service_keys"]), output))


if __name__ == "__main__":
    # What stands before the two arguments differs between ways to run a script.
    main(app, *sys.argv[-2:])  # noqa: F821
