"""Changing title and limits of a personal access token."""

from ..i18n import _
from .editform import EditForm
from .personaltokens import PersonalTokensView
from .tokenlimitsform import TokenLimitsForm


class EditAccessToken(PersonalTokensView, EditForm, TokenLimitsForm):
    """``@@manage-access-tokens-edit``."""

    title = _("Edit access token")
