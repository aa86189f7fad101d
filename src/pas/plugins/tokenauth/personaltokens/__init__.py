"""Personal access tokens: one kind of credential, with all that belongs to it."""
