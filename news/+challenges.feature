Tell clients in the challenge which scope a request needs, at a 401 and when a token has too
little; an application is not told to ask for what it cannot be granted.
