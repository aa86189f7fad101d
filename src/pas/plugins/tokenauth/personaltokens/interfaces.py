"""The options of a personal access token."""

from ..credentials.fields import Expiry
from ..credentials.fields import IPRanges
from ..credentials.fields import Scopes
from ..credentials.fields import Title
from ..credentials.interfaces import IOptions


class IPersonalAccessTokenOptions(IOptions):
    """The options of a personal access token, at issue and later."""

    title = Title()
    ip_ranges = IPRanges()
    expires_at = Expiry(preferred_days=90)
    scopes = Scopes()
