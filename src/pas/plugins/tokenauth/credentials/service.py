"""Credentials that exist, of any kind: look at, change, revoke."""

from ..events import ChangedEvent
from ..events import IssuedEvent
from ..events import RevokedEvent
from ..i18n import _
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import NotAllowed
from ..site.requester import Operator
from ..site.requester import Requester
from ..storage.interfaces import ICredential
from ..storage.usagelog import UsageEntry
from .errors import AlreadyEnded
from .errors import NotYours
from .interfaces import ICredentialKind
from .kinds import credentials_of
from .kinds import kind_of
from .maintenance import forget_ended
from .options import accepted_options
from .options import Decision
from .options import options_of
from .policies import check_number
from .rights import is_own
from .rights import managed_kinds
from .rights import may_revoke
from .rights import may_see
from .rights import may_widen
from .search import made_with
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from zope.event import notify

import transaction


#: Who ends a token and says nothing more, for the records.
HOLDER = "holder of the token"
#: The description of a transaction has a limited length.
_NAMED_IN_NOTE = 20


def own_credential(
    site: SiteContext, requester: Requester, credential_id: str, kind: ICredentialKind
) -> ICredential:
    """One of the requester.

    :raises NotYours: when it is not theirs or does not exist
    """
    requester.require(kind.manage_own)
    credential = credentials_of(site.storage, kind).get(credential_id)
    if credential is None or not is_own(requester, credential):
        raise NotYours()
    return credential


def credential_of(
    site: SiteContext,
    requester: Requester,
    credential_id: str,
    kind: ICredentialKind | None = None,
) -> ICredential:
    """One of the requester, or of anybody for an administrator.

    :param kind: which kind it must be; None for any
    :raises NotYours: when it does not exist, or the requester may not see it
    """
    requester.require_person()
    credential = site.storage.credential(credential_id)
    if credential is None or not may_see(requester, credential):
        raise NotYours()
    if kind not in (None, kind_of(credential)):
        raise NotYours()
    return credential


def credentials_named(
    site: SiteContext,
    requester: Requester,
    credential_ids: Iterable[str],
    kind: ICredentialKind | None = None,
) -> list[ICredential]:
    """Each of several once, as :func:`credential_of` finds it.

    :raises NotYours: when one does not exist, or the requester may not see it
    """
    named = dict.fromkeys(credential_ids)
    return [credential_of(site, requester, each, kind) for each in named]


def check_changeable(credential: ICredential) -> None:
    """Refuse to change a credential that stays as it is.

    :raises AlreadyEnded: for such a credential
    """
    kind = kind_of(credential)
    if credential.has_ended or not kind.is_known:
        raise AlreadyEnded(kind)


def change_credential(
    site: SiteContext,
    requester: Requester,
    credential: ICredential,
    options: Mapping[str, Any],
    now: float,
    made_at: float | None = None,
) -> bool:
    """Change options of a credential; in force at once.

    :param credential: as :func:`credential_of` or :func:`own_credential` has found it
        for this requester
    :param options: new values by name; those that are left out stay
    :param made_at: when the secret is made that it is to have; None for the present
    :returns: whether anything is different now
    :raises NotAllowed: when it has ended, or there is no room for it to live again
    :raises InvalidInput: for everything that is not acceptable, or not from this
        requester; nothing is changed
    """
    check_changeable(credential)
    kind = kind_of(credential)
    before = options_of(kind, credential)
    decision = Decision(
        site=site,
        requester=requester,
        kind=kind,
        owner=credential.owner,
        now=now,
        made_at=credential.secret_made_at if made_at is None else made_at,
        before=before,
        may_widen=may_widen(requester, credential),
    )
    accepted = accepted_options(decision, options)
    if accepted == before:
        return False
    if accepted["expires_at"] != before["expires_at"]:
        check_may_live(site, credential, now)
    for name, value in accepted.items():
        setattr(credential, name, value)
    note("change", [credential], requester)
    announce(ChangedEvent, credential, requester)
    return True


def revoke_credentials(
    site: SiteContext,
    requester: Requester,
    credential_ids: Iterable[str],
    now: float,
    kind: ICredentialKind | None = None,
    with_made: bool = False,
) -> int:
    """Revoke credentials: all of them, or none if the requester may not revoke one.

    :param kind: which kind they must be; None for any
    :param with_made: whether to revoke also what programs had issued with them, as far
        as the requester may
    :returns: how many were not revoked before
    :raises NotAllowed: when the requester may not see or end one of them
    """
    credentials = credentials_named(site, requester, credential_ids, kind)
    for credential in credentials:
        if not may_revoke(requester, credential):
            raise NotAllowed(
                _(
                    "You may not end what ${user} has disabled.",
                    mapping={"user": credential.withheld_by or credential.disabled_by},
                )
            )
    if with_made:
        credentials += revocable_made_with(site, requester, credentials, now)
    return revoke_found(site, requester, credentials, now)


