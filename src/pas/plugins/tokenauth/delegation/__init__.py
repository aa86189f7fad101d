"""People let applications act for them: authorization, consent, codes (RFC 6749)."""
