"""Issuing a key: the form, and the page that shows the private key once."""

from tests.credentials.pages.conftest import parsed
from tests.credentials.pages.conftest import text_of
from typing import Any
from urllib.parse import unquote

import base64
import json
import lxml.html
import pytest
import requests


PAGE = "@@manage-service-keys-issue"


@pytest.fixture
def form(owner: Any) -> dict[str, Any]:
    """The form, filled in; an ES256 key takes no time to make."""
    return {**owner.form(PAGE), "title": "Nightly import", "algorithm": "ES256"}


def test_the_keyfile_obtains_a_token(site: Any, owner: Any, form: Any) -> None:
    keyfile = downloads(owner.submit(PAGE, form))[0]
    assert site.get("/@users/owner", site.token(keyfile)).status_code != 401


def test_the_keyfile_is_there_to_download_and_to_copy(owner: Any, form: Any) -> None:
    response = owner.submit(PAGE, form)
    html = lxml.html.fromstring(response.text)
    link, client = html.xpath("//a[@download]")
    (textarea,) = html.xpath("//textarea")
    keyfile = json.loads(textarea.value)
    assert downloads(response) == [keyfile]
    assert link.get("download") == f"{keyfile['client_id']}.json"
    assert client.get("download") == "client.py"
    assert textarea.get("readonly")
    # Browsers neither keep it for later nor send it to a spelling service.
    assert textarea.get("autocomplete") == "off"
    assert textarea.get("spellcheck") == "false"


def test_the_page_with_the_private_key_is_not_stored(owner: Any, form: Any) -> None:
    response = owner.submit(PAGE, form)
    assert "PRIVATE KEY" in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Pragma"] == "no-cache"


def test_the_page_has_no_inline_script_or_style(owner: Any, form: Any) -> None:
    html = lxml.html.fromstring(owner.submit(PAGE, form).text)
    (content,) = html.cssselect("#content")
    assert not content.xpath(".//script | .//style | .//@style")
    names = {name for element in content.iter() for name in element.attrib}
    assert not {name for name in names if name.startswith("on")}


def test_sending_the_form_again_shows_nothing(site: Any, owner: Any, form: Any) -> None:
    first = owner.submit(PAGE, form)
    again = owner.submit(PAGE, form)
    assert "PRIVATE KEY" not in again.text
    assert "was issued already" in owner.message(again)
    assert len(keys(site)) == 1
    assert site.get("", site.token(downloads(first)[0])).status_code == 200


def test_every_form_issues_another_key(site: Any, owner: Any, form: Any) -> None:
    for _ in range(2):
        idempotency_key = owner.form(PAGE)["idempotency_key"]
        assert (
            owner.submit(PAGE, {**form, "idempotency_key": idempotency_key}).status_code
            == 200
        )
    assert len(keys(site)) == 2


@pytest.mark.parametrize("idempotency_key", ["", "1", "x" * 32, None])
def test_a_form_without_its_random_string_is_refused(
    site: Any, owner: Any, form: Any, idempotency_key: str | None
) -> None:
    assert (
        owner.submit(PAGE, {**form, "idempotency_key": idempotency_key}).status_code
        == 400
    )
    assert keys(site) == []


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_the_private_key_is_not_in_the_database(
    site: Any, owner: Any, form: Any, algorithm: str
) -> None:
    response = owner.submit(PAGE, {**form, "algorithm": algorithm})
    lines = downloads(response)[0]["private_key"].splitlines()
    # The first line holds parameters that all keys of the kind share.
    secret = lines[-2][-40:].encode()
    site.sync()
    for transaction in site.app._p_jar.db().storage.iterator():
        for record in transaction:
            assert secret not in (record.data or b"")
            assert b"PRIVATE KEY-----" not in (record.data or b"")


def test_rs256_is_proposed(owner: Any) -> None:
    assert owner.form(PAGE)["algorithm"] == "RS256"


