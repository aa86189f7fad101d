An audit log of keys and tokens: one JSON object per line to the logger ``pas.plugins.tokenauth.audit``.
