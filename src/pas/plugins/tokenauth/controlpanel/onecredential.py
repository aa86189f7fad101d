"""The pages for one credential of anybody: those of its owner, with other credentials.

The service decides what a visitor may do with a credential of somebody else; the forms
show only that.
"""

from ..credentials.pages.editform import EditForm
from ..credentials.pages.revoke import RevokeCredentials
from ..i18n import _
from ..personaltokens.pages.edit import EditPersonalAccessToken
from ..servicekeys.pages.edit import EditServiceKey
from ..servicekeys.pages.rotate import RotateServiceKey
from ..usage.csv import CredentialLogsCSV
from ..usage.page import CredentialLogs
from .base import PanelView


class EditAny(PanelView, EditForm):
    """Changes a credential of anybody, and says that its owner is told."""

    def description(self) -> str:
        if self.is_locked or self.is_mine(self.credential):
            return super().description()
        return self.appearance.of_other(self.owner)


class EditAnyServiceKey(EditAny, EditServiceKey):
    """``@@tokenauth-controlpanel-edit``."""


class EditAnyPersonalAccessToken(EditAny, EditPersonalAccessToken):
    """``@@tokenauth-controlpanel-edit-personal-access-token``."""

    page = "edit-personal-access-token"


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


class RevokeAny(PanelView, RevokeCredentials):
    """``@@tokenauth-controlpanel-revoke``."""


class AnyLogs(PanelView, CredentialLogs):
    """``@@tokenauth-controlpanel-logs``."""


class AnyLogsCSV(PanelView, CredentialLogsCSV):
    """``@@tokenauth-controlpanel-logs-csv``."""
