"""Disabling credentials for a time, and enabling them again."""

from ..events import ChangedEvent
from ..i18n import _
from ..site.context import SiteContext
from ..site.errors import NotAllowed
from ..site.requester import Requester
from ..storage.interfaces import ICredential
from .interfaces import ICredentialKind
from .kinds import kind_of
from .rights import may_widen
from .service import announce
from .service import check_changeable
from .service import credentials_named
from .service import note
from collections.abc import Iterable


def may_enable(requester: Requester, credential: ICredential) -> bool:
    """Whether the requester may enable a disabled credential that they may see.

    What somebody has disabled they may enable. What an administrator has disabled, no
    owner enables without one; and what the owner has disabled, nobody does who may not
    let the program do more. Where both have, both hold.
    """
    administers = requester.may(kind_of(credential).manage_all)
    if credential.withheld_by and not administers:
        return False
    if credential.disabled_by == requester.name:
        return True
    if credential.disabled_by == credential.owner:
        return may_widen(requester, credential)
    return administers


def disable_credentials(
    site: SiteContext,
    requester: Requester,
    credential_ids: Iterable[str],
    now: float,
    kind: ICredentialKind | None = None,
) -> int:
    """Disable credentials at once, with their tokens: all of them, or none.

    What its owner has disabled, an administrator withholds by it.

    :param kind: which kind they must be; None for any
    :returns: how many were enabled before, or are withheld from now on
    :raises NotAllowed: when the requester may not see one of them, or it has ended
    """
    found = _changeable(site, requester, credential_ids, kind)
    enabled = [each for each in found if each.disabled_at is None]
    of_owners = [
        each
        for each in found
        if each.disabled_at is not None
        and each.disabled_by == each.owner != requester.name
        and not each.withheld_by
    ]
    for credential in enabled:
        credential.disabled_at = now
        credential.disabled_by = requester.name
    for credential in of_owners:
        credential.withheld_by = requester.name
    _tell("disable", [*enabled, *of_owners], requester)
    return len(enabled) + len(of_owners)


def enable_credentials(
    site: SiteContext,
    requester: Requester,
    credential_ids: Iterable[str],
    kind: ICredentialKind | None = None,
) -> int:
    """Enable disabled credentials, with their tokens: all of them, or none.

    :param kind: which kind they must be; None for any
    :returns: how many were disabled before
    :raises NotAllowed: when the requester may not see or enable one of them, or it has
        ended
    """
    found = _changeable(site, requester, credential_ids, kind)
    disabled = [each for each in found if each.disabled_at is not None]
    for credential in disabled:
        if not may_enable(requester, credential):
            raise NotAllowed(
                _(
                    "You may not enable what ${user} has disabled.",
                    mapping={
                        "user": _keeper(requester, credential),
                    },
                )
            )
    for credential in disabled:
        credential.disabled_at = None
        credential.disabled_by = credential.withheld_by = ""
    _tell("enable", disabled, requester)
    return len(disabled)


def _keeper(requester: Requester, credential: ICredential) -> str:
    """Who, besides the requester, has disabled a credential."""
    if credential.withheld_by not in ("", requester.name):
        return credential.withheld_by
    return credential.disabled_by


def _changeable(
    site: SiteContext,
    requester: Requester,
    credential_ids: Iterable[str],
    kind: ICredentialKind | None,
) -> list[ICredential]:
    found = credentials_named(site, requester, credential_ids, kind)
    for credential in found:
        check_changeable(credential)
    return found


def _tell(action: str, credentials: list[ICredential], requester: Requester) -> None:
    if credentials:
        note(action, credentials, requester)
    for credential in credentials:
        announce(ChangedEvent, credential, requester, details={"action": action})
