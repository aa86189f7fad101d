"""Accepting the signatures of partners, and making some for them."""

from ..core.errors import AccessRefused
from ..core.errors import InvalidGrant
from ..core.ipranges import contains
from ..core.redirects import is_within_registered
from ..core.redirects import with_parameters
from ..sealing.keyring import CannotOpen
from ..sealing.sharedsecrets import opened_secrets
from ..site.context import SiteContext
from ..site.userlimits import UserLimits
from ..site.users import SiteUser
from ..storage.partners import Partner
from .fields import OUTGOING
from .protocol import check_signature
from .protocol import read_data
from .protocol import SignatureRefused
from .protocol import signed_parameters
from .protocol import SignedData
from .settings import is_enabled
from collections.abc import Iterable
from collections.abc import Mapping


#: Extras that become properties of a user who is created.
PROPERTIES = ("description", "email", "fullname", "home_page", "location")
FIRST_NAME, LAST_NAME = "first_name", "last_name"


def find_partner(
    site: SiteContext, partner_id: str, purpose: str, address: str, now: float
) -> Partner:
    """A partner whose signatures for a purpose count now.

    :param address: of the browser; empty for what the site does itself
    :raises AccessRefused: when there is none
    """
    if not is_enabled(site):
        raise AccessRefused("partners are switched off")
    partner: Partner | None = site.storage[Partner.kind].get(partner_id)
    if partner is None:
        raise AccessRefused("unknown partner")
    problem = ""
    if not partner.is_live(now):
        problem = "the partner is disabled or has ended"
    elif partner.purpose != purpose:
        problem = "the partner is for something else"
    elif purpose != OUTGOING and not contains(partner.ip_ranges, address):
        problem = "client address is outside the IP ranges"
    if problem:
        raise AccessRefused(problem, partner_id, only_named=True)
    return partner


def checked_data(
    site: SiteContext,
    partner: Partner,
    parameters: Iterable[tuple[str, str]],
    now: float,
) -> SignedData:
    """What a partner has signed. It may have been used before: see :func:`use_up`.

    :param parameters: of the request, as they were sent
    :raises AccessRefused: when it is not acceptable
    :raises SealingOff: when there is no usable sealing key
    """
    try:
        data, signature = read_data(parameters, partner.extras)
        check_signature(
            data,
            signature,
            opened_secrets(site, partner, now),
            partner.algorithm,
            partner.max_lifetime + site.settings.leeway,
            now,
        )
    except (SignatureRefused, CannotOpen) as refused:
        raise AccessRefused(
            str(refused), partner.credential_id, only_named=True
        ) from None
    return data


def use_up(site: SiteContext, partner: Partner, data: SignedData, now: float) -> None:
    """Let a signature be good for nothing any more, however it is spelled.

    :raises AccessRefused: when it was used before
    """
    try:
        site.use_up(partner.credential_id, data.base, data.expires_at, now)
    except InvalidGrant:
        raise AccessRefused(
            "the signature was used before", partner.credential_id
        ) from None


def user_of(site: SiteContext, partner: Partner, data: SignedData) -> SiteUser | None:
    """Whom a partner logs in; None for somebody who is to be created.

    :raises AccessRefused: when the partner may not log this user in
    :raises SourceFailed: when a source cannot say who that is
    """
    users = site.users
    user = users.by_login(data.user)
    if user is None:
        users.check_answered()
        if partner.creates_users:
            return None
        raise AccessRefused("nobody has this name", partner.credential_id)
    if user.user_id in partner.users:
        return user
    if users.administrative_permissions(users.principal(user)):
        raise AccessRefused("an administrator must be named", partner.credential_id)
    if not UserLimits(users=partner.users, groups=partner.groups).allow(users, user):
        raise AccessRefused("the partner is not for this user", partner.credential_id)
    return user


def properties_of(data: SignedData) -> dict[str, str]:
    """The properties of a user who is created."""
    extras = data.extras
    found = {name: extras[name] for name in PROPERTIES if extras.get(name)}
    names = filter(None, (extras.get(FIRST_NAME), extras.get(LAST_NAME)))
    return {"fullname": " ".join(names), **found}


def signed_url(
    site: SiteContext,
    partner_id: str,
    url: str,
    user: str,
    extras: Mapping[str, str],
    now: float,
    lifetime: int | None = None,
) -> str:
    """A URL with a signature for a partner, as ska makes it.

    :param url: one of those that are registered for the partner
    :param user: name of the user, as the partner knows it
    :param lifetime: seconds for which it is valid, None for as many as may be
    :raises AccessRefused: when there is no such partner
    :raises ValueError: when that cannot be signed
    :raises SealingOff: when there is no usable sealing key
    """
    partner = find_partner(site, partner_id, OUTGOING, "", now)
    if not is_within_registered(partner.urls, url):
        raise ValueError("The URL is not one of the partner's.")
    lifetime = partner.max_lifetime if lifetime is None else lifetime
    if not 0 < lifetime <= partner.max_lifetime:
        raise ValueError(f"The lifetime is 1 to {partner.max_lifetime} seconds.")
    if set(extras) != set(partner.extras):
        raise ValueError(f"The extras are: {', '.join(partner.extras) or 'none'}.")
    data = SignedData(user=user, valid_until=str(float(now + lifetime)), extras=extras)
    secret = opened_secrets(site, partner, now)[0]
    parameters = signed_parameters(data, secret, partner.algorithm)
    return with_parameters(url, parameters)
