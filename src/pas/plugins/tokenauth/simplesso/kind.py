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

    @property
    def secret(self) -> str:
        """The private key."""
        secret: str = self.members["private_key"]
        return secret


class ConsumerKind(SiteKind):
    """See ICredentialKind."""

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

    def make(
        self, site: SiteContext, prepared: Any, **attributes: Any
    ) -> IssuedConsumer:
        consumer = SimpleSSOConsumer(**attributes)
        made_at = attributes["issued_at"]
        return with_private_key(site, consumer, made_at, made_at)

    def renew(
        self,
        site: SiteContext,
        credential: SimpleSSOConsumer,
        prepared: Any,
        ends_at: float,
        now: float,
    ) -> IssuedConsumer:
        return with_private_key(site, credential, ends_at, now)

    def newest_secret(self, credential: SimpleSSOConsumer) -> dict[str, Any]:
        return {"kid": credential.secrets[-1].kid}

    def details(self, credential: SimpleSSOConsumer) -> dict[str, Any]:
        return {
            "private_keys": [serialize_secret(each) for each in credential.secrets],
        }


SIMPLE_SSO_CONSUMER = ConsumerKind()


def with_private_key(
    site: SiteContext, consumer: SimpleSSOConsumer, ends_at: float, now: float
) -> IssuedConsumer:
    """The consumer with a fresh private key.

    :param ends_at: when those before it end at the latest
    """
    made, secret = make_shared_secret(site, consumer.kind, consumer.credential_id, now)
    consumer.secrets = rotated(consumer.secrets, made, ends_at, now)
    members: dict[str, str] = {"private_key": secret, "server_url": server_url(site)}
    document = {"public_key": consumer.credential_id, **members}
    return IssuedConsumer(
        credential=consumer, members=members, text=json.dumps(document, indent=2)
    )


def server_url(site: SiteContext) -> str:
    """What clients are configured with."""
    return f"{site.page_url(VIEW)}/"
