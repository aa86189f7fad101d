"""Service keys, signed grants and short-lived access tokens for Plone."""
