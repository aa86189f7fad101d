"""Contracts of the OpenID provider, for add-ons."""

from zope.interface import Attribute
from zope.interface import Interface


class IClaims(Interface):
    """Claims about people: an adapter of ISiteContext, named by the scope for them.

    Another one under the name of one that is there replaces it; one with another name
    makes that name a scope.
    """

    title = Attribute("Translatable title of the scope")
    description = Attribute("One sentence: what an application learns")
    claims = Attribute("Translatable titles of the claims that there can be, by name")

    def __call__(user):
        """The claims about a SiteUser, by name; none without a value."""


class IEmailVerification(Interface):
    """Knows whose an e-mail address is: a named adapter of ISiteContext.

    Without any, no address counts as verified: whoever may set their own address could
    take over the account of another person at a site that goes by addresses.
    """

    def __call__(user, address):
        """Whether the address is known to belong to a SiteUser."""
