"""Devices without a browser get tokens: a person answers elsewhere (RFC 8628)."""
