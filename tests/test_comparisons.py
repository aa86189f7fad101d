"""Nothing secret is compared letter by letter: the time it takes would tell how much
was right. What is secret is looked up by its digest instead."""

from collections.abc import Iterator
from pas.plugins import tokenauth
from pathlib import Path

import ast
import pytest
import re


PACKAGE = Path(tokenauth.__path__[0])
#: What a secret may be called.
SECRET = re.compile(
    r"(^|_)(token|secret|password|digest|assertion|private_key|authenticator|once)$"
)
#: What tells how long something is, or of which type.
TELLS_NOTHING = {"len", "prefix_of"}
#: Comparisons with such a name, and why they tell nothing.
HARMLESS = {
    # The client compares a token of its own with what it sends itself.
    ("client.py", "request.headers.get('Authorization') == f'Bearer {self._token}'"),
    # Both were sent by the same client, in one request.
    (
        "authorization_server/endpoints/tokenmanagement.py",
        "access_token(prepared.authorization) == parameters.get('token', '')",
    ),
    (
        "authorization_server/clients.py",
        "basic_secret == shown['client_secret_post']",
    ),
    # The secret with this digest has been found already; which of a few is it?
    ("storage/personaltokens.py", "each.digest == digest"),
    # The name of a claim.
    ("openid/authorize.py", "claim in requested.id_token"),
    # Both were sent by one browser: which of its credentials is the one just typed?
    ("signin/proof.py", "password in typed"),
    # A checksum, which anybody can work out.
    (
        "core/tokens.py",
        "token[-_CHECKSUM_LENGTH:] == _checksum(token[:-_CHECKSUM_LENGTH])",
    ),
}


def comparisons() -> Iterator[tuple[str, str]]:
    """File and source of all comparisons that name something secret."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Compare) and _compares_secret(node):
                yield path.relative_to(PACKAGE).as_posix(), ast.unparse(node)


def _compares_secret(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    if any(isinstance(side, ast.Constant) for side in sides):
        # With None, an empty string, or a name of something.
        return False
    return any(SECRET.search(name) for side in sides for name in _names(side))


def _names(side: ast.AST) -> Iterator[str]:
    """Names of what is compared; of `token.owner` it is the owner."""
    if isinstance(side, ast.Name):
        yield side.id
    elif isinstance(side, ast.Attribute):
        yield side.attr
    elif isinstance(side, ast.Call) and ast.unparse(side.func) in TELLS_NOTHING:
        return
    else:
        for part in ast.iter_child_nodes(side):
            yield from _names(part)


def test_nothing_secret_is_compared() -> None:
    assert set(comparisons()) == HARMLESS


@pytest.mark.parametrize(
    "text", ["token == given", "self._secret != x", "given in (a.password,)"]
)
def test_such_a_comparison_would_be_found(text: str) -> None:
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.Compare)
    assert _compares_secret(node)
