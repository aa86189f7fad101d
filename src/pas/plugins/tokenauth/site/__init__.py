"""The context of a site: issuer, users, settings, requester."""