def test_an_rsa_key_comes_with_a_keyfile_for_google_auth(owner: Any, form: Any) -> None:
    response = owner.submit(PAGE, {**form, "algorithm": "RS256"})
    keyfile, for_google = downloads(response)
    assert for_google["type"] == "service_account"
    assert for_google["client_email"] == keyfile["client_id"]
    assert for_google["universe_domain"] != "googleapis.com"
    assert 'additional_claims={"aud": token_uri}' in response.text


def test_other_keys_come_without_a_keyfile_for_google_auth(
    owner: Any, form: Any
) -> None:
    response = owner.submit(PAGE, form)
    assert len(downloads(response)) == 1
    assert "google" not in response.text


def test_an_unknown_algorithm_is_an_error(
    site: Any, owner: Any, form: Any, read: Any
) -> None:
    response = owner.submit(PAGE, {**form, "algorithm": "none"})
    assert "There is no such algorithm." in read(response)
    assert keys(site) == []


def test_a_wrong_ip_range_is_explained_at_its_field(
    site: Any, owner: Any, form: Any
) -> None:
    response = owner.submit(PAGE, {**form, "ip_ranges": "10.0.0.0/8, 192.0.2.300"})
    field, error = field_and_error(response, "ip_ranges")
    assert error == "“192.0.2.300” at column 13 is neither an IP address nor a network."
    assert "is-invalid" in field.get("class")
    assert field.get("aria-invalid") == "true"
    assert "credential-ip_ranges-error" in field.get("aria-describedby").split()
    assert keys(site) == []


@pytest.mark.parametrize(
    ("mistake", "name", "title"),
    [
        ({"ip_ranges": "192.0.2.300"}, "ip_ranges", "IP ranges"),
        ({"expiry": "soon"}, "expiry", "Expiry"),
    ],
)
def test_the_message_leads_to_the_field_that_is_wrong(
    owner: Any, form: Any, mistake: dict[str, str], name: str, title: str
) -> None:
    html = parsed(owner.submit(PAGE, {**form, **mistake}))
    (link,) = html.cssselect("[role=alert] a")
    assert link.text_content() == title
    assert link.get("href") == f"#credential-{name}"
    field = html.get_element_by_id(f"credential-{name}")
    # What takes no input takes the focus, so that its error is read aloud.
    assert field.tag == "input" or field.get("tabindex") == "-1"


def test_nothing_typed_is_lost_on_an_error(owner: Any, form: Any) -> None:
    typed = {
        **form,
        "title": 'Nightly "import" <b>',
        "ip_ranges": "nowhere",
        "expiry": "date",
        "expires": "2090-12-31",
        "require_jti": "on",
        "algorithm": "EdDSA",
    }
    html = lxml.html.fromstring(owner.submit(PAGE, typed).text)
    (again,) = html.cssselect("#content-core form")
    kept = dict(again.form_values())
    kept.pop("_authenticator")
    typed.pop("_authenticator")
    assert kept == typed


def test_the_form_with_an_error_can_be_corrected(
    site: Any, owner: Any, form: Any
) -> None:
    owner.submit(PAGE, {**form, "title": ""})
    assert downloads(owner.submit(PAGE, form))
    assert len(keys(site)) == 1


def test_a_required_field_says_so(owner: Any) -> None:
    html = owner.see(PAGE)
    labels = {
        label.get("for"): text_of(label)
        for label in html.cssselect(".tokenauth-form label")
    }
    assert labels["credential-title"] == "Title (required)"
    assert labels["credential-ip_ranges"] == "IP ranges"


def test_a_title_is_required(owner: Any, form: Any) -> None:
    response = owner.submit(PAGE, {**form, "title": " "})
    field, error = field_and_error(response, "title")
    assert error == "Please enter a title."
    assert field.get("required")


def test_the_form_shows_the_address_the_server_sees(owner: Any, read: Any) -> None:
    assert "The server sees you at 127.0.0.1." in read(owner.get(PAGE))


