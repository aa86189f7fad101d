"""Changing title and limits of a personal access token."""

from ...credentials.pages.editform import EditForm
from ...i18n import _
from .optionsform import TokenLimitsForm
from .overview import PersonalTokensView


class EditAccessToken(PersonalTokensView, EditForm, TokenLimitsForm):
    """``@@manage-access-tokens-edit``."""

    title = _("Edit access token")
