"""The context of a site: issuer, users, settings, and who asks."""
