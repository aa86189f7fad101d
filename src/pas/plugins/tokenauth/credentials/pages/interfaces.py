"""Contracts of the pages."""

from ...i18n import _
from zope import schema
from zope.interface import Attribute
from zope.interface import Interface


class UserName(schema.TextLine):
    """A user, by id or login name; a link to a form can name one."""


class IOwner(Interface):
    """Who a credential is issued to, where that is not the visitor."""

    owner = UserName(
        title=_("Owner"),
        description=_("The user id or the exact login name of a user of this site."),
        default="",
    )


class ICredentialForm(Interface):
    """A form about a credential; an input asks it what it needs."""


class IInput(Interface):
    """A field of a schema in a form.

    An adapter of the field and ICredentialForm.
    """

    name = Attribute("Name of the field")
    is_offered = Attribute("Whether the visitor sees it")
    is_preset = Attribute("Whether it holds what every new credential has")

    def elements():
        """What the form shows, as a list of fields.Field."""

    def value():
        """What was typed. Raises InvalidInput when it cannot be read."""

    def place_of(name):
        """Name of the element that shows what is wrong with a value, or None."""


class ISecretPage(Interface):
    """The page that shows a fresh secret, once.

    An adapter of IIssued and the page with the form.
    """

    def show():
        """The page as HTML; it can be asked for once."""


class IDetails(Interface):
    """What the page about a credential shows besides its options.

    An adapter of ICredential and the page.
    """

    def __call__():
        """It as HTML."""
