"""The pages in another language."""

from pathlib import Path
from plone import api
from typing import Any

import lxml.html
import pas.plugins.tokenauth
import pytest
import re


LOCALES = Path(pas.plugins.tokenauth.__file__).parent / "locales"
MESSAGE = re.compile(r'^msgid "(.+)"\nmsgstr "(.*)"$', re.MULTILINE)

#: A message that is a name, with the English text that it stands for.
DEFAULT = re.compile(r'^#\. Default: "(.*)"\n(?:#.*\n)*msgid "(.+)"$', re.MULTILINE)


def messages(path: Path) -> dict[str, str]:
    """The translations in a file of messages, by message."""
    return dict(MESSAGE.findall(path.read_text(encoding="utf-8")))


def translations() -> list[Path]:
    """Every translation of the package."""
    return sorted(LOCALES.glob("*/LC_MESSAGES/*.po"))


@pytest.fixture
def german(site: Any) -> dict[str, str]:
    """A site in German; the German messages."""
    api.portal.set_registry_record("plone.available_languages", ["de"])
    api.portal.set_registry_record("plone.default_language", "de")
    site.commit()
    return messages(LOCALES / "de/LC_MESSAGES/pas.plugins.tokenauth.po")


@pytest.mark.parametrize("path", translations(), ids=lambda path: path.parts[-3])
def test_a_translation_is_complete(path: Path) -> None:
    template = messages(LOCALES / "pas.plugins.tokenauth.pot")
    translated = messages(path)
    assert set(translated) == set(template)
    assert [message for message, text in translated.items() if not text] == []


@pytest.mark.parametrize("path", translations(), ids=lambda path: path.parts[-3])
def test_a_translation_has_the_variables_of_the_message(path: Path) -> None:
    found = DEFAULT.findall(path.read_text(encoding="utf-8"))
    defaults = {name: default for default, name in found}
    for message, text in messages(path).items():
        variables = re.findall(r"\$\{\w+\}", defaults.get(message, message))
        assert sorted(re.findall(r"\$\{\w+\}", text)) == sorted(variables)


def test_no_page_holds_a_message_in_english(
    site: Any, visitor: Any, new_key: Any, new_token: Any, german: dict[str, str]
) -> None:
    manager = visitor("manager", "Manager")
    empty = manager.get("@@manage-service-keys")
    client_id = new_key("manager", title="x", may_impersonate=True)["client_id"]
    issue = manager.form("@@manage-service-keys-issue")
    no_tokens = manager.get("@@manage-personal-access-tokens")
    token_id = new_token("manager", title="x").credential.credential_id
    issue_token = manager.form("@@manage-personal-access-tokens-issue")
    pages = [
        empty,
        no_tokens,
        manager.get("@@manage-personal-access-tokens"),
        manager.get("@@manage-personal-access-tokens-issue"),
        manager.post(
            "@@manage-personal-access-tokens-issue", **{**issue_token, "title": "x"}
        ),
        manager.get("@@manage-personal-access-tokens-edit", id=token_id),
        manager.get("@@manage-personal-access-tokens-logs", id=token_id),
        manager.get("@@manage-personal-access-tokens-revoke", id=token_id),
        manager.get("@@manage-service-keys"),
        manager.get("@@manage-service-keys-issue"),
        manager.post("@@manage-service-keys-issue", **{**issue, "ip_ranges": "y"}),
        manager.post("@@manage-service-keys-issue", **{**issue, "title": "x"}),
        manager.get("@@manage-service-keys-edit", id=client_id),
        manager.get("@@manage-service-keys-logs", id=client_id),
        manager.get("@@manage-service-keys-revoke", ids=client_id),
        manager.get("@@tokenauth-controlpanel"),
    ]
    english = [message for message, text in german.items() if message != text]
    for page in pages:
        (content,) = lxml.html.fromstring(page.text).cssselect("#content")
        words = {" ".join(text.split()) for text in content.itertext()}
        assert words & set(english) == set()
        assert words & set(german.values())


def test_a_button_is_named_in_the_language_of_the_page(
    site: Any, visitor: Any, new_key: Any, german: dict[str, str]
) -> None:
    manager = visitor("manager", "Manager")
    new_key("manager")
    (button,) = manager.see("@@manage-service-keys").xpath("//button[@data-copy]")
    assert button.get("aria-label") == german["Copy the client id"]
