"""The endpoint ``@service-keys`` of plone.restapi.

These modules read requests and spell answers. Who may do what is decided by the use
cases alone.
"""
