"""The kind *consumer*: a site with django-simple-sso, which has a private key of ours.

Its public key, which names it, is the id.
"""

from ..credentials.interfaces import IMaterial
from ..credentials.kind import Issued
from ..credentials.kind import SiteKind
from ..credentials.rotation import rotated
from ..credentials.serializers import serialize_secret
from ..i18n import _
from ..sealing.sharedsecrets import check_can_share
from ..sealing.sharedsecrets import make_shared_secret
from ..site.context import SiteContext
from ..site.errors import NoIssuer
from ..site.errors import NotAllowed
from ..storage.simplesso import SimpleSSOConsumer
from .interfaces import ISimpleSSOOptions
from .settings import is_enabled
from .texts import TEXTS
from typing import Any

import json


#: The view below which everything is.
VIEW = "simple-sso"


class IssuedConsumer(Issued):
    """A consumer, with a copy of its fresh private key."""


class ConsumerKind(SiteKind):
    """See ICredentialKind."""

    stored = SimpleSSOConsumer
    name = SimpleSSOConsumer.kind
    order = 52
    options = ISimpleSSOOptions
    rotation = IMaterial
    secret_fields = ("secrets",)
    issue_page = "tokenauth-controlpanel-register-simple-sso"
    endpoint = "@simple-sso-consumers"
    id_member = "public_key"
    id_prefix = "sso-"
    texts = TEXTS

    def check_ready(self, site: SiteContext) -> None:
        if not is_enabled(site):
            raise NotAllowed(_("django-simple-sso is switched off in this site."))
        if not site.pages_url:
            raise NoIssuer()
        check_can_share(site)

    def renew(
        self,
        site: SiteContext,
        credential: SimpleSSOConsumer,
        prepared: Any,
        ends_at: float,
        now: float,
    ) -> IssuedConsumer:
        public_key = credential.credential_id
        made, secret = make_shared_secret(site, self.name, public_key, now)
        credential.secrets = rotated(credential.secrets, made, ends_at, now)
        members: dict[str, str] = {
            "private_key": secret,
            "server_url": server_url(site),
        }
        return IssuedConsumer(
            credential=credential,
            members=members,
            text=json.dumps({"public_key": public_key, **members}, indent=2),
            secret=secret,
        )

    def details(self, credential: SimpleSSOConsumer) -> dict[str, Any]:
        return {
            "private_keys": [serialize_secret(each) for each in credential.secrets],
        }


SIMPLE_SSO_CONSUMER = ConsumerKind()


def server_url(site: SiteContext) -> str:
    """What clients are configured with."""
    return f"{site.page_url(VIEW)}/"
