"""The OAuth endpoints, the grants, and the metadata (RFC 6749, RFC 8414)."""
