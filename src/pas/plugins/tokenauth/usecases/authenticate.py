"""Checks on every use of an access token. None of them may come from a cache."""

from ..access import Access
from ..core.errors import AccessRefused
from ..core.ipranges import contains
from ..core.tokens import digest as digest_of
from ..storage.interfaces import ICredential
from .impersonation import may_act_as
from .limits import may_manage_users
from .server import AuthorizationServer
from .users import SiteUser


def authenticate(
    server: AuthorizationServer, token: str, address: str, now: float
) -> Access:
    """What a well-formed access token opens for a client at this address, now.

    :raises AccessRefused: with the reason, for the log alone
    """
    digest = digest_of(token)
    record = server.storage.access_tokens.get(digest, now)
    if record is None:
        raise AccessRefused("unknown or expired token")
    credential = server.storage.credential(record.credential_id)
    if credential is None:
        raise AccessRefused("credential is gone", record.credential_id)
    owner = checked_owner(server, credential, address, now)
    subject = checked_subject(server, credential, owner, record.subject)
    return Access(
        credential_id=credential.credential_id,
        owner=owner.user_id,
        subject=subject.user_id,
        login=subject.login,
        user_folder=server.users.folder_path,
        may_manage_users=may_manage_users(server.users, credential, owner),
        digest=digest.hex(),
    )


def checked_owner(
    server: AuthorizationServer, credential: ICredential, address: str, now: float
) -> SiteUser:
    """The owner of a credential that can be used from this address now.

    :raises AccessRefused: when it cannot
    """
    credential_id = credential.credential_id
    if not credential.is_live(now):
        raise AccessRefused("credential has ended", credential_id)
    if not contains(credential.ip_ranges, address):
        raise AccessRefused("client address is outside the IP ranges", credential_id)
    owner = server.users.get(credential.owner)
    if owner is None:
        raise AccessRefused("owner is gone or locked out", credential_id)
    return owner


def checked_subject(
    server: AuthorizationServer,
    credential: ICredential,
    owner: SiteUser,
    user_id: str,
) -> SiteUser:
    """The user with this id, if the credential may act as them.

    :raises AccessRefused: when there is no such user or it may not
    """
    # Asking the sources is the expensive part; the owner was asked for already.
    subject = owner if user_id == owner.user_id else server.users.get(user_id)
    if subject is None:
        raise AccessRefused("subject is gone or locked out", credential.credential_id)
    if not may_act_as(server.users, credential, owner, subject):
        raise AccessRefused("impersonation is not allowed", credential.credential_id)
    return subject
