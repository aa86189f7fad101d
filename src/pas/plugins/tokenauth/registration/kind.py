"""The kind *registration*: an application that has registered itself."""

from ..credentials.fields import Expiry
from ..credentials.fields import IPRanges
from ..credentials.fields import Scopes
from ..credentials.fields import Title
from ..credentials.interfaces import IOptions
from ..credentials.kind import SiteKind
from ..credentials.options import Decision
from ..i18n import _
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import NotAllowed
from ..site.requester import Requester
from ..storage.registrations import Registration
from .texts import TEXTS
from collections.abc import Mapping
from typing import Any


_RANGES = _(
    "Where the application's requests for tokens come from: addresses and networks,"
    " separated by commas. Leave it empty for anywhere."
)


class ScopesOfAll(Scopes):
    """Scopes that follow a setting, and are not changed for one."""


class IRegistrationOptions(IOptions):
    """The options of one, which only administrators change."""

    title = Title(description=_("What the application calls itself."))
    ip_ranges = IPRanges(description=_RANGES, required_description=_RANGES)
    expires_at = Expiry(
        description=_("The application and its tokens stop working then."),
        never_warning=_("Revoke the application when nobody uses it any more."),
        preferred_days=None,
    )
    scopes = ScopesOfAll(
        title=_("What the application may do at most"),
        description=_(
            "The settings say what self-registered applications may do at most."
        ),
    )


class MadeByItself(NotAllowed):
    """Nobody registers one for it."""

    def __init__(self) -> None:
        super().__init__(_("Such an application registers itself."))


class RegistrationKind(SiteKind):
    """See ICredentialKind."""

    name = Registration.kind
    order = 35
    made_by = "itself"
    options = IRegistrationOptions
    is_for_applications = True
    endpoint = "@registrations"
    id_member = "registration_id"
    id_prefix = "reg-"
    texts = TEXTS

    def check_may_issue(
        self, site: SiteContext, requester: Requester, now: float, owner: str = ""
    ) -> None:
        raise MadeByItself()

    def check_options(self, decision: Decision, accepted: Mapping[str, Any]) -> None:
        before = decision.before.get("scopes")
        if accepted.get("scopes", before) != before:
            raise InvalidInput(
                "scopes",
                _("The settings say what self-registered applications may do at most."),
            )

    def details(self, credential: Registration) -> dict[str, Any]:
        return {
            "client_id": credential.client_id,
            "hosts": list(credential.hosts),
            "redirect_uris": list(credential.redirect_uris),
            "address": credential.address,
        }


REGISTRATION_KIND = RegistrationKind()
