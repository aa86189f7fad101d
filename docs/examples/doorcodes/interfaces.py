"""The options of a door code. Needs no Zope, for the command line."""

from pas.plugins.tokenauth.credentials.fields import Expiry
from pas.plugins.tokenauth.credentials.fields import IPRanges
from pas.plugins.tokenauth.credentials.fields import Scopes
from pas.plugins.tokenauth.credentials.fields import Switch
from pas.plugins.tokenauth.credentials.fields import Title
from pas.plugins.tokenauth.credentials.interfaces import IOptions
from zope import schema


class IDoorCodeOptions(IOptions):
    title = Title(description="Where the door is.")
    ip_ranges = IPRanges(
        description="The addresses of the door's terminal; empty for any.",
        required_description="The addresses of the door's terminal.",
        no_address="The server does not see your address now.",
    )
    expires_at = Expiry(
        description="A door code should not outlive the visit it is for.",
        limited="At most ${days} days from now.",
        day_description="The last day, in the time zone ${timezone}.",
        never_warning="Whoever finds the code can open the door, years from now.",
        missing="Please choose when the code ends.",
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
