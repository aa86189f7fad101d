"""What a request carries: the access that one of our tokens gave it."""

from .core.scopes import WRITE
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zope.interface import directlyProvides
from zope.interface import Interface
from zope.interface import providedBy
from zope.interface.declarations import Implements


class ITokenRequest(Interface):
    """Marks a request that carries a valid token of ours."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """A token of ours that passed every check for this request.

    :param kind: the kind of its credential, as storage calls it
    :param credential_id: the credential it belongs to, or was obtained with
    :param owner: user id of the credential's owner, the actor
    :param subject: user id the request acts as
    :param login: login name of the subject
    :param user_folder: path of the user folder the subject comes from
    :param may_manage_users: whether it may change user accounts
    :param scopes: names of the scopes that were granted, with what they include
    :param digest: digest of the token, in hexadecimal
    """

    kind: str
    credential_id: str
    owner: str
    subject: str
    login: str
    user_folder: tuple[str, ...]
    may_manage_users: bool
    scopes: frozenset[str]
    digest: str

    @property
    def may_write(self) -> bool:
        """Whether anything that the request does is stored."""
        return WRITE in self.scopes


def grant_access(request: Any, access: Access) -> None:
    """Note on the request that a token of ours authenticates it."""
    directlyProvides(request, *_marked(providedBy(request)))
    request._tokenauth_access = access


def access_of(request: Any) -> Access | None:
    """The access a token of ours gave this request, or None."""
    if not ITokenRequest.providedBy(request):
        return None
    # A clone of a request has its marks, but not its attributes; and what is no
    # attribute of a request is looked up in its form.
    access: Access | None = vars(request).get("_tokenauth_access")
    return access


# All requests of a site provide the same few sets of interfaces; what alsoProvides()
# works out anew for each takes as long as all the other checks of a token.
@lru_cache(maxsize=100)
def _marked(provided: Any) -> tuple[Any, ...]:
    """What a request provides directly, and our mark.

    :param provided: what it provides in all; the last part of it is what its class
        implements, unless that is all
    """
    direct = () if isinstance(provided, Implements) else provided.__bases__[:-1]
    return (*direct, ITokenRequest)
