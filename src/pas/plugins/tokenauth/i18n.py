"""Message factory of the package."""

from zope.i18nmessageid import MessageFactory


_ = MessageFactory("pas.plugins.tokenauth")
