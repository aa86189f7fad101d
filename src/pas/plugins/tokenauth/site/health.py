"""Whether this process can do its work, for load balancers and monitoring."""

from ..storage.sync import sync_storage
from ..web.response import body_of
from ..web.response import never_store
from .context import SiteContext
from .interfaces import IHealthCheck
from .users import kind_of
from .view import SiteView
from persistent.timestamp import TimeStamp
from Products.Five.browser import BrowserView
from typing import Any
from zope.component import getUtilitiesFor
from zope.interface import provider

import logging


logger = logging.getLogger("pas.plugins.tokenauth")
OK = "ok"


class Remark(str):
    """What a check tells although nothing is wrong."""


class HealthView(SiteView, BrowserView):
    """``@@tokenauth-health``: 200 if every check passes, else 503; JSON with each.

    Anybody may ask: it tells what fails, and nothing else.
    """

    def __call__(self) -> str:
        checks = {
            name: self._outcome(name, check)
            for name, check in sorted(getUtilitiesFor(IHealthCheck))
        }
        is_well = all(
            each == OK or isinstance(each, Remark) for each in checks.values()
        )
        response = self.request.response
        response.setStatus(200 if is_well else 503)
        response.setHeader("Content-Type", "application/json")
        never_store(self.request)
        status = OK if is_well else "failing"
        return body_of(self.request, {"status": status, "checks": checks})

    def _outcome(self, name: str, check: IHealthCheck) -> str:
        try:
            problem: str = check(self.site, self.now)
        except Exception as error:
            # Whatever a database raises, and its message may name hosts and files.
            logger.warning("The check of %s has failed: %s", name, kind_of(error))
            problem = "cannot be checked"
        return problem or OK


@provider(IHealthCheck)
def check_database(site: SiteContext, now: float) -> str:
    """Whether the database gives out what is in it, and takes something in."""
    stored: Any = site.storage
    database = stored._p_jar.db().storage
    database.load(stored._p_oid)
    return "is read-only: no token can be obtained" if database.isReadOnly() else ""


@provider(IHealthCheck)
def check_sync(site: SiteContext, now: float) -> str:
    """Whether what other processes have committed can be asked for."""
    sync_storage(site.storage)
    return ""


@provider(IHealthCheck)
def check_clock(site: SiteContext, now: float) -> str:
    """Whether the newest transaction is from the future, by the clock of this machine.

    A clock that is ahead cannot be seen so: others, which are behind it, see that.
    """
    stored: Any = site.storage
    newest = stored._p_jar.db().lastTransaction()
    ahead = TimeStamp(newest).timeTime() - now
    if ahead <= site.settings.leeway:
        return ""
    return f"is {ahead:.0f} seconds behind that of the database"
