"""The options of a door code. Needs no Zope, for the command line."""

from pas.plugins.tokenauth.credentials.fields import Expiry
from pas.plugins.tokenauth.credentials.fields import IPRanges
from pas.plugins.tokenauth.credentials.fields import Scopes
from pas.plugins.tokenauth.credentials.fields import Switch
from pas.plugins.tokenauth.credentials.fields import Title
from pas.plugins.tokenauth.credentials.interfaces import IOptions
from zope import schema


class IDoorCodeOptions(IOptions):
    title = Title("Where the door is.")
    ip_ranges = IPRanges()
    expires_at = Expiry(
        description="A door code should not outlive the visit it is for.",
        preferred_days=30,
    )
    scopes = Scopes()
    floor = schema.Int(
        title="Floor",
        description="From -2 to 40.",
        min=-2,
        max=40,
        default=0,
    )
    at_night = Switch(
        title="At night",
        description="The code also opens the door between 22:00 and 6:00.",
        permission="Manage portal",
        sentence="The code also opens the door at night.",
    )
