"""Issuing a service key to another user."""

from ..credentials.pages.fields import Field
from ..i18n import _
from ..permissions import ISSUE_KEYS_FOR_OTHERS
from ..servicekeys.pages.issue import IssueServiceKey
from ..servicekeys.service import check_issuer
from ..site.errors import InvalidInput
from ..site.requester import require_permission
from .base import PanelView
from functools import cached_property


class IssueForOther(PanelView, IssueServiceKey):
    """``@@tokenauth-controlpanel-issue``."""

    title = _("Issue a service key for another user")

    def description(self) -> str:
        return _(
            "The program will act as that user, who is told by e-mail if the site sends"
            " any. You get the private key once, on the next page."
        )

    def check(self) -> None:
        if self.owner:
            super().check()
            return
        require_permission(self.requester, ISSUE_KEYS_FOR_OTHERS)
        check_issuer(self.site)

    @cached_property
    def owner(self) -> str:
        """User id of who will own the key; what was typed, if there is no such user."""
        typed = self.text("owner").strip()
        users = self.site.users
        if not typed or users.get(typed) is not None:
            return typed
        by_login = users.by_login(typed)
        return typed if by_login is None else by_login.user_id

    def save(self) -> str:
        if not self.owner:
            raise InvalidInput("owner", _("Please enter a user."))
        return super().save()

    def fields(self) -> list[Field]:
        return [self._owner(), *super().fields()]

    def _owner(self) -> Field:
        return self.field(
            "owner",
            "text",
            title=_("Owner"),
            help=_("The user id or the exact login name of a user of this site."),
            required=True,
        )
