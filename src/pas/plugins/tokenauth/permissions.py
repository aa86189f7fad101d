"""Titles of the permissions that permissions.zcml declares."""

#: May issue, edit and revoke service keys of one's own.
MANAGE_OWN_SERVICE_KEYS = "pas.plugins.tokenauth: Manage own Service Keys"

#: May obtain tokens that act as other users, with a key that allows it.
IMPERSONATE_USER = "pas.plugins.tokenauth: Impersonate user"

#: May see, revoke and tighten the service keys of everybody.
MANAGE_ALL_SERVICE_KEYS = "pas.plugins.tokenauth: Manage all Service Keys"

#: May issue and rotate service keys of others, and loosen their limits.
ISSUE_KEYS_FOR_OTHERS = "pas.plugins.tokenauth: Issue Keys for others"
