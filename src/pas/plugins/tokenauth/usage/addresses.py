"""From where credentials are used: owners learn of a place that is new."""

from ..core.clock import DAY
from ..core.ipranges import neighbourhood_of
from ..events import NewAddressEvent
from ..storage.interfaces import ICredential
from ..storage.usagelog import UsageEntry
from typing import Any


#: More places than that, and nobody knows them.
_MAX_NETWORKS = 100


def new_address(
    settings: Any, credential: ICredential, entry: UsageEntry
) -> NewAddressEvent | None:
    """Note from where a credential is used; what to tell its owner, if anything.

    Networks are forgotten as entries of the usage log are, and the newest stays. The
    very first use is none from a new place, and the owner is told once a day at most.
    """
    network = neighbourhood_of(entry.address)
    known = credential.networks
    if not network or entry.time < known.get(network, float("-inf")) + DAY:
        return None
    if not settings.tell_of_new_addresses:
        return None
    is_new = _note(settings, credential, network, entry.time)
    if not is_new or entry.time < credential.told_of_address_at + DAY:
        return None
    credential.told_of_address_at = entry.time
    return NewAddressEvent(
        credential_id=credential.credential_id,
        owner=credential.owner,
        address=entry.address,
        user_agent=entry.user_agent,
        used_at=entry.time,
    )


def _note(settings: Any, credential: ICredential, network: str, now: float) -> bool:
    """Note a network, and say whether it is another than those before."""
    since = now - settings.usage_log_retention * DAY
    by_time = sorted(credential.networks.items(), key=lambda item: item[1])
    kept = dict([each for each in by_time[:-1] if each[1] >= since] + by_time[-1:])
    is_new = bool(kept) and network not in kept
    kept[network] = now
    newest = sorted(kept.items(), key=lambda item: item[1])[-_MAX_NETWORKS:]
    credential.networks = dict(newest)
    return is_new
