"""What follows from a change of the settings."""

from ..core.clock import now
from ..events import ISettingsChangedEvent
from ..events import IUserGoneEvent
from ..i18n import _
from ..sealing.configuration import SealingOff
from ..sealing.interfaces import INeedsSealing
from ..signin.interfaces import INeedsSessions
from ..signin.interfaces import ISessionEndedEvent
from ..site.context import SiteAdapter
from ..site.context import SiteContext
from ..site.interfaces import IKnownUsers
from ..site.lookup import current_site
from .logouttokens import tell_of_log_out
from .settings import is_enabled
from .signingkeys import SigningKeyRing
from .subjects import STORE as SUBJECTS
from contextlib import suppress
from zope.component import adapter
from zope.interface import implementer
from zope.interface import provider


@adapter(ISettingsChangedEvent)
def make_first_keys(event: ISettingsChangedEvent) -> None:
    """Make the signing keys when OpenID is switched on, so that they can be read."""
    site = current_site()
    if site is not None and is_enabled(site) and "openid_enabled" in event.names:
        # Without a sealing key a warning says so, and the first log-in makes them.
        with suppress(SealingOff):
            SigningKeyRing(site).keep_fresh(now())


@adapter(IUserGoneEvent)
def forget_subject(event: IUserGoneEvent) -> None:
    """Let no later user of the same id be taken for the one who is gone."""
    event.site.storage[SUBJECTS].forget(event.user_id)


@implementer(IKnownUsers)
class SubjectsOfUsers(SiteAdapter):
    """See IKnownUsers: those whom other sites know by a name."""

    def __call__(self, now: float) -> set[str]:
        return self._site.storage[SUBJECTS].users()


@provider(INeedsSealing)
def openid_needs_sealing(site: SiteContext) -> str:
    """What waits for the sealing key while OpenID is on."""
    return _("OpenID provider") if is_enabled(site) else ""


@adapter(ISessionEndedEvent)
def tell_applications(event: ISessionEndedEvent) -> None:
    """Tell the applications that took part in a session that it has ended."""
    if is_enabled(event.site):
        tell_of_log_out(event.site, event.session, now())


@provider(INeedsSessions)
def openid_needs_sessions(site: SiteContext) -> bool:
    """Whether other sites ask when somebody has logged in, and hear of a log-out."""
    return is_enabled(site)
