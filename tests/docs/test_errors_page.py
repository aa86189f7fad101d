"""The page about errors knows every message that the code can answer with."""

from collections.abc import Iterator
from pas.plugins.tokenauth.authorization_server.endpoints.errors import _MESSAGES
from pas.plugins.tokenauth.authorization_server.endpoints.tokenmanagement import (
    TooLittleScope,
)
from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.core.errors import OAuthError
from pas.plugins.tokenauth.core.jws import InvalidJWS
from pas.plugins.tokenauth.resource_server.errors import ClosedToTokens
from pas.plugins.tokenauth.resource_server.errors import OtherIdentity
from pathlib import Path
from typing import Any

import ast
import importlib
import pas.plugins.tokenauth
import pytest
import re


ROOT = Path(__file__).parents[2]
SOURCES = Path(pas.plugins.tokenauth.__path__[0])
PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
EXPLAINED = (OAuthError, AccessRefused, InvalidJWS, ClosedToTokens, OtherIdentity)


def texts() -> Iterator[tuple[str, str]]:
    """Where an explained exception is made, and its first argument."""
    for path in sorted(SOURCES.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if _makes_exception(node)]
        if not calls:
            continue
        name = ".".join(path.relative_to(SOURCES).with_suffix("").parts)
        module = importlib.import_module(f"pas.plugins.tokenauth.{name}")
        for call in calls:
            made = getattr(module, call.func.id, None)
            if made is TooLittleScope:
                # It is made of a scope, and says a sentence of its own.
                continue
            if isinstance(made, type) and issubclass(made, EXPLAINED):
                text = _text(call.args[0], module)
                if text:
                    yield f"{name}:{call.lineno}", text


def _makes_exception(node: ast.AST) -> Any:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args


def _text(node: ast.AST, module: Any) -> str:
    """The message as the page writes it, with … for what differs from case to case."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Name):
        return str(getattr(module, node.id, ""))
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, module) or "…"
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, module) for part in node.values)
    return ""


def said() -> Iterator[str]:
    """Every string in the sources."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant | ast.JoinedStr):
                yield _text(node, None)


TEXTS = dict(texts())
SAID = {*said(), *TEXTS.values()}
#: First or second cells of tables that are messages, with … where they differ.
ROWS = re.findall(r"^\| (?:[\d, ]+ \| )?`([^`]+)` \|", PAGE, re.MULTILINE)


def test_texts_are_found() -> None:
    assert len(TEXTS) > 40
    assert "Send a … request." in TEXTS.values()
    assert "The claim … must be a number of seconds." in TEXTS.values()
    assert (
        "The Content-Type must be application/x-www-form-urlencoded." in TEXTS.values()
    )


@pytest.mark.parametrize("where", TEXTS)
def test_the_page_explains_the_error(where: str) -> None:
    assert f"`{TEXTS[where]}`" in PAGE


@pytest.mark.parametrize("status", _MESSAGES)
def test_the_page_explains_the_failure(status: int) -> None:
    assert f"| {status} | `{_MESSAGES[status]}` |" in PAGE


def test_the_page_explains_only_what_the_code_says() -> None:
    assert len(ROWS) > 80
    assert set(ROWS) - SAID == set()
