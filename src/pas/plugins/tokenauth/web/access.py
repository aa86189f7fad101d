"""What a request carries: the access that one of our tokens gave it."""

from ..core.scopes import WRITE
from .markers import fast_also_provides
from dataclasses import dataclass
from typing import Any
from zope.interface import Interface


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
    fast_also_provides(request, ITokenRequest)
    request._tokenauth_access = access


def access_of(request: Any) -> Access | None:
    """The access a token of ours gave this request, or None."""
    if not ITokenRequest.providedBy(request):
        return None
    # A clone of a request has its marks, but not its attributes; and what is no
    # attribute of a request is looked up in its form.
    access: Access | None = vars(request).get("_tokenauth_access")
    return access
