"""The kind *CAS service*: a web site that may ask who somebody is; it has no secret."""

from ..credentials.kind import Issued
from ..credentials.kind import SiteKind
from ..credentials.options import normalized
from ..i18n import _
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import NoIssuer
from ..site.errors import NotAllowed
from ..site.fields import checked
from ..site.fields import member_of
from ..storage.cas import CASService
from .attributes import parse_attribute
from .fields import ReleasedAttributes
from .interfaces import ICASServiceOptions
from .settings import is_enabled
from .texts import TEXTS
from .urls import server_url
from typing import Any


class IssuedCASService(Issued):
    """A CAS service that was registered; nothing about it is secret."""


class CASServiceKind(SiteKind):
    """See ICredentialKind."""

    name = CASService.kind
    order = 50
    options = ICASServiceOptions
    issue_page = "tokenauth-controlpanel-register-cas-service"
    endpoint = "@cas-services"
    id_member = "service_id"
    id_prefix = "cas-"
    texts = TEXTS

    def check_ready(self, site: SiteContext) -> None:
        if not is_enabled(site):
            raise NotAllowed(_("The CAS server is switched off in this site."))
        if not site.pages_url:
            raise NoIssuer()

    def make(
        self, site: SiteContext, prepared: Any, **attributes: Any
    ) -> IssuedCASService:
        service = CASService(**attributes)
        url = server_url(site)
        return IssuedCASService(
            credential=service, members={"server_url": url}, text=url
        )


CAS_SERVICE = CASServiceKind()


@normalized.register
def _normalized_attributes(
    field: ReleasedAttributes, value: tuple[str, ...]
) -> tuple[str, ...]:
    """Each name once, as `name` or `name=source`."""
    lines = [line.strip() for line in value]
    checked(field, tuple(lines))
    found: dict[str, str] = {}
    for line in filter(None, lines):
        name, source = parse_attribute(line)
        if not name:
            raise InvalidInput(
                member_of(field),
                _(
                    "“${line}”: an attribute is a name of ASCII letters, digits, dots,"
                    " hyphens and underscores, like email, or displayName=fullname;"
                    " names that CAS itself uses, such as user, are taken.",
                    mapping={"line": line[:80]},
                ),
            )
        if name in found:
            raise InvalidInput(
                member_of(field),
                _("There is more than one ${name}.", mapping={"name": name}),
            )
        found[name] = name if source == name else f"{name}={source}"
    return tuple(found.values())
