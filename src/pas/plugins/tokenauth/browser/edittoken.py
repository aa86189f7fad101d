"""Changing title and limits of a personal access token."""

from ..i18n import _
from .accesstokens import AccessTokensView
from .editform import EditForm
from .tokenlimitsform import TokenLimitsForm


class EditAccessToken(AccessTokensView, EditForm, TokenLimitsForm):
    """``@@manage-access-tokens-edit``."""

    title = _("Edit access token")
