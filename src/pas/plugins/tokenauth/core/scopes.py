"""Names of the scopes that this package itself knows (RFC 6749 section 3.3)."""

READ = "plone.read"
WRITE = "plone.write"
