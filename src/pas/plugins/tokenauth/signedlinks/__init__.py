"""Signed links: one private file or page, for a time, without a log-in."""
