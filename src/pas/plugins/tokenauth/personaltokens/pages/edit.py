"""Changing the options of a personal access token."""

from ...credentials.pages.editform import EditForm
from ...i18n import _
from .optionsform import TokenOptionsForm
from .overview import PersonalAccessTokensView


class EditPersonalAccessToken(PersonalAccessTokensView, EditForm, TokenOptionsForm):
    """``@@manage-personal-access-tokens-edit``."""

    title = _("Edit access token")
