A command line, ``tokenauth``: issue, ensure, list, rotate and revoke service keys, nightly jobs, and ``tokenauth token`` for clients, which needs no Zope.
