The command line needs no ``--site`` where there is one site, and may be piped into ``head``.
