"""A request with a token: whose it is, what it may do, how it is refused."""
