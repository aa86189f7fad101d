Resources beside the site, such as a server of MCP: an application with a URL of its own
and scopes of its own. Tokens for it (RFC 8707) are worth nothing elsewhere, and it may
exchange them for tokens of the site (RFC 8693) if an administrator lets it.
