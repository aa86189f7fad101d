"""Whether sealing works, for monitoring and for administrators."""

from ..i18n import _
from ..site.context import SiteContext
from ..site.diagnostics import SiteWarning
from ..site.health import Remark
from ..site.interfaces import IHealthCheck
from ..site.interfaces import ISiteDiagnosis
from .configuration import is_readable_by_others
from .configuration import key_ring
from .configuration import NoSealingKey
from .configuration import SealingOff
from .interfaces import INeedsSealing
from .sealer import unopened
from zope.component import getUtilitiesFor
from zope.interface import provider


@provider(IHealthCheck)
def check_sealing_key(site: SiteContext, now: float) -> str:
    """Whether there is a key, and it opens what is sealed.

    A site that needs none is well without.
    """
    try:
        count = unopened(site, key_ring())
    except NoSealingKey:
        return Remark("none: nobody can be signed in to applications")
    except SealingOff:
        # Why names a file: that is for the log and the panel.
        return "cannot be used"
    return f"does not open {count} sealed values" if count else ""


@provider(ISiteDiagnosis)
def diagnose_sealing(site: SiteContext) -> list[SiteWarning]:
    """What administrators should know about the sealing key."""
    try:
        count = unopened(site, key_ring())
    except NoSealingKey:
        return _about_missing_key(site)
    except SealingOff as off:
        message = _(
            "Nobody can sign in to applications with an account of this site:"
            " ${reason}.",
            mapping={"reason": str(off)},
        )
        return [SiteWarning(code="sealing_off", message=message)]
    found = []
    if count:
        message = _(
            "Secrets that the sealing key does not open: ${number}. Add the key that"
            " has sealed them to the file, on a line of its own.",
            mapping={"number": str(count)},
        )
        found.append(SiteWarning(code="other_sealing_key", message=message))
    if is_readable_by_others():
        message = _(
            "Every account on the server can read the file with the sealing key."
            " Make it readable only for the account that runs Zope, if you can."
        )
        found.append(SiteWarning(code="sealing_key_readable", message=message))
    return found


def _about_missing_key(site: SiteContext) -> list[SiteWarning]:
    needs = (need(site) for _, need in sorted(getUtilitiesFor(INeedsSealing)))
    return [
        SiteWarning(
            code="no_sealing_key",
            message=_(
                "There is no sealing key, so this is off: ${feature}. Make a key with"
                " “tokenauth sealing-key”, and name its file in zope.conf.",
                mapping={"feature": feature},
            ),
        )
        for feature in needs
        if feature
    ]
