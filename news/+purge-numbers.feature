``tokenauth purge`` prints each number of what it does; ``--dry-run`` prints them and changes nothing. ``purge``, ``import`` and ``notify`` show on a terminal how far they are.
