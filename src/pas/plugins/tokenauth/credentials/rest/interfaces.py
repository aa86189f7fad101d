"""Contracts of the REST services."""

from zope.interface import Attribute
from zope.interface import Interface


class ICredentialService(Interface):
    """A service for credentials of one kind."""

    site = Attribute("ISiteContext")
    requester = Attribute("Who makes the request")
    now = Attribute("When, in seconds since the epoch")
    request = Attribute("The request")
    kind = Attribute("ICredentialKind")


class IAction(Interface):
    """What a method does at a path below a credential.

    A named adapter of ICredential and ICredentialService; the name is the method and
    the last part of the path, like ``GET usage``.
    """

    def __call__():
        """What the body of the answer says. Raises what a service may raise."""
