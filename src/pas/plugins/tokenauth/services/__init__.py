"""The endpoints ``@service-keys`` and ``@access-tokens`` of plone.restapi.

These modules read requests and spell answers. Who may do what is decided by the use
cases alone. What is particular to one endpoint is in the module of its name.
"""
