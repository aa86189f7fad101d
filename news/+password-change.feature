A setting for each kind says what becomes of keys and personal access tokens when the password of their owner changes: nothing, the owner is told of them, or they are revoked.