def test_a_button_that_needs_javascript_is_hidden_without(owner: Any) -> None:
    (button,) = owner.see(PAGE).xpath("//button[@data-add]")
    assert button.get("data-add") == "127.0.0.1"
    assert button.get("data-to") == "credential-ip_ranges"
    assert "hidden" in button.attrib


def test_every_field_is_explained_where_it_stands(visitor: Any) -> None:
    html = visitor("manager", "Manager").see(PAGE)
    names = html.xpath("//form//*[@name and not(@type='hidden')]/@name")
    described = html.xpath("//*[@id='content-core']//*[@aria-describedby]")
    assert len(described) >= len(set(names))
    for element in described:
        for explanation in element.get("aria-describedby").split():
            assert html.get_element_by_id(explanation).text_content().strip()


def test_every_field_has_a_label(visitor: Any) -> None:
    html = visitor("manager", "Manager").see(PAGE)
    for field in html.xpath("//*[@id='content-core']//*[@name][not(@type='hidden')]"):
        (label,) = html.xpath(f"//label[@for='{field.get('id')}']")
        assert label.text_content().strip()


def test_a_manager_is_offered_every_switch(site: Any, visitor: Any) -> None:
    switch = "may_impersonate"
    manager = visitor("manager", "Manager")
    form = {**manager.form(PAGE), "title": "A key", "algorithm": "ES256", switch: "on"}
    assert manager.submit(PAGE, form).status_code == 200
    (key,) = keys(site, "manager")
    assert getattr(key, switch) is True


def test_a_switch_that_is_not_for_the_user_is_disabled_and_says_why(
    site: Any, owner: Any, form: Any, read: Any
) -> None:
    """It was left out, and nobody knew what the program could have had."""
    switch = "may_impersonate"
    html = owner.see(PAGE)
    box = html.get_element_by_id(f"credential-{switch}")
    assert "disabled" in box.attrib and "checked" not in box.attrib
    hint = html.get_element_by_id(f"credential-{switch}-hint")
    assert hint.get("id") in box.get("aria-describedby").split()
    assert "it needs the permission “pas.plugins.tokenauth: " in hint.text_content()
    assert "disabled" not in html.get_element_by_id("credential-require_jti").attrib
    response = owner.submit(PAGE, {**form, switch: "on"})
    assert "You are not allowed to turn this on." in read(response)
    assert keys(site) == []


def test_bytes_that_are_not_utf8_do_no_harm(site: Any, owner: Any, form: Any) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = requests.models.RequestEncodingMixin._encode_params(
        {**form, "title": "Title %ff", "ip_ranges": "%ff"}
    ).replace("%25ff", "%ff")
    response = owner._request("POST", PAGE, data=body, headers=headers)
    assert response.status_code == 200
    assert "neither an IP address nor a network" in response.text


def test_a_title_with_markup_is_escaped(owner: Any, form: Any) -> None:
    response = owner.submit(PAGE, {**form, "title": "<script>alert(1)</script>"})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text
    assert "<script>alert" not in response.text


def keys(site: Any, owner: str = "owner") -> list[Any]:
    site.sync()
    return list(site.context.storage["service_key"].owned_by(owner))


def downloads(response: requests.Response) -> list[Any]:
    """The documents that the page offers to download."""
    links = lxml.html.fromstring(response.text).xpath("//a[@download]/@href")
    prefix = "data:application/json;base64,"
    documents = [link for link in links if link.startswith(prefix)]
    contents = [unquote(link.removeprefix(prefix)) for link in documents]
    return [json.loads(base64.b64decode(content)) for content in contents]


def field_and_error(response: requests.Response, name: str) -> tuple[Any, str]:
    html = lxml.html.fromstring(response.text)
    error = html.get_element_by_id(f"credential-{name}-error")
    assert "invalid-feedback" in error.get("class")
    return html.get_element_by_id(f"credential-{name}"), error.text_content()
