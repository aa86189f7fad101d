"""What older OAuth 2.0 clients need and new ones must not use (RFC 9700 section 2)."""
