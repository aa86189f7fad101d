"""Two real Zopes sign with the same keys, also while these are replaced."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from instance import Instance
from instance import ROOT_USER
from itertools import cycle
from itertools import islice
from itertools import product
from joserfc import jwt
from joserfc.jwk import KeySet
from openid import Flow
from typing import Any

import pytest
import re
import requests


pytestmark = [pytest.mark.functional, pytest.mark.long]

PAGE = "@@tokenauth-controlpanel-signing-keys"
LOG_INS = 24
#: How many are under way when the keys change.
BEFORE = 6


def keys_of(instance: Instance) -> KeySet:
    document = requests.get(f"{instance.url}/@@oauth2-jwks", timeout=60).json()
    return KeySet.import_key_set(document)


def kids_of(instance: Instance) -> set[str]:
    return {str(key.kid) for key in keys_of(instance).keys}


def make_keys(instance: Instance, **form: str) -> None:
    """Press a button on the page with the keys."""
    url = f"{instance.url}/{PAGE}"
    page = requests.get(url, auth=ROOT_USER, timeout=60).text
    found = re.search(r'name="_authenticator"[^>]*value="([^"]*)"', page)
    assert found is not None
    data = {"_authenticator": found[1], **form}
    answer = requests.post(url, data, auth=ROOT_USER, allow_redirects=False, timeout=60)
    assert answer.status_code == 302


@pytest.fixture(scope="module")
def flow(instances: list[Instance]) -> Flow:
    return Flow(instances[0], "RS256")


def log_ins(flow: Flow, instances: list[Instance]) -> Iterator[tuple[str, Instance]]:
    """ID tokens from both Zopes in turn, each with the Zope to verify it at."""
    ways = cycle(product(instances, instances))
    codes = [flow.code("openid plone.read") for _ in range(LOG_INS)]

    def exchange(code: str, way: tuple[Instance, Instance]) -> tuple[str, Instance]:
        members: dict[str, Any] = flow.exchange(requests.Session(), code, way[0].url)
        return members["id_token"], way[1]

    with ThreadPoolExecutor(4) as executor:
        yield from executor.map(exchange, codes, islice(ways, LOG_INS))


def test_new_keys_are_published_while_the_others_sign(
    flow: Flow, instances: list[Instance]
) -> None:
    """OD-09: whoever reads the keys at any Zope verifies what any other has signed."""
    before = kids_of(instances[1])
    traffic = log_ins(flow, instances)
    tokens = list(islice(traffic, BEFORE))
    make_keys(instances[0])
    tokens += traffic
    assert len(tokens) == LOG_INS
    for token, verifier in tokens:
        decoded = jwt.decode(token, keys_of(verifier), algorithms=["RS256"])
        assert decoded.header["kid"] in before
    assert kids_of(instances[0]) == kids_of(instances[1]) > before


def test_keys_that_leaked_are_gone_at_once_everywhere(
    flow: Flow, instances: list[Instance]
) -> None:
    """OD-10: the next ID token of each Zope is signed by a new key."""
    before = kids_of(instances[0])
    make_keys(instances[1], replace="1")
    assert kids_of(instances[0]) == kids_of(instances[1])
    assert not kids_of(instances[0]) & before
    for token, verifier in log_ins(flow, instances):
        jwt.decode(token, keys_of(verifier), algorithms=["RS256"])
