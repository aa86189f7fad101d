"""How the states of a credential are called, and shown."""

from ..credentials.search import EXPIRING_DAYS
from ..credentials.search import UNUSED_DAYS
from ..i18n import _


#: Titles of credentials.search.STATES.
STATE_TITLES = {
    "active": _("Active"),
    "expiring": _("Expiring within ${days} days", mapping={"days": EXPIRING_DAYS}),
    "unused": _("Unused for ${days} days", mapping={"days": UNUSED_DAYS}),
    "disabled": _("Disabled"),
    "expired": _("Expired"),
    "revoked": _("Revoked"),
    "orphaned": _("Owner gone"),
}
