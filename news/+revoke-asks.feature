``tokenauth revoke --all`` and ``--issued-before`` ask at a terminal how many to revoke, unless ``--yes`` is given.
