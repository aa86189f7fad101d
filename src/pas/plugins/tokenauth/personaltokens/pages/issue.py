"""Issuing a personal access token: the form."""

from ...credentials.pages.fields import Field
from ...credentials.pages.issueform import IssueForm
from ...i18n import _
from ..service import check_may_issue_token
from ..service import issue_personal_access_token
from .optionsform import TokenOptionsForm
from .overview import PersonalAccessTokensView
from .tokenpage import TokenPage


class IssuePersonalAccessToken(PersonalAccessTokensView, IssueForm, TokenOptionsForm):
    """``@@manage-personal-access-tokens-issue``."""

    title = _("Issue an access token")
    submit_label = _("Issue access token")
    preferred_days = 90

    def description(self) -> str:
        return _("You get the access token once, on the next page.")

    def check(self) -> None:
        check_may_issue_token(self.site, self.requester, self.now)

    def save(self) -> str:
        issued = issue_personal_access_token(
            self.site,
            self.requester,
            self.options(),
            self.now,
            idempotency_key=self.idempotency_key(),
        )
        return TokenPage(self, issued).show()

    def fields(self) -> list[Field]:
        return self.limit_fields()
