"""What a request carries: the access that one of our tokens gave it."""

from ..core.scopes import Effect
from .accesslog import note_credential
from .markers import fast_also_provides
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from zope.globalrequest import getRequest
from zope.interface import Interface


_ACCESS = "pas.plugins.tokenauth.access"
_unlimited = ContextVar("pas.plugins.tokenauth.unlimited", default=False)


class ITokenRequest(Interface):
    """Marks a request that carries a valid token of ours."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """A token of ours that passed every check for this request.

    :param token_type: prefix of the token
    :param credential_id: the credential it belongs to, or was obtained with
    :param owner: user id of the credential's owner
    :param subject: user id the request acts as
    :param login: login name of the subject
    :param user_folder: path of the user folder the subject comes from
    :param scopes: names of the scopes that were granted, with what they include
    :param effect: what these scopes let the request do
    :param digest: digest of the token, in hexadecimal
    """

    token_type: str
    credential_id: str
    owner: str
    subject: str
    login: str
    user_folder: tuple[str, ...]
    scopes: frozenset[str]
    effect: Effect
    digest: str


def grant_access(request: Any, access: Access) -> None:
    """Note on the request that a token of ours authenticates it."""
    fast_also_provides(request, ITokenRequest)
    note_credential(request, access.credential_id)
    request.environ[_ACCESS] = access


def access_of(request: Any) -> Access | None:
    """The access a token of ours gave this request or the one it is a clone of."""
    # A clone has the environment of its original, but none of its attributes. No client
    # can send this name: what comes from a header begins with HTTP.
    environ = getattr(request, "environ", None)
    return None if environ is None else environ.get(_ACCESS)


@contextmanager
def unlimited() -> Iterator[None]:
    """Let users have all of their roles, also the one that the token stands for.

    For questions about a user, never for something that a request wants to do.
    """
    before = _unlimited.set(True)
    try:
        yield
    finally:
        _unlimited.reset(before)


def limiting_access(user_id: str) -> Access | None:
    """The access that limits what the user with this id may do now, if any does.

    The current request is asked at each call: a cache of PAS keeps the same user for
    requests of a token and of a person.
    """
    if _unlimited.get():
        return None
    access = access_of(getRequest())
    if access is None or access.effect.administers or access.subject != user_id:
        return None
    return access
