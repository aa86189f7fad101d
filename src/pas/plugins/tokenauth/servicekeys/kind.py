"""The kind *service key*: a client identity with one to three public keys."""

from ..core.clock import DAY
from ..core.keys import KeyPair
from ..core.keys import PublicKey
from ..core.keys import RS256
from ..core.times import serialize_time
from ..credentials.kind import CredentialKind
from ..credentials.kind import Issued
from ..credentials.options import Decision
from ..credentials.rotation import rotated
from ..credentials.serializers import serialize_secret
from ..credentials.service import check_name_is_free
from ..i18n import _
from ..permissions import MANAGE_OWN_SERVICE_KEYS
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import NoIssuer
from ..site.errors import Problems
from ..storage.servicekeys import ServiceKey
from .interfaces import IKeyMaterial
from .interfaces import IServiceKeyMaterial
from .interfaces import IServiceKeyOptions
from .keyfile import google_keyfile
from .keyfile import keyfile
from .keymaterial import checked_material
from .keymaterial import new_key_pair
from .texts import TEXTS
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

import json
import re


NAME = re.compile(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?")


class IssuedServiceKey(Issued):
    """A fresh key pair of a service key, with the only copy of its private half."""

    @property
    def keyfile(self) -> dict[str, Any]:
        """The document for the client; without a private key, if only it has it."""
        return self.members["keyfile"]

    @property
    def google_keyfile(self) -> dict[str, Any] | None:
        """The same for google-auth; None for keys it cannot use."""
        return self.members.get("google_keyfile")

    @property
    def has_private_key(self) -> bool:
        """Whether there is anything to keep secret."""
        return "private_key" in self.keyfile


class ServiceKeyKind(CredentialKind):
    """See ICredentialKind."""

    name = ServiceKey.kind
    order = 10
    options = IServiceKeyOptions
    material = IServiceKeyMaterial
    manage_own = MANAGE_OWN_SERVICE_KEYS
    max_lifetime = "max_key_lifetime"
    max_per_user = "max_keys_per_user"
    password_setting = "service_keys_on_password_change"
    rotation = IKeyMaterial
    secret_fields = ("public_keys",)
    page = "manage-service-keys"
    endpoint = "@service-keys"
    id_member = "client_id"
    id_prefix = "svc-"
    texts = TEXTS

    def check_ready(self, site: SiteContext) -> None:
        # No grant could be addressed to the site.
        if not site.issuer:
            raise NoIssuer()

    def prepared(
        self,
        decision: Decision,
        material: Mapping[str, Any],
        options: Mapping[str, Any],
    ) -> tuple[str, PublicKey | str]:
        name = material.get("name", "")
        key = {each: material[each] for each in material if each != "name"}
        problems = Problems()
        with problems.collected():
            self.check_name(decision.site, decision.owner, name, decision.now)
        with problems.collected():
            checked = checked_material(decision.site, key, decision.now)
        problems.check()
        return name, checked

    def make(
        self, site: SiteContext, prepared: Any, **attributes: Any
    ) -> IssuedServiceKey:
        name, checked = prepared
        pair = new_key_pair(checked, attributes["issued_at"])
        service_key = ServiceKey(name=name, public_key=pair.public_key, **attributes)
        return issued_key_pair(site, service_key, pair)

    def checked_rotation(
        self,
        site: SiteContext,
        credential: ServiceKey,
        material: Mapping[str, Any],
        now: float,
    ) -> PublicKey | str:
        return checked_material(site, material, now)

    def renew(
        self,
        site: SiteContext,
        credential: ServiceKey,
        prepared: Any,
        ends_at: float,
        now: float,
    ) -> IssuedServiceKey:
        pair = new_key_pair(prepared, now)
        live = credential.live_public_keys(now)
        if pair.public_key.kid in {key.kid for key in live}:
            raise InvalidInput("public_key", _("The key has this public key already."))
        credential.public_keys = rotated(live, pair.public_key, ends_at, now)
        credential.kids_used_at = {
            key.kid: credential.kids_used_at[key.kid]
            for key in credential.public_keys
            if key.kid in credential.kids_used_at
        }
        return issued_key_pair(site, credential, pair)

    def newest_secret(self, credential: ServiceKey) -> dict[str, Any]:
        newest = credential.newest_public_key
        return {"kid": newest.kid, "algorithm": newest.algorithm}

    def id_source(
        self, decision: Decision, material: Mapping[str, Any], idempotency_key: str
    ) -> str:
        """With a name, the same for two that run at once.

        So one of them conflicts with the other, is repeated, and finds the key there.
        """
        name = material.get("name", "")
        if not name:
            return idempotency_key
        same = decision.site.storage["service_key"].owned_by(decision.owner)
        ended = sorted(key.client_id for key in same if key.name == name)
        return "\0".join([name, str(int(decision.now // DAY)), *ended])

    def check_name(self, site: SiteContext, owner: str, name: Any, now: float) -> None:
        """Refuse a name that programs cannot use, or that a live key of the owner has.

        :raises InvalidInput: for such a name
        """
        if isinstance(name, InvalidInput):
            raise name
        if name and not NAME.fullmatch(name):
            raise InvalidInput(
                "name",
                _(
                    "A name has up to 64 lowercase letters, digits, dots, hyphens and"
                    " underscores, and starts and ends with a letter or digit."
                ),
            )
        check_name_is_free(site, self, owner, name, now)

    def details(self, credential: ServiceKey) -> dict[str, Any]:
        keys = credential.public_keys
        return {
            "name": credential.name or None,
            "public_keys": [_document(credential, key) for key in keys],
        }

    def sentences(
        self, credential: ServiceKey, now: float, time: Callable[[float], str]
    ) -> Iterator[str]:
        for public_key in credential.live_public_keys(now):
            if public_key.expires_at is not None:
                end = time(public_key.expires_at)
                yield _(
                    "An earlier key pair works until ${time}.", mapping={"time": end}
                )


SERVICE_KEY = ServiceKeyKind()


def issued_key_pair(
    site: SiteContext, service_key: ServiceKey, pair: KeyPair
) -> IssuedServiceKey:
    """A key with a fresh key pair, and the documents for its program."""
    client_id, endpoint = service_key.client_id, site.token_endpoint
    document = keyfile(pair, client_id, service_key.owner, endpoint)
    members = {"keyfile": document}
    if pair.private_pem and pair.public_key.algorithm == RS256:
        members["google_keyfile"] = google_keyfile(pair, client_id, endpoint)
    return IssuedServiceKey(
        credential=service_key, members=members, text=json.dumps(document, indent=2)
    )


def _document(credential: ServiceKey, public_key: PublicKey) -> dict[str, Any]:
    return {
        **serialize_secret(public_key),
        "algorithm": public_key.algorithm,
        "last_used": serialize_time(credential.kids_used_at.get(public_key.kid)),
        "pem": public_key.pem,
    }
