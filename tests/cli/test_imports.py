"""``import``: keyfiles of ftw.tokenauth go on working at the new site."""

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.hazmat.primitives.serialization import PublicFormat
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hashlib
import json
import jwt
import pytest
import runpy
import time


EXPORT_SCRIPT = Path(__file__).parents[2] / "docs" / "examples" / "export_ftw.py"
PRIVATE_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC_PEM = PRIVATE_KEY.public_key().public_bytes(
    Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
)
CLIENT_ID = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
OLD_ENDPOINT = "https://old.example.org/@@oauth2-token"
RECORD = {
    "key_id": hashlib.sha1(PUBLIC_PEM).hexdigest(),
    "client_id": CLIENT_ID,
    "user_id": "owner",
    "title": "Nightly",
    "issued": "2018-07-09T16:10:03+00:00",
    "ip_range": "127.0.0.1, ::1",
    "public_key": PUBLIC_PEM.decode(),
    "token_uri": OLD_ENDPOINT,
}


def export(*records: object, **members: object) -> str:
    document = {"format": "ftw.tokenauth", "version": 1, "site": "/Plone"}
    return json.dumps({**document, "service_keys": records, **members})


def export_from_old_site(file: Path) -> None:
    """As the export script does it, from what ftw.tokenauth keeps."""
    kept = {**RECORD, "public_key": PUBLIC_PEM, "issued": datetime(2018, 7, 9, 18, 10)}
    storage = {"service_keys": {RECORD["key_id"]: kept}}
    plugin = SimpleNamespace(_credential_storage=storage)
    site = SimpleNamespace(
        acl_users={"token_auth": plugin}, getPhysicalPath=lambda: ("", "Plone")
    )
    app = SimpleNamespace(unrestrictedTraverse={"Plone": site}.get)
    runpy.run_path(str(EXPORT_SCRIPT))["main"](app, "/Plone", str(file))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def test_an_old_keyfile_goes_on_working(
    site: Any, owner: str, tokenauth: Any, file: Path
) -> None:
    """It has a PKCS#1 key, a SHA-1 key id and, in the grant, no key id at all."""
    export_from_old_site(file)
    assert tokenauth("import", file).code == 0
    keyfile = {
        **{name: RECORD[name] for name in ("key_id", "client_id", "user_id")},
        "issued": "2018-07-09T18:10:03.000025",
        "token_uri": OLD_ENDPOINT,
        "private_key": PRIVATE_KEY.private_bytes(
            Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
        ).decode(),
    }
    assert keyfile["private_key"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    now = int(time.time())
    claims = {
        "iss": keyfile["client_id"],
        "sub": keyfile["user_id"],
        "aud": keyfile["token_uri"],
        "iat": now,
        "exp": now + 3600,
    }
    grant = jwt.encode(claims, keyfile["private_key"], algorithm="RS256")
    assert "kid" not in jwt.get_unverified_header(grant)
    answer = site.exchange(grant)
    assert answer.status_code == 200, answer.text
    token = answer.json()["access_token"]
    assert site.api("GET", "/@users/owner", token).json()["id"] == "owner"


def test_the_import_says_what_was_imported(
    site: Any, owner: str, tokenauth: Any, file: Path
) -> None:
    file.write_text(export(RECORD))
    assert tokenauth("import", file).out == (
        "Imported: 1, here before: 0.\n"
        "These may administer the site, for a year:\n"
        "CLIENT ID\n"
        f"{CLIENT_ID}\n"
    )
    again = tokenauth("import", file, "--json")
    assert again.json == {
        "imported": [],
        "unchanged": [CLIENT_ID],
        "administrative": [],
        "refused": [],
    }


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_an_export_that_windows_has_touched_is_read(
    site: Any, owner: str, tokenauth: Any, file: Path, encoding: str
) -> None:
    file.write_text(export(RECORD), encoding=encoding)
    assert tokenauth("import", file).out.startswith("Imported: 1, here before: 0.\n")


def test_a_record_that_cannot_be_used_is_told_and_the_rest_imported(
    site: Any, owner: str, tokenauth: Any, file: Path
) -> None:
    lost = {**RECORD, "client_id": "other", "user_id": "nobody"}
    file.write_text(export(lost, RECORD))
    result = tokenauth("import", file)
    assert result.code == 1
    assert result.out == (
        "Imported: 1, here before: 0.\n"
        "These may administer the site, for a year:\n"
        "CLIENT ID\n"
        f"{CLIENT_ID}\n"
        "Not imported:\n"
        "CLIENT ID  REASON\n"
        "other      There is no such user in this site.\n"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is no export of ftw.tokenauth"),
        ("[]", "is no export of ftw.tokenauth"),
        ('{"version": 1, "version": 1}', "is no export of ftw.tokenauth"),
        (json.dumps(RECORD), "is no export of ftw.tokenauth"),
        (export(RECORD, version=2), "another version of the export script"),
        (export(service_keys={}), "holds no list of service keys"),
        (export("svc-1"), "holds no list of service keys"),
    ],
)
def test_any_other_file_is_wrong_usage(
    site: Any, tokenauth: Any, file: Path, content: str, message: str
) -> None:
    file.write_text(content)
    result = tokenauth("import", file)
    assert (result.code, result.out) == (2, "") and message in result.err


def test_a_file_that_is_not_there_is_exit_code_3(
    site: Any, tokenauth: Any, file: Path
) -> None:
    assert tokenauth("import", file).code == 3


def test_a_folder_is_wrong_usage(site: Any, tokenauth: Any, tmp_path: Path) -> None:
    assert tokenauth("import", tmp_path).code == 2
