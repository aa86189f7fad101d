"""Credentials that exist, of any kind: look at, change, revoke."""

from ..permissions import MANAGE_ALL_SERVICE_KEYS
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.requester import Requester
from ..site.requester import require_permission
from ..storage.interfaces import ICredential
from ..storage.usagelog import UsageEntry
from .errors import AlreadyEnded
from .errors import NotYours
from .kinds import CredentialKind
from .kinds import kind_of
from .maintenance import forget_ended
from .options import accepted_options
from .options import check_scopes
from .options import check_switches
from .options import check_tighter
from .options import Options
from .options import options_of
from .policies import check_number
from .rights import is_own
from .rights import may_see
from .rights import may_widen
from .rights import require_any_right
from collections.abc import Iterable
from collections.abc import Sequence
from zope.event import notify

import transaction


#: The description of a transaction has a limited length.
_NAMED_IN_NOTE = 20


def own_credentials(
    site: SiteContext, requester: Requester, kind: CredentialKind
) -> list[ICredential]:
    """Those of the requester, the newest first.

    :raises NotASiteUser: for a user of the Zope root, whose id a user here may share
    :raises NotAllowed: without the permission to have any
    """
    requester.require(kind.manage_own)
    owned = site.storage.kinds[kind.name].owned_by(requester.user_id)
    credentials = [each for each in owned if each.orphaned_at is None]
    return sorted(credentials, key=lambda each: each.issued_at, reverse=True)


def own_credential(
    site: SiteContext, requester: Requester, credential_id: str, kind: CredentialKind
) -> ICredential:
    """One of the requester.

    :raises NotYours: when it is not theirs or does not exist
    """
    requester.require(kind.manage_own)
    credential = site.storage.kinds[kind.name].get(credential_id)
    if credential is None or not is_own(requester, credential):
        raise NotYours()
    return credential


def credential_of(
    site: SiteContext,
    requester: Requester,
    credential_id: str,
    kind: CredentialKind | None = None,
) -> ICredential:
    """One of the requester, or of anybody for an administrator.

    :param kind: which kind it must be; None for any
    :raises NotYours: when it does not exist, or the requester may not see it
    :raises NotAllowed: without any right to credentials of this kind
    """
    requester.require_person()
    if kind is not None:
        require_any_right(requester, kind)
    credential = site.storage.credential(credential_id)
    if credential is None or not may_see(requester, credential):
        raise NotYours()
    if kind not in (None, kind_of(credential)):
        raise NotYours()
    return credential


def changeable_credential(
    site: SiteContext,
    requester: Requester,
    credential_id: str,
    kind: CredentialKind | None = None,
) -> ICredential:
    """Such a credential that can still be changed.

    :raises NotAllowed: when the requester may not see it, or it has ended
    """
    credential = credential_of(site, requester, credential_id, kind)
    if credential.has_ended:
        raise AlreadyEnded(kind_of(credential))
    return credential


def change_credential(
    site: SiteContext,
    requester: Requester,
    credential_id: str,
    options: Options,
    now: float,
    made_at: float | None = None,
) -> bool:
    """Change options; in force at once.

    :param options: of the class that this kind of credential has
    :param made_at: when the secret is made that it is to have; None for the present
    :returns: whether anything is different now
    :raises NotAllowed: when the requester may not see it, or it has ended, or there is
        no room for it to live again
    :raises InvalidInput: when a value is not acceptable, or not from this requester;
        nothing is changed
    """
    credential = changeable_credential(site, requester, credential_id)
    kind = kind_of(credential)
    before = options_of(credential)
    if made_at is None:
        made_at = credential.secret_made_at
    accepted = accepted_options(site, kind, options, now, made_at, before)
    if not may_widen(requester, credential):
        check_tighter(kind, accepted, before)
    check_switches(site, requester, credential.owner, accepted, before)
    check_scopes(site, requester, credential.owner, accepted, before)
    if accepted == before:
        return False
    if accepted.expires_at != before.expires_at:
        check_may_live(site, credential, now)
    for name, value in vars(accepted).items():
        setattr(credential, name, value)
    note("change", [credential], requester)
    notify(kind.changed(credential_id, credential.owner, requester.name))
    return True


