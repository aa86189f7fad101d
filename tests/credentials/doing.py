"""What a page or service does with a credential of a known id: find it, then act.

And what is said where it cannot be made.
"""

from collections.abc import Callable
from collections.abc import Mapping
from pas.plugins.tokenauth.credentials import service
from pas.plugins.tokenauth.credentials.kinds import kind_of
from pas.plugins.tokenauth.credentials.options import options_of
from pas.plugins.tokenauth.credentials.service import credential_of
from pas.plugins.tokenauth.servicekeys.kind import IssuedServiceKey
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.site.context import SiteContext
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.requester import Requester
from typing import Any
from zope.i18n import translate

import pytest


def change_credential(
    site: SiteContext,
    requester: Requester,
    credential_id: str,
    options: Mapping[str, Any],
    now: float,
) -> bool:
    """Change the options of a credential."""
    credential = credential_of(site, requester, credential_id)
    return service.change_credential(site, requester, credential, options, now)


def rotate_service_key(
    site: SiteContext,
    requester: Requester,
    client_id: str,
    now: float,
    overlap: float,
    material: Mapping[str, Any] | None = None,
    **options: Any,
) -> IssuedServiceKey:
    """Give a service key another key pair."""
    key: Any = credential_of(site, requester, client_id, SERVICE_KEY)
    return SERVICE_KEY.rotate(
        site, requester, key, now, overlap, material=material, options=options
    )


def decided(credential: Any) -> dict[str, Any]:
    """The present options of a credential."""
    return options_of(kind_of(credential), credential)


def refused(register: Callable[..., Any], **given: Any) -> dict[str, str]:
    """What is said about each option that cannot be used."""
    with pytest.raises(InvalidInput) as caught:
        register(**given)
    return {each.field: translate(each.message) for each in caught.value.all}
