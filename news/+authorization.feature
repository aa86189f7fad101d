Applications sign people in: authorization code with PKCE, consent, and tokens that act as a person within limits. ``@@oauth2-authorize`` is no error any more.
