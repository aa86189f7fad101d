"""Sealing for a site."""

from ..site.context import SiteAdapter
from ..site.context import SiteContext
from ..storage.siteidentity import SiteIdentity
from .configuration import key_ring
from .configuration import SealingOff
from .interfaces import ISealedValues
from .interfaces import ISealer
from .keyring import KeyRing
from zope.component import getAdapters
from zope.component import queryAdapter
from zope.interface import implementer

import secrets


STORE = "site_identity"
_IDENTITY_LENGTH = 16


def make_identity() -> SiteIdentity:
    """The random identity of a site that is just being made."""
    return SiteIdentity(secrets.token_bytes(_IDENTITY_LENGTH))


class OtherSealingKey(SealingOff):
    """The key is not the one by which the secrets of this site are sealed."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"the sealing key is not that of this site: it does not open {number}"
            " secrets that are kept"
        )


@implementer(ISealer)
class Sealer(SiteAdapter):
    """See ISealer.

    A site is known by a random identity, not by its issuer, which may change.
    """

    def seal(self, purpose: str, id: str, data: bytes) -> bytes:
        ring = key_ring()
        if queryAdapter(self._site, ISealedValues, purpose) is not None:
            # What is kept opens with one key, wherever Zope runs; what is not kept is
            # sealed again when it does not open.
            check_is_known(self._site, ring)
        return ring.seal(associated(self._site, purpose, id), data)

    def open(self, purpose: str, id: str, sealed: bytes) -> bytes:
        return key_ring().open(associated(self._site, purpose, id), sealed)


def sealer_of(site: SiteContext) -> ISealer:
    """What seals for a site.

    :raises SealingOff: where the configuration leaves it out
    """
    sealer: ISealer | None = ISealer(site, None)
    if sealer is None:
        raise SealingOff("sealing is not registered")
    return sealer


def reseal(site: SiteContext) -> int:
    """Seal again with the newest key what an older one has sealed.

    Afterwards the older ones can go.

    :returns: how many values that were
    :raises CannotOpen: when one was sealed by a key that is gone
    :raises SealingOff: when there is no usable key
    """
    ring = key_ring()
    count = 0
    for purpose, values in getAdapters((site,), ISealedValues):
        for id, sealed in values():
            if not ring.is_sealed_by_newest(sealed):
                bound = associated(site, purpose, id)
                values.replace(id, ring.seal(bound, ring.open(bound, sealed)))
                count += 1
    return count


def unopened(site: SiteContext, ring: KeyRing) -> int:
    """How many sealed values of the site no key of the ring has sealed."""
    return len(_unopened(site, ring))


def check_is_known(site: SiteContext, ring: KeyRing) -> None:
    """Refuse to seal by a ring that does not open what is sealed already.

    :raises OtherSealingKey: for such a ring
    """
    if number := unopened(site, ring):
        raise OtherSealingKey(number)


def forget_unopened(site: SiteContext) -> int:
    """Forget what no key of the ring has sealed: its key is lost, and so is this.

    :returns: how many values that were
    :raises SealingOff: when there is no usable key
    """
    lost = _unopened(site, key_ring())
    for values, id in lost:
        values.forget(id)
    return len(lost)


def _unopened(site: SiteContext, ring: KeyRing) -> list[tuple[ISealedValues, str]]:
    """The values that no key of the ring has sealed: who keeps each, and its id."""
    return [
        (values, id)
        for _, values in getAdapters((site,), ISealedValues)
        for id, sealed in values()
        if not ring.knows(sealed)
    ]


def associated(site: SiteContext, purpose: str, id: str) -> bytes:
    """What binds a sealed value: the site, the purpose and the id.

    :raises ValueError: for a zero character, which separates them
    """
    if "\0" in purpose or "\0" in id:
        raise ValueError("A purpose and an id hold no zero character.")
    identity: bytes = site.storage[STORE].identity
    return identity + f"{purpose}\0{id}".encode()