def revoke_credentials(
    site: SiteContext,
    requester: Requester,
    credential_ids: Iterable[str],
    now: float,
    kind: CredentialKind | None = None,
) -> int:
    """Revoke credentials: all of them, or none if the requester may not revoke one.

    :param kind: which kind they must be; None for any
    :returns: how many were not revoked before
    :raises NotAllowed: when the requester may not see one of them
    """
    named = dict.fromkeys(credential_ids)
    credentials = [credential_of(site, requester, each, kind) for each in named]
    return _revoke(site, requester, credentials, now)


def issued_before(
    site: SiteContext,
    requester: Requester,
    when: float,
    kind: CredentialKind | None = None,
) -> list[ICredential]:
    """Everything of the site that was issued before a time and is not revoked.

    :param kind: None for any
    :raises NotAllowed: when the requester is no administrator of credentials
    """
    require_permission(requester, MANAGE_ALL_SERVICE_KEYS)
    return [
        each
        for name, credentials in site.storage.kinds.items()
        if kind is None or name == kind.name
        for each in credentials.all()
        if each.issued_at < when and each.revoked_at is None
    ]


def revoke_issued_before(
    site: SiteContext,
    requester: Requester,
    when: float,
    now: float,
    kind: CredentialKind | None = None,
) -> int:
    """Revoke every credential of the site that was issued before a time.

    It is what to do after a backup was restored, which brings revoked ones back.

    :param kind: None for any
    :returns: how many were not revoked before
    :raises NotAllowed: when the requester is no administrator of credentials
    """
    return _revoke(site, requester, issued_before(site, requester, when, kind), now)


def named_credential(
    site: SiteContext, kind: CredentialKind, owner: str, name: str, now: float
) -> ICredential | None:
    """The live one of a user that has a name, or None."""
    for credential in site.storage.kinds[kind.name].owned_by(owner):
        if credential.name == name and credential.is_live(now):
            return credential
    return None


def check_name_is_free(
    site: SiteContext, kind: CredentialKind, owner: str, name: str, now: float
) -> None:
    """Refuse a name that a live one of the owner has.

    :raises InvalidInput: for such a name
    """
    if name and named_credential(site, kind, owner, name, now) is not None:
        raise InvalidInput("name", kind.name_taken)


def check_may_live(site: SiteContext, credential: ICredential, now: float) -> None:
    """Refuse to let an expired one live again where others have taken its place.

    :raises TooManyCredentials: when its owner has as many as the site allows
    :raises InvalidInput: when another live one has its name
    """
    if not credential.is_live(now):
        kind, owner = kind_of(credential), credential.owner
        check_number(site, kind, owner, now)
        check_name_is_free(site, kind, owner, credential.name, now)


def last_use(site: SiteContext, credential: ICredential) -> UsageEntry | None:
    """The newest entry of the usage log, or None if it was never used."""
    return site.storage.usage_log.newest(credential.credential_id)


def note(what: str, credentials: Sequence[ICredential], requester: Requester) -> None:
    """Leave a trace in the transaction's metadata, which the undo log shows."""
    ids = ", ".join(each.credential_id for each in credentials[:_NAMED_IN_NOTE])
    count = len(credentials)
    more = f" and {count} in all" if count > _NAMED_IN_NOTE else ""
    transaction.get().note(f"tokenauth: {what} {ids}{more} by {requester.name}")


def _revoke(
    site: SiteContext,
    requester: Requester,
    credentials: Iterable[ICredential],
    now: float,
) -> int:
    live = [each for each in credentials if each.revoked_at is None]
    for credential in live:
        kind, credential_id = kind_of(credential), credential.credential_id
        site.storage.kinds[kind.name].mark_revoked(credential_id, requester.name, now)
        notify(kind.revoked(credential_id, credential.owner, requester.name))
    if live:
        note("revoke", live, requester)
    forget_ended(site, now)
    return len(live)