def revocable_made_with(
    site: SiteContext,
    requester: Requester,
    credentials: Sequence[ICredential],
    now: float,
) -> list[ICredential]:
    """What programs had issued with these, beside these, and the requester may end."""
    return [
        each
        for each in made_with(site, credentials, now)
        if each not in credentials
        and may_see(requester, each)
        and may_revoke(requester, each)
    ]


def revoke_by_holder(
    site: SiteContext, credential: ICredential, now: float, with_made: bool
) -> None:
    """Revoke a credential for who holds its secret.

    :param with_made: whether to revoke also what programs had issued with it
    """
    made = made_with(site, [credential], now) if with_made else []
    revoke_found(site, Operator(HOLDER), [credential, *made], now)


def issued_before(
    site: SiteContext,
    requester: Requester,
    when: float,
    kind: ICredentialKind | None = None,
) -> list[ICredential]:
    """Everything of the site that was issued before a time and is not revoked.

    :param kind: None for any
    :raises NotAllowed: when the requester is no administrator of credentials
    """
    return [
        credential
        for each in managed_kinds(site, requester, kind)
        for credential in credentials_of(site.storage, each).all()
        if credential.issued_at < when and credential.revoked_at is None
    ]


def revoke_issued_before(
    site: SiteContext,
    requester: Requester,
    when: float,
    now: float,
    kind: ICredentialKind | None = None,
) -> int:
    """Revoke every credential of the site that was issued before a time.

    It is what to do after a backup was restored, which brings revoked ones back.

    :param kind: None for any
    :returns: how many were not revoked before
    :raises NotAllowed: when the requester is no administrator of credentials
    """
    return revoke_found(
        site, requester, issued_before(site, requester, when, kind), now
    )


def named_credential(
    site: SiteContext, kind: ICredentialKind, owner: str, name: str, now: float
) -> ICredential | None:
    """The one of a user that has a name and has not ended, or None."""
    for credential in credentials_of(site.storage, kind).owned_by(owner):
        if credential.name == name and credential.is_current(now):
            return credential
    return None


def check_name_is_free(
    site: SiteContext, kind: ICredentialKind, owner: str, name: str, now: float
) -> None:
    """Refuse a name that one of the owner has which has not ended.

    :raises InvalidInput: for such a name
    """
    if name and named_credential(site, kind, owner, name, now) is not None:
        raise InvalidInput("name", kind.texts.name_taken)


def check_may_live(site: SiteContext, credential: ICredential, now: float) -> None:
    """Refuse to let an expired one live again where others have taken its place.

    :raises TooManyCredentials: when its owner has as many as the site allows
    :raises InvalidInput: when another live one has its name
    """
    if not credential.is_current(now):
        kind, owner = kind_of(credential), credential.owner
        check_number(site, kind, owner, now)
        check_name_is_free(site, kind, owner, credential.name, now)


def last_use(site: SiteContext, credential: ICredential) -> UsageEntry | None:
    """The newest entry of the usage log, or None if it was never used."""
    return site.storage["usage_log"].newest(credential.credential_id)


def note(what: str, credentials: Sequence[ICredential], requester: Requester) -> None:
    """Leave a trace in the transaction's metadata, which the undo log shows."""
    ids = ", ".join(each.credential_id for each in credentials[:_NAMED_IN_NOTE])
    count = len(credentials)
    more = f" and {count} in all" if count > _NAMED_IN_NOTE else ""
    transaction.get().note(f"tokenauth: {what} {ids}{more} by {requester.name}")


def announce(
    event: type[ChangedEvent | IssuedEvent | RevokedEvent],
    credential: ICredential,
    requester: Requester,
    **more: Any,
) -> None:
    """Tell subscribers what happened to a credential.

    :param more: new_secret and details, see ICredentialEvent
    """
    notify(
        event(
            kind=credential.kind,
            credential_id=credential.credential_id,
            owner=credential.owner,
            requester=requester.name,
            **more,
        )
    )


def revoke_found(
    site: SiteContext,
    requester: Requester,
    credentials: Iterable[ICredential],
    now: float,
) -> int:
    """Revoke credentials that somebody may revoke, and count those that were not."""
    live = [each for each in credentials if each.revoked_at is None]
    for credential in live:
        store = site.storage[credential.kind]
        store.mark_revoked(credential.credential_id, requester.name, now)
        announce(RevokedEvent, credential, requester)
    if live:
        note("revoke", live, requester)
    forget_ended(site, now)
    return len(live)
