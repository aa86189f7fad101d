"""The kind of credentials whose add-on is gone."""

from ..i18n import _
from ..permissions import MANAGE_ALL_SERVICE_KEYS
from .fields import Expiry
from .fields import IPRanges
from .fields import Scopes
from .fields import Title
from .interfaces import IOptions
from .kind import CredentialKind
from .texts import CommonTexts
from typing import Any


class ICommonOptions(IOptions):
    """The options that every kind has."""

    title = Title()
    ip_ranges = IPRanges()
    expires_at = Expiry()
    scopes = Scopes()


class UnknownKind(CredentialKind):
    """See ICredentialKind.

    Nothing makes any, and nobody gets in by one. Administrators see and revoke them.
    """

    is_known = False
    made_by = "itself"
    page = issue_page = endpoint = ""
    options = ICommonOptions
    manage_own = manage_all = MANAGE_ALL_SERVICE_KEYS
    texts: Any = CommonTexts(
        name=_("Unknown kind"),
        name_of_all=_("Unknown kind"),
        ended=_(
            "The add-on that knows this kind of credential is gone: you may only"
            " revoke it."
        ),
    )

    def __init__(self, name: str) -> None:
        self.name = name
