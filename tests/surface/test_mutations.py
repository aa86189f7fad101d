"""What is nearly right is read or refused, and leads nowhere else; without a site."""

from collections.abc import Callable
from pas.plugins.tokenauth.core import strictjson
from pas.plugins.tokenauth.core.errors import InvalidScope
from pas.plugins.tokenauth.core.redirects import check_redirect_uri
from pas.plugins.tokenauth.core.redirects import is_registered
from pas.plugins.tokenauth.core.redirects import is_within_registered
from pas.plugins.tokenauth.core.redirects import RedirectRefused
from pas.plugins.tokenauth.core.redirects import shown_target
from pas.plugins.tokenauth.core.redirects import with_parameters
from pas.plugins.tokenauth.core.scopes import parse_scope
from pas.plugins.tokenauth.fetching.errors import FetchRefused
from pas.plugins.tokenauth.fetching.targets import parse_target
from pas.plugins.tokenauth.openid.protocol import parse_claims
from pas.plugins.tokenauth.openid.protocol import UnreadableClaims
from pas.plugins.tokenauth.registration.protocol import InvalidClientMetadata
from pas.plugins.tokenauth.registration.protocol import read_document
from pas.plugins.tokenauth.registration.protocol import read_registration
from random import Random
from tests.surface.mutations import claims
from tests.surface.mutations import metadata
from tests.surface.mutations import scope
from tests.surface.mutations import uri
from tests.surface.world import CAS_URL
from tests.surface.world import REDIRECT_URI
from typing import Any
from urllib.parse import urlsplit
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

import os
import pytest


COUNT = int(os.environ.get("TOKENAUTH_ATTACK", "1000"))
SEED = int(os.environ.get("TOKENAUTH_ATTACK_SEED", "1"))


def _read_metadata(data: bytes) -> None:
    members = strictjson.parsed(data.decode("utf-8"))
    if isinstance(members, dict):
        read_registration(members)


def _read_document(data: bytes) -> None:
    members = strictjson.parsed(data.decode("utf-8"))
    if isinstance(members, dict):
        read_document({"client_id": "https://app.example.org/c", **members})


@pytest.mark.parametrize(
    ("make", "read", "refused"),
    [
        (claims, parse_claims, UnreadableClaims),
        (scope, parse_scope, InvalidScope),
        (uri, parse_target, FetchRefused),
        (uri, check_redirect_uri, RedirectRefused),
        (metadata, _read_metadata, (InvalidClientMetadata, ValueError)),
        (metadata, _read_document, (InvalidClientMetadata, ValueError)),
    ],
)
def test_what_is_nearly_right_is_read_or_refused(
    make: Callable[[Random], Any], read: Callable[[Any], Any], refused: Any
) -> None:
    """Nothing else is raised; and there is some of each."""
    random, read_number = Random(SEED), 0
    for _ in range(COUNT):
        sent = make(random)
        try:
            read(sent)
        except refused:
            continue
        read_number += 1
    assert 0 < read_number < COUNT


def test_a_redirect_uri_leads_where_every_parser_says() -> None:
    """What is accepted, also with what is added to it, and as people see it."""
    random, accepted = Random(SEED), 0
    for _ in range(COUNT):
        sent = uri(random)
        try:
            check_redirect_uri(sent)
        except RedirectRefused:
            continue
        if not sent.startswith(("https:", "http:")):
            # How a program reads its own scheme is for itself to know.
            continue
        accepted += 1
        there = urlsplit(with_parameters(sent, [("code", "x")]))
        assert there.netloc == urlsplit(sent).netloc
        assert there.query.endswith("code=x")
        assert _host(sent) == there.hostname
        assert there.hostname in shown_target(sent).lower()
    assert accepted


def test_nobody_is_sent_to_what_is_not_registered() -> None:
    """Another port of the own computer is all that may differ."""
    random = Random(SEED)
    loopback = "http://127.0.0.1:33418/callback"
    for _ in range(COUNT):
        sent = uri(random)
        if is_registered([REDIRECT_URI, loopback], sent, True):
            parts = urlsplit(sent)
            at_home = (parts.hostname, parts.path, parts.query)
            assert sent == REDIRECT_URI or at_home == ("127.0.0.1", "/callback", "")
        if is_within_registered([CAS_URL], sent):
            assert sent.startswith(CAS_URL)
            assert _host(sent) == urlsplit(CAS_URL).hostname
            assert ".." not in sent


def _host(url: str) -> str | None:
    try:
        host = parse_url(url).host
    except LocationParseError:
        return None
    return host.strip("[]") if host else host
