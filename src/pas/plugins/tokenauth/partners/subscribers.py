"""What partners need of the rest."""

from ..i18n import _
from ..sealing.interfaces import INeedsSealing
from ..sealing.sharedsecrets import SealedSecrets
from ..site.context import SiteContext
from ..storage.partners import Partner
from .settings import is_enabled
from zope.interface import provider


class PartnerSecrets(SealedSecrets):
    """See ISealedValues."""

    kind = Partner.kind


@provider(INeedsSealing)
def partners_need_sealing(site: SiteContext) -> str:
    """What waits for the sealing key while partners are on."""
    return _("Partners (ska)") if is_enabled(site) else ""
