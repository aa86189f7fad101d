"""The pages for one key of anybody: those of its owner, with other keys.

What a visitor may do with a key of somebody else, the use cases know; the forms
show of it what they may.
"""

from ..browser.edit import EditServiceKey
from ..browser.logs import ServiceKeyLogs
from ..browser.logscsv import ServiceKeyLogsCSV
from ..browser.revoke import RevokeServiceKeys
from ..browser.rotate import RotateServiceKey
from ..i18n import _
from .base import PanelView


class EditAnyServiceKey(PanelView, EditServiceKey):
    """``@@tokenauth-controlpanel-edit``."""

    def description(self) -> str:
        if self.is_locked or self.is_mine(self.key):
            return super().description()
        return _(
            "This key belongs to ${owner}, who is told by e-mail when you change it, if"
            " the site sends mail.",
            mapping={"owner": self.owner},
        )


class RotateAnyServiceKey(PanelView, RotateServiceKey):
    """``@@tokenauth-controlpanel-rotate``."""

    def description(self) -> str:
        if self.is_mine(self.key):
            return super().description()
        return _(
            "“${title}” of ${owner} gets another key pair. Its client id, its limits"
            " and its usage stay. The owner is told by e-mail, if the site sends mail.",
            mapping={"title": self.key.title, "owner": self.key.owner},
        )


class RevokeAnyServiceKeys(PanelView, RevokeServiceKeys):
    """``@@tokenauth-controlpanel-revoke``."""


class AnyServiceKeyLogs(PanelView, ServiceKeyLogs):
    """``@@tokenauth-controlpanel-logs``."""


class AnyServiceKeyLogsCSV(PanelView, ServiceKeyLogsCSV):
    """``@@tokenauth-controlpanel-logs-csv``."""
