"""Registering partners, and their own ska, for whatever tests need some."""

from collections.abc import Callable
from pas.plugins.tokenauth.partners.kind import IssuedPartner
from pas.plugins.tokenauth.partners.kind import PARTNER
from ska import signatures
from ska.shortcuts import sign_url
from typing import Any

import pytest


#: The classes of ska by the names of their hashes.
HASHES = {
    "sha1": signatures.HMACSHA1Signature,
    "sha256": signatures.HMACSHA256Signature,
    "sha384": signatures.HMACSHA384Signature,
    "sha512": signatures.HMACSHA512Signature,
}
Register = Callable[..., "Ska"]


class Ska:
    """A partner, with ska as it is."""

    def __init__(self, issued: IssuedPartner) -> None:
        self.partner = issued.credential
        self.id: str = issued.credential.credential_id
        self.secret = str(issued.secret)
        self.hash = HASHES[issued.credential.algorithm]
        self.url = issued.members.get("url", "")

    def sign(
        self, user: str = "jane", url: str = "", lifetime: int = 300, **extra: str
    ) -> str:
        """A URL, signed by the package itself."""
        return sign_url(
            auth_user=user,
            secret_key=self.secret,
            lifetime=lifetime,
            url=url or self.url,
            extra=extra,
            signature_cls=self.hash,
        )


@pytest.fixture
def register(site: Any, sealing_key: str) -> Register:
    """Registers a partner that logs people in, unless told otherwise."""
    site.plugin.partners_enabled = True
    site.commit()

    def register(by: Any = None, now: float = 0, **options: Any) -> Ska:
        site.sync()
        return Ska(site.make(PARTNER, by, now, **{"title": "Intranet", **options}))

    return register
