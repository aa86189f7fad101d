The site can be an OpenID provider: ID tokens, UserInfo, claims about people with their consent, and signing keys that are sealed and rotate.
