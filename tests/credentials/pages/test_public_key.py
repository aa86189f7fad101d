"""Giving only a public key. Whatever is pasted, no answer and no log shows it again."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.hazmat.primitives.serialization import PublicFormat
from tests.credentials.pages.conftest import downloaded
from typing import Any

import lxml.html
import pytest
import requests


ISSUE = "@@manage-service-keys-issue"
ROTATE = "@@manage-service-keys-rotate"


class ClientKey:
    """A key pair that only the client has."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    @property
    def private_pem(self) -> str:
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return pem.decode()

    def public(self, encoding: Encoding, format: PublicFormat) -> str:
        return self._key.public_key().public_bytes(encoding, format).decode()

    @property
    def public_pem(self) -> str:
        return self.public(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def openssh(self) -> str:
        return self.public(Encoding.OpenSSH, PublicFormat.OpenSSH) + " jane@laptop"


@pytest.fixture
def client_key() -> ClientKey:
    """A key pair of the client's own."""
    return ClientKey()


@pytest.fixture
def form(owner: Any) -> dict[str, Any]:
    """The form for a new key with a public key, filled in but for that."""
    return {**owner.form(ISSUE), "title": "CI", "key_source": "upload"}


@pytest.mark.parametrize("spelling", ["public_pem", "openssh"])
def test_the_keyfile_lacks_the_private_key(
    site: Any, owner: Any, form: Any, client_key: ClientKey, spelling: str
) -> None:
    typed = {**form, "public_key": getattr(client_key, spelling)}
    response = owner.submit(ISSUE, typed)
    keyfile = downloaded(response)
    assert "private_key" not in keyfile
    assert keyfile["algorithm"] == "EdDSA"
    assert "lacks the private key" in response.text
    assert "PRIVATE KEY" not in response.text
    # It works with what the client has.
    complete = {**keyfile, "private_key": client_key.private_pem}
    assert site.get("", site.token(complete)).status_code == 200


def test_a_key_is_rotated_to_a_public_key(
    site: Any, owner: Any, new_key: Any, client_key: ClientKey
) -> None:
    before = new_key()
    form = owner.form(ROTATE, id=before["client_id"])
    typed = {**form, "key_source": "upload", "public_key": client_key.openssh}
    keyfile = downloaded(owner.submit(ROTATE, typed))
    assert keyfile["client_id"] == before["client_id"]
    complete = {**keyfile, "private_key": client_key.private_pem}
    assert site.exchange(site.grant(complete)).status_code == 200


@pytest.mark.parametrize("public_key", ["", " \n"])
def test_without_a_public_key_nothing_is_issued(
    site: Any, owner: Any, form: Any, public_key: str
) -> None:
    response = owner.submit(ISSUE, {**form, "public_key": public_key})
    assert error(response) == "Please paste the public key."
    assert keys(site) == []


def test_a_private_key_is_refused_and_not_shown_again(
    site: Any, owner: Any, form: Any, client_key: ClientKey
) -> None:
    response = owner.submit(ISSUE, {**form, "public_key": client_key.private_pem})
    assert "This is a private key." in error(response)
    assert is_nowhere(client_key.private_pem, response)
    assert keys(site) == []


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"ip_ranges": "nowhere"}, {"expiry": "soon"}]
)
@pytest.mark.parametrize("spelling", ["private_pem", "public_pem"])
def test_a_pasted_key_is_not_shown_when_another_field_is_wrong(
    owner: Any, form: Any, client_key: ClientKey, wrong: Any, spelling: str
) -> None:
    pasted = getattr(client_key, spelling)
    response = owner.submit(ISSUE, {**form, "public_key": pasted, **wrong})
    assert is_nowhere(pasted, response)
    html = lxml.html.fromstring(response.text)
    hint = html.get_element_by_id("credential-public_key-hint")
    assert hint.text_content() == "Please paste it again: it is not kept."


@pytest.mark.parametrize("source", ["site", "upload", "elsewhere"])
def test_a_pasted_key_is_not_shown_whatever_was_chosen(
    owner: Any, form: Any, client_key: ClientKey, source: str
) -> None:
    pasted = client_key.private_pem
    typed = {**form, "key_source": source, "algorithm": "ES256", "public_key": pasted}
    assert is_nowhere(pasted, owner.submit(ISSUE, typed))


@pytest.mark.parametrize("broken", [{"_authenticator": "x"}, {"idempotency_key": ""}])
def test_no_error_log_has_a_pasted_key(
    site: Any, owner: Any, form: Any, client_key: ClientKey, broken: Any, caplog: Any
) -> None:
    site.portal.error_log.setProperties(100, 1, "")
    site.commit()
    pasted = client_key.private_pem
    response = owner.submit(ISSUE, {**form, "public_key": pasted, **broken})
    assert response.status_code in (400, 403)
    assert is_nowhere(pasted, response)
    entries = site.portal.error_log.getLogEntries()
    assert entries
    secret = pasted.splitlines()[1]
    for entry in entries:
        assert secret not in str(site.portal.error_log.getLogEntryById(entry["id"]))
    assert secret not in caplog.text


def test_an_algorithm_that_the_policy_forbids_is_explained_at_the_key(
    site: Any, owner: Any, form: Any, client_key: ClientKey
) -> None:
    site.plugin.allowed_algorithms = ("RS256",)
    site.commit()
    response = owner.submit(ISSUE, {**form, "public_key": client_key.openssh})
    assert error(response) == "The policy of this site does not allow EdDSA."
    assert keys(site) == []


def test_the_choice_counts_not_the_pasted_key(
    owner: Any, form: Any, client_key: ClientKey
) -> None:
    typed = {**form, "key_source": "site", "algorithm": "ES256"}
    response = owner.submit(ISSUE, {**typed, "public_key": client_key.openssh})
    assert "private_key" in downloaded(response)


def keys(site: Any) -> list[Any]:
    site.sync()
    return list(site.context.storage["service_key"].owned_by("owner"))


def error(response: requests.Response) -> str:
    html = lxml.html.fromstring(response.text)
    assert html.get_element_by_id("credential-public_key").value in ("", None)
    found = html.get_element_by_id("credential-public_key-error")
    return " ".join(found.text_content().split())


def is_nowhere(pasted: str, response: requests.Response) -> bool:
    """Whether no line that makes the key out is in the answer."""
    line = pasted.splitlines()[1]
    return line not in response.text and line not in str(response.headers)
