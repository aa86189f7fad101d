Whoever holds a token can end it at the revocation endpoint, with nothing but the token: a leaked one is best ended by its finder.
