"""Titles of the permissions that permissions.zcml declares."""

#: May issue, edit and revoke service keys of one's own.
MANAGE_OWN_SERVICE_KEYS = "pas.plugins.tokenauth: Manage own Service Keys"

#: May issue, edit and revoke personal access tokens of one's own.
MANAGE_OWN_PERSONAL_ACCESS_TOKENS = (
    "pas.plugins.tokenauth: Manage own Personal Access Tokens"
)

#: May obtain tokens that act as other users, with a key that allows it.
IMPERSONATE_USER = "pas.plugins.tokenauth: Impersonate user"

#: May learn what any token is good for.
INTROSPECT_TOKENS = "pas.plugins.tokenauth: Introspect Tokens"

#: May see, revoke and tighten the credentials of everybody.
MANAGE_ALL_SERVICE_KEYS = "pas.plugins.tokenauth: Manage all Service Keys"

#: May register applications, and see, change and remove them.
MANAGE_APPLICATIONS = "pas.plugins.tokenauth: Manage Applications"

#: May let applications act for oneself.
AUTHORIZE_APPLICATIONS = "pas.plugins.tokenauth: Authorize Applications"

#: May issue credentials to others, rotate their keys, and loosen their options.
ISSUE_KEYS_FOR_OTHERS = "pas.plugins.tokenauth: Issue Keys for others"

#: May share an object by a link that needs no log-in.
CREATE_SIGNED_LINKS = "pas.plugins.tokenauth: Create Signed Links"

#: May see, change and revoke the signed links that one has made.
MANAGE_OWN_SIGNED_LINKS = "pas.plugins.tokenauth: Manage own Signed Links"

#: May see, revoke and tighten the signed links of everybody.
MANAGE_ALL_SIGNED_LINKS = "pas.plugins.tokenauth: Manage all Signed Links"
