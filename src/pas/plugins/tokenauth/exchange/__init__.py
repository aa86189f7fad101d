"""Resources exchange the tokens that they get for those of the site (RFC 8693)."""
