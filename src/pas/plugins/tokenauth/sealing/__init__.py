"""Secrets that must be kept readable: sealed, with the key outside of the database."""
