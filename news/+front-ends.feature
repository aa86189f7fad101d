A token or a key that one ZEO client has issued is accepted by another at once, without ``server-sync``. A page of the documentation explains how to run on several machines.
