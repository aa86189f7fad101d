"""Types of tokens, one of an add-on among them."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.personaltokens.tokentype import PersonalAccessTokenType
from pas.plugins.tokenauth.storage.accesstokens import AccessToken
from pas.plugins.tokenauth.tokens.accesstokens import AccessTokenType
from pas.plugins.tokenauth.tokens.interfaces import IRevocableTokenType
from pas.plugins.tokenauth.tokens.interfaces import ITokenType
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface.verify import verifyObject

import pytest
import time


TICKET = make_token("ptt_", bytes(32))


class TicketType(AccessTokenType):
    """A type of an add-on."""

    explains_refusals = True


@contextmanager
def registered() -> Iterator[None]:
    registry = getGlobalSiteManager()
    registry.registerUtility(TicketType(), ITokenType, "ptt_")
    try:
        yield
    finally:
        registry.unregisterUtility(provided=ITokenType, name="ptt_")


@pytest.mark.parametrize(
    ("interface", "token_type"),
    [(ITokenType, PersonalAccessTokenType()), (IRevocableTokenType, AccessTokenType())],
)
def test_a_type_keeps_its_contract(interface: Any, token_type: Any) -> None:
    assert verifyObject(interface, token_type)


def test_a_token_of_a_registered_type_authorizes(
    site: Any, issue: Callable[..., Any]
) -> None:
    """By its prefix alone: nothing else is told of the type."""
    record = AccessToken(
        credential=issue(),
        subject="owner",
        issued_at=time.time(),
        expires_at=time.time() + 3600,
    )
    site.context.storage["access_tokens"].add(digest(TICKET), record)
    site.commit()
    with registered():
        assert site.api("GET", "/@users/owner", TICKET).status_code == 200
    assert site.api("GET", "/@users/owner", TICKET).status_code == 401


def test_a_type_may_explain_why_its_tokens_are_refused(site: Any) -> None:
    with registered():
        answer = site.api("GET", "/@users/owner", TICKET).json()
    assert answer["error_description"] == "The access token is not known here"
    answer = site.api("GET", "/@users/owner", TICKET).json()
    assert answer["error_description"] == "Access token expired"
