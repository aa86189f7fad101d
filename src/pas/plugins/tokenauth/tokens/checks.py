"""Checks on every use of a token. None of them may come from a cache."""

from ..core.errors import AccessRefused
from ..core.ipranges import contains
from ..core.tokens import prefix_of
from ..credentials.interfaces import ICredentialKind
from ..credentials.scopes import effect_of
from ..site.context import SiteContext
from ..site.users import SiteUser
from ..storage.interfaces import ICredential
from ..web.access import Access
from .find import find_token
from .find import FoundToken
from .find import REPLACED
from .find import token_type_of
from .find import UNKNOWN
from .impersonation import may_act_as
from .interfaces import IExchangeRules
from zope.component import queryAdapter
from zope.component import queryUtility


_ENDED = "credential has ended"
_DISABLED = "credential is disabled"
_OUTSIDE = "client address is outside the IP ranges"
_NO_OWNER = "owner is gone or locked out"

#: What clients learn at the endpoints, where a credential speaks for itself.
NOT_USABLE = (
    "The client cannot be used: it has ended or is disabled, or not from this address."
)
NO_SUBJECT = "The key may not act as the user that the claim sub names."

#: What clients learn, if the type of their token explains refusals.
_IN_GENERAL_WORDS = {
    UNKNOWN: "The access token is not known here",
    REPLACED: "The access token was replaced by a newer one",
    _ENDED: "The access token has expired or was revoked",
    _DISABLED: "The access token is disabled",
    _OUTSIDE: "The access token cannot be used from this address",
    _NO_OWNER: "The user of the access token cannot log in",
}


def authenticate(site: SiteContext, token: str, address: str, now: float) -> Access:
    """What a well-formed token authorizes a client at this address to do, now.

    :raises AccessRefused: with the reason
    """
    token_type = token_type_of(token)
    if not token_type.authenticates:
        raise AccessRefused("token of a type that authenticates nobody")
    try:
        return _checked_access(site, token, address, now)
    except AccessRefused as refused:
        explains = token_type.explains_refusals
        refused.description = (explains and _IN_GENERAL_WORDS.get(refused.reason)) or ""
        raise


def checked_owner(
    site: SiteContext, credential: ICredential, address: str, now: float
) -> SiteUser:
    """The owner of a credential that can be used from this address now.

    :raises AccessRefused: when it cannot
    """
    check_usable(credential, address, now)
    return owner_of(site, credential)


def check_usable(credential: ICredential, address: str, now: float) -> None:
    """Refuse a credential that cannot be used from this address now.

    :raises AccessRefused: when it cannot
    """
    check_live(credential, now)
    if not contains(credential.ip_ranges, address):
        raise AccessRefused(_OUTSIDE, credential.credential_id, NOT_USABLE)


def check_live(credential: ICredential, now: float) -> None:
    """Refuse a credential that has ended or is disabled.

    :raises AccessRefused: when it has or is
    """
    if not credential.is_live(now):
        reason = _DISABLED if credential.is_current(now) else _ENDED
        raise AccessRefused(reason, credential.credential_id, NOT_USABLE)


def owner_of(site: SiteContext, credential: ICredential) -> SiteUser:
    """The user as whom a credential acts by itself, as their source knows them now.

    :raises AccessRefused: when no source does
    :raises SourceFailed: when one that could know cannot be asked
    """
    owner = site.users.get(credential.acts_as)
    if owner is None:
        site.users.check_answered()
        raise AccessRefused(_NO_OWNER, credential.credential_id, NOT_USABLE)
    return owner


def checked_subject(
    site: SiteContext,
    credential: ICredential,
    owner: SiteUser,
    subject: SiteUser | None,
) -> SiteUser:
    """A user, if there is one and the credential may act as them.

    :raises AccessRefused: when there is none or it may not
    :raises SourceFailed: when a source that could know cannot be asked
    """
    credential_id = credential.credential_id
    if subject is None:
        site.users.check_answered()
        raise AccessRefused("subject is gone or locked out", credential_id, NO_SUBJECT)
    if not may_act_as(site.users, credential, owner, subject):
        raise AccessRefused("impersonation is not allowed", credential_id, NO_SUBJECT)
    return subject


def checked_use(
    site: SiteContext, found: FoundToken, owner: SiteUser, now: float
) -> SiteUser:
    """The user as whom a token of a usable credential acts, if it still may.

    :raises AccessRefused: when it may not
    :raises SourceFailed: when a source that could know cannot be asked
    """
    # Asking the sources is the expensive part; the owner was asked for already.
    is_owner = found.subject == owner.user_id
    known = owner if is_owner else site.users.get(found.subject)
    subject = checked_subject(site, found.credential, owner, known)
    _check_by_kind(site, found.credential, subject, now)
    _check_actor(site, found, now)
    return subject


def _check_by_kind(
    site: SiteContext, credential: ICredential, subject: SiteUser, now: float
) -> None:
    """Refuse what the kind of a credential does not allow besides.

    :raises AccessRefused: with the reason
    """
    kind = queryUtility(ICredentialKind, credential.kind)
    if kind is None:
        # The package that knows what to check is not there any more.
        raise AccessRefused("kind is unknown", credential.credential_id)
    kind.check_use(site, credential, subject, now)


def _check_actor(site: SiteContext, found: FoundToken, now: float) -> None:
    """Refuse a token that was exchanged, if who has done that may not any more.

    :raises AccessRefused: with the reason
    """
    if found.actor:
        rules = queryAdapter(site, IExchangeRules)
        if rules is None:
            raise AccessRefused(
                "tokens are not exchanged any more", found.credential.credential_id
            )
        rules.check(found, now)


def _checked_access(site: SiteContext, token: str, address: str, now: float) -> Access:
    found = find_token(site, token, now)
    credential = found.credential
    if found.audience:
        raise AccessRefused("token is for another resource", credential.credential_id)
    owner = checked_owner(site, credential, address, now)
    subject = checked_use(site, found, owner, now)
    return Access(
        token_type=prefix_of(token),
        credential_id=credential.credential_id,
        owner=owner.user_id,
        subject=subject.user_id,
        login=subject.login,
        user_folder=site.users.folder_path,
        scopes=found.scopes,
        effect=effect_of(found.scopes),
        digest=found.digest.hex(),
    )
