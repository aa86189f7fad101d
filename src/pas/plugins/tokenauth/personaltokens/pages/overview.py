"""The pages for one's own personal access tokens that are those of any kind."""

from ...credentials.kinds import PERSONAL_ACCESS_TOKEN
from ...credentials.pages.base import OwnCredentialsView
from ...credentials.pages.overview import CredentialsOverview
from ...credentials.pages.revoke import RevokeCredentials
from ...i18n import _
from ...usage.csv import CredentialLogsCSV
from ...usage.page import CredentialLogs
from ..service import check_may_issue_token


class PersonalAccessTokensView(OwnCredentialsView):
    """A page about personal access tokens."""

    kind = PERSONAL_ACCESS_TOKEN
    prefix = "manage-personal-access-tokens"
    list_title = _("Personal access tokens")
    back_label = _("Back to my access tokens")


class PersonalAccessTokensOverview(PersonalAccessTokensView, CredentialsOverview):
    """``@@manage-personal-access-tokens``."""

    description = _("Access tokens with which scripts act in your name")
    introduction = _(
        "With a personal access token a script works in this site as you, without your"
        " password: it sends the token with every request. Whoever has the token can do"
        " the same, so let it do no more than the script needs. You can revoke it at"
        " any time without any effect on your own log-in."
    )
    issue_label = _("Issue an access token")

    def check_may_issue(self) -> None:
        check_may_issue_token(self.site, self.requester, self.now)


class RevokePersonalAccessTokens(PersonalAccessTokensView, RevokeCredentials):
    """``@@manage-personal-access-tokens-revoke``."""


class PersonalAccessTokenLogs(PersonalAccessTokensView, CredentialLogs):
    """``@@manage-personal-access-tokens-logs``."""


class PersonalAccessTokenLogsCSV(PersonalAccessTokensView, CredentialLogsCSV):
    """``@@manage-personal-access-tokens-logs-csv``."""
