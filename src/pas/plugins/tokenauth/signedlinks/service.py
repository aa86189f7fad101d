"""Links that exist: found, opened, and visited by who has opened them."""

from ..core.errors import AccessRefused
from ..core.passwords import is_password
from ..core.ratelimit import MINUTE
from ..core.ratelimit import RateLimit
from ..core.secret import Secret
from ..core.tokens import digest as digest_of
from ..core.tokens import is_well_formed
from ..core.tokens import make_token
from ..core.tokens import prefix_of
from ..core.tokens import RANDOM_BYTES
from ..core.tokens import SIGNED_LINK_PREFIX
from ..core.tokens import SIGNED_LINK_VISIT_PREFIX
from ..credentials.kinds import credentials_of
from ..fetching.addresses import network_of
from ..i18n import _
from ..site.context import SiteContext
from ..storage.signedlinks import SignedLink
from ..storage.signedlinks import SignedLinkVisit
from ..storage.signedlinks import SignedLinkVisits
from ..storage.sync import find_synced
from ..tokens.find import find_token
from .checks import check_link
from .interfaces import VIEW
from .kind import SIGNED_LINK
from .objects import object_of
from typing import Any

import secrets


#: Seconds for which who has opened a link sees the object.
VISIT = 60 * 60
#: So many wrong passwords in so many seconds, and no other is looked at: from one
#: network, so that whoever has the URL alone locks out nobody else; and from all.
MAX_WRONG_OF_NETWORK = 10
MAX_WRONG = 100
WRONG_PERIOD = 10 * MINUTE
#: So often is a link opened from one network in a minute: each time writes.
MAX_OPENINGS = 60
#: Where visits are kept.
VISITS = "signed_link_visits"

#: Wrong passwords from one network for one link, in the memory of one process.
_wrong_of_network = RateLimit(MAX_WRONG_OF_NETWORK, WRONG_PERIOD)
#: What opens one link from one network, there too.
_openings = RateLimit(MAX_OPENINGS)


class TooManyTries(Exception):
    """A link is not opened for some time.

    :param message: why, for the visitor
    :param seconds: until it can be tried again, at most
    """

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message, seconds)
        self.message = message
        self.seconds = seconds


def find_link(
    site: SiteContext, token: str, address: str, now: float
) -> tuple[SignedLink, Any]:
    """The link with a token, and the object it leads to.

    :raises AccessRefused: with the reason, when it leads nowhere
    :raises SourceFailed: when a source of users cannot say
    """
    if prefix_of(token) != SIGNED_LINK_PREFIX or not is_well_formed(token):
        raise AccessRefused("malformed token")
    link: Any = find_token(site, token, now).credential
    obj = object_of(site, link.uid)
    check_link(site, link, obj, address, now)
    return link, obj


def is_opened_first(link: SignedLink) -> bool:
    """Whether a visitor has to open a link, on a page, before it leads on.

    Programs that look at links for somebody else do not do that: they use nothing up,
    and see nothing.
    """
    return bool(link.action == VIEW or link.password or link.max_uses is not None)


def check_uses(link: SignedLink) -> None:
    """Refuse a link that was used as often as it can be.

    :raises AccessRefused: for such a link
    """
    if link.is_used_up:
        raise AccessRefused("the link is used up", link.credential_id)


def open_link(
    site: SiteContext, link: SignedLink, password: str, address: str, now: float
) -> tuple[Secret, float] | None:
    """Begin a visit: the secret of its cookie, and for how many seconds it is good.

    :param address: of the visitor
    :returns: None if the password is wrong
    :raises AccessRefused: when the link was used as often as it can be
    :raises TooManyTries: while it is opened from there too often, or passwords are
        not looked at
    """
    check_uses(link)
    if not _openings.use(_from_network(link, address), now):
        message = _("This link is opened too often. Try again in a minute.")
        raise TooManyTries(message, MINUTE)
    if link.password and not _is_right(link, password, address, now):
        return None
    if link.max_uses is not None:
        link.uses.add(link.max_uses)
    expires_at = min(now + VISIT, link.expires_at or now + VISIT)
    secret = make_token(SIGNED_LINK_VISIT_PREFIX, secrets.token_bytes(RANDOM_BYTES))
    visit = SignedLinkVisit(link=link, expires_at=expires_at)
    site.storage[VISITS].add(digest_of(secret), visit, now)
    return secret, expires_at - now


def visited_link(site: SiteContext, secret: str, now: float) -> SignedLink | None:
    """The link that a visitor has opened, or None; it may have ended since."""
    if prefix_of(secret) != SIGNED_LINK_VISIT_PREFIX or not is_well_formed(secret):
        return None
    visits: SignedLinkVisits = site.storage[VISITS]
    visit = find_synced(site.storage, visits.get, digest_of(secret), now)
    return None if visit is None else visit.link


def live_links(site: SiteContext, uid: str, now: float) -> list[SignedLink]:
    """The links that lead to an object and have not ended, the newest first."""
    store: Any = credentials_of(site.storage, SIGNED_LINK)
    found = [
        link
        for link in store.of_object(uid)
        if link.is_live(now) and not link.is_used_up
    ]
    return sorted(found, key=lambda link: link.issued_at, reverse=True)


def _is_right(link: SignedLink, password: str, address: str, now: float) -> bool:
    name = _from_network(link, address)
    since, wrong = link.wrong_passwords
    if not since <= now < since + WRONG_PERIOD:
        since, wrong = now, 0
    if wrong >= MAX_WRONG or not _wrong_of_network.may_use(name, now):
        message = _("Too many wrong passwords. Try again later.")
        raise TooManyTries(message, WRONG_PERIOD)
    if is_password(password.strip(), link.password):
        return True
    _wrong_of_network.use(name, now)
    link.wrong_passwords = (since, wrong + 1)
    return False


def _from_network(link: SignedLink, address: str) -> str:
    return f"{link.credential_id} {network_of(address)}"
