"""Every message that the code can show a person can be translated."""

from collections.abc import Iterator
from pathlib import Path

import ast
import json
import pas.plugins.tokenauth
import pytest
import re


SOURCES = Path(pas.plugins.tokenauth.__path__[0])
TEMPLATE = SOURCES / "locales" / "pas.plugins.tokenauth.pot"
#: A message may go on in the next line.
MESSAGE = re.compile(r'^msgid ((?:".*"\n)+)', re.MULTILINE)


def messages_in_the_code() -> Iterator[str]:
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            # The call whose argument is no string takes it from a table of such calls.
            match node:
                case ast.Call(ast.Name("_"), [ast.Constant(message), *_]):
                    yield message


def messages_in_the_template() -> set[str]:
    found = MESSAGE.findall(TEMPLATE.read_text(encoding="utf-8"))
    return {"".join(map(json.loads, lines.splitlines())) for lines in found}


def test_the_template_has_every_message() -> None:
    """What `make i18n` writes; translations have all of the template."""
    messages = set(messages_in_the_code())
    assert len(messages) > 100
    assert messages - messages_in_the_template() == set()


def test_messages_say_it_as_people_do() -> None:
    """Phrases that nobody understood at first sight do not come back."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for phrase in (
        "what to look into",
        "fit for trying out",
        "By which you recognise",
        "highest bar",
        "was not used yet",
        "Not advisable",
        "Largest number",
        "Longest lifetime",
        "live for ever",
        "Mend the cause",
    ):
        assert phrase not in text, phrase


@pytest.mark.parametrize(
    ("language", "others"),
    [
        ("de", r"du|dein(?:e[mnrs]?)?|dich|dir"),
        ("es", r"tú|tus?|te"),
        ("fr", r"tu|ton|tes"),
        (
            "it",
            r"Lei|sul suo computer|si fida|[Rr]iprovi|lo indichi|[Ss]celga",
        ),
        ("nl", r"[Uu]w?|uwe|[Aa]pplicaties?"),
    ],
)
def test_a_translation_addresses_people_in_one_way(language: str, others: str) -> None:
    """Formally or not, as it began."""
    path = f"locales/{language}/LC_MESSAGES/pas.plugins.tokenauth.po"
    text = (SOURCES / path).read_text(encoding="utf-8")
    found = re.findall(rf'^msgstr ".*\b(?:{others})\b.*$', text, re.MULTILINE)
    assert found == []
