"""The pages for the user's own service keys, as far as they are those of any kind."""

from ...credentials.kinds import SERVICE_KEY
from ...credentials.pages.base import OwnCredentialsView
from ...credentials.pages.overview import CredentialsOverview
from ...credentials.pages.revoke import RevokeCredentials
from ...i18n import _
from ...usage.csv import CredentialLogsCSV
from ...usage.page import CredentialLogs
from ..service import check_may_issue


class ServiceKeysView(OwnCredentialsView):
    """A page about service keys."""

    kind = SERVICE_KEY
    prefix = "manage-service-keys"
    list_title = _("Service keys")
    back_label = _("Back to my service keys")


class ServiceKeysOverview(ServiceKeysView, CredentialsOverview):
    """``@@manage-service-keys``."""

    description = _("Keys with which programs act in your name")
    introduction = _(
        "With a service key a program works in this site as you, without your password."
        " The program signs with a private key that only it has; you can revoke it at"
        " any time without any effect on your own log-in."
    )
    issue_label = _("Issue a service key")

    def check_may_issue(self) -> None:
        check_may_issue(self.site, self.requester, self.now)


class RevokeServiceKeys(ServiceKeysView, RevokeCredentials):
    """``@@manage-service-keys-revoke``."""


class ServiceKeyLogs(ServiceKeysView, CredentialLogs):
    """``@@manage-service-keys-logs``."""


class ServiceKeyLogsCSV(ServiceKeysView, CredentialLogsCSV):
    """``@@manage-service-keys-logs-csv``."""
