"""The kind *partner*: it belongs to the site, which shares a secret with it."""

from ..core.redirects import check_redirect_uri
from ..core.redirects import is_within_registered
from ..core.redirects import RedirectRefused
from ..credentials.interfaces import IMaterial
from ..credentials.kind import Issued
from ..credentials.kind import SiteKind
from ..credentials.messages import redirect_message
from ..credentials.options import Decision
from ..credentials.rotation import rotated
from ..credentials.serializers import serialize_secret
from ..i18n import _
from ..permissions import ISSUE_KEYS_FOR_OTHERS
from ..sealing.sharedsecrets import check_can_share
from ..sealing.sharedsecrets import make_shared_secret
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import NoIssuer
from ..site.errors import NotAllowed
from ..site.errors import Problems
from ..storage.partners import Partner
from .fields import LOGIN
from .fields import OUTGOING
from .interfaces import IPartnerOptions
from .protocol import is_name
from .settings import is_enabled
from .texts import TEXTS
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

import json


#: Name of the view where partners log people in; the id of the partner follows.
LOGIN_VIEW = "partner-login"


class IssuedPartner(Issued):
    """A partner, with a copy of its fresh secret."""


class PartnerKind(SiteKind):
    """See ICredentialKind."""

    stored = Partner
    name = Partner.kind
    order = 40
    options = IPartnerOptions
    # It can be anybody, as who issues keys for others can.
    manage_own = ISSUE_KEYS_FOR_OTHERS
    rotation = IMaterial
    secret_fields = ("secrets",)
    issue_page = "tokenauth-controlpanel-register-partner"
    endpoint = "@partners"
    id_member = "partner_id"
    id_prefix = "partner-"
    texts = TEXTS

    def check_ready(self, site: SiteContext) -> None:
        if not is_enabled(site):
            raise NotAllowed(_("Partners are switched off in this site."))
        if not site.issuer:
            raise NoIssuer()
        check_can_share(site)

    def renew(
        self,
        site: SiteContext,
        credential: Partner,
        prepared: Any,
        ends_at: float,
        now: float,
    ) -> IssuedPartner:
        partner_id = credential.credential_id
        made, secret = make_shared_secret(site, self.name, partner_id, now)
        credential.secrets = rotated(credential.secrets, made, ends_at, now)
        members: dict[str, str] = {"secret": secret, "algorithm": credential.algorithm}
        if credential.purpose == LOGIN:
            members["url"] = login_url(site, credential)
        return IssuedPartner(
            credential=credential,
            members=members,
            text=json.dumps({"partner_id": partner_id, **members}, indent=2),
            secret=secret,
        )

    def check_options(self, decision: Decision, accepted: Mapping[str, Any]) -> None:
        Problems(_contradictions(decision, accepted)).check()

    def details(self, credential: Partner) -> dict[str, Any]:
        return {
            "secrets": [serialize_secret(each) for each in credential.secrets],
        }


PARTNER = PartnerKind()


def login_url(site: SiteContext, partner: Partner) -> str:
    """Where the partner sends people."""
    return f"{site.page_url(LOGIN_VIEW)}/{partner.credential_id}"


def _contradictions(
    decision: Decision, accepted: Mapping[str, Any]
) -> Iterator[InvalidInput]:
    """What does not go together; an option that cannot be used is not there."""
    purpose = accepted.get("purpose", "")
    if decision.before.get("purpose", purpose) != purpose:
        yield InvalidInput(
            "purpose", _("This cannot be changed: register another partner.")
        )
    for name in accepted.get("extras", ()):
        if not is_name(name):
            yield InvalidInput(
                "extras",
                _("“${name}” cannot be the name of an extra.", mapping={"name": name}),
            )
            break
    base = decision.site.pages_url
    landing = accepted.get("landing", "")
    if landing and not is_within_registered([f"{base}/"], f"{base}{landing}"):
        yield InvalidInput(
            "landing", _("This must be a path below the site, like /members.")
        )
    yield from _misplaced(purpose, accepted)
    urls = accepted.get("urls", ())
    if purpose == OUTGOING and "urls" in accepted and not urls:
        yield InvalidInput("urls", _("Please say where signed URLs may lead."))
    for uri in urls:
        try:
            check_redirect_uri(uri)
        except RedirectRefused as refused:
            yield InvalidInput("urls", redirect_message(uri, refused))
            break


def _misplaced(purpose: str, accepted: Mapping[str, Any]) -> Iterator[InvalidInput]:
    """Options that mean nothing for the purpose."""
    if purpose != LOGIN:
        for name in ("users", "groups", "creates_users", "landing"):
            if accepted.get(name):
                yield InvalidInput(
                    name, _("This is only for a partner that logs people in.")
                )
    if purpose != OUTGOING and accepted.get("urls"):
        yield InvalidInput(
            "urls", _("This is only for a partner that the site signs URLs for.")
        )
