"""The command line ``tokenauth``.

:mod:`.main` and what it imports at its top need no Zope, so that a machine which
only asks for access tokens starts in a moment. :mod:`.opening`, :mod:`.session` and
what they import run in the process of a configured Zope.
"""
