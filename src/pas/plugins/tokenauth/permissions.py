"""Titles of the permissions that permissions.zcml declares."""

#: May issue, edit and revoke service keys of one's own.
MANAGE_OWN_SERVICE_KEYS = "pas.plugins.tokenauth: Manage own Service Keys"

#: May obtain tokens that act as other users, with a key that allows it.
IMPERSONATE_USER = "pas.plugins.tokenauth: Impersonate user"
