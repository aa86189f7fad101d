"""The pages for the user's own access tokens, as far as they are those of any kind."""

from ...credentials.kinds import PERSONAL_TOKEN
from ...credentials.pages.base import OwnCredentialsView
from ...credentials.pages.overview import CredentialsOverview
from ...credentials.pages.revoke import RevokeCredentials
from ...i18n import _
from ...usage.csv import CredentialLogsCSV
from ...usage.page import CredentialLogs
from ..service import check_may_issue_token


class PersonalTokensView(OwnCredentialsView):
    """A page about personal access tokens."""

    kind = PERSONAL_TOKEN
    prefix = "manage-access-tokens"
    list_title = _("Personal access tokens")
    back_label = _("Back to my access tokens")


class PersonalTokensOverview(PersonalTokensView, CredentialsOverview):
    """``@@manage-access-tokens``."""

    description = _("Access tokens with which scripts act in your name")
    introduction = _(
        "With a personal access token a script works in this site as you, without your"
        " password: it sends the token with every request. Whoever has the token can do"
        " the same, so let it do no more than the script needs. You can revoke it at"
        " any time without any effect on your own log-in."
    )
    issue_label = _("Issue an access token")

    def check_may_issue(self) -> None:
        check_may_issue_token(self.server, self.actor, self.now)


class RevokePersonalTokens(PersonalTokensView, RevokeCredentials):
    """``@@manage-access-tokens-revoke``."""


class PersonalTokenLogs(PersonalTokensView, CredentialLogs):
    """``@@manage-access-tokens-logs``."""


class PersonalTokenLogsCSV(PersonalTokensView, CredentialLogsCSV):
    """``@@manage-access-tokens-logs-csv``."""
