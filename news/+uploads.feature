Public keys of one's own: PEM, JWK and OpenSSH, checked for known weaknesses, so that no private key ever passes through the site.
