"""``issue``, ``ensure`` and ``rotate``."""

from collections.abc import Callable
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.hazmat.primitives.serialization import PublicFormat
from pas.plugins.tokenauth import client
from pas.plugins.tokenauth.core import clock
from pas.plugins.tokenauth.core.times import serialize_time
from pas.plugins.tokenauth.servicekeys import command
from pas.plugins.tokenauth.servicekeys.kind import ServiceKeyKind
from pathlib import Path
from typing import Any
from ZODB.POSException import ConflictError

import json
import pytest


DAY = 24 * 60 * 60
NOW = 1_800_000_000.0


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "keyfile.json"


@pytest.fixture
def public_key(tmp_path: Path) -> Path:
    """A file with the public key of a client."""
    path = tmp_path / "key.pem"
    key = Ed25519PrivateKey.generate().public_key()
    path.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the clock."""

    def at(seconds: float) -> None:
        monkeypatch.setattr(clock.time, "time", lambda: seconds)

    return at


def keys(site: Any) -> list[Any]:
    site.sync()
    return list(site.context.storage["service_key"].all())


def issue(owner: str, *arguments: object) -> list[object]:
    # Ed25519 is the quickest to make.
    common = ["issue", "--user", owner, "--title", "A key", "--algorithm", "EdDSA"]
    return [*common, *arguments]


def ensure(owner: str, *arguments: object) -> list[object]:
    common = ["ensure", "--user", owner, "--name", "job", "--algorithm", "EdDSA"]
    return [*common, *arguments]


class TestIssue:
    def test_the_keyfile_authorizes_requests(
        self,
        site: Any,
        owner: str,
        tokenauth: Any,
        output: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        result = tokenauth(*issue(owner, "--output", output))
        assert (result.code, output.stat().st_mode & 0o777) == (0, 0o600)
        assert client.main(["token", str(output)]) == 0
        token = capsys.readouterr().out.strip()
        assert site.api("GET", "/@users/owner", token).json()["id"] == "owner"

    def test_the_command_says_what_was_issued(
        self, site: Any, owner: str, tokenauth: Any, output: Path
    ) -> None:
        result = tokenauth(*issue(owner, "--output", output))
        client_id = json.loads(output.read_text())["client_id"]
        (key,) = keys(site)
        assert key.expires_at == key.issued_at + 365 * 24 * 60 * 60
        assert key.scopes == ("plone.read",)
        end = serialize_time(key.expires_at)
        assert result.out == (
            f"Issued {client_id} of owner, expires: {end}. Keyfile: {output}\n"
        )

    def test_output_of_zope_is_not_in_the_answer(
        self, owner: str, tokenauth: Any, output: Path
    ) -> None:
        result = tokenauth("--json", *issue(owner, "--output", output))
        assert result.json["output"] == str(output)
        assert "keyfile" not in result.json
        assert result.err == "Zope is starting.\n"

    def test_the_arguments_become_the_options(
        self,
        site: Any,
        owner: str,
        tokenauth: Any,
        output: Path,
        at: Callable[[float], None],
    ) -> None:
        at(NOW)
        tokenauth(
            *issue(owner, "--output", output, "--expires", "90d", "--name", "job"),
            *("--ip", "192.0.2.0/24,2001:db8::1"),
            *("--may-impersonate", "--require-jti"),
        )
        (key,) = keys(site)
        assert (key.owner, key.title, key.name) == ("owner", "A key", "job")
        assert key.expires_at == NOW + 90 * DAY
        assert key.ip_ranges == "192.0.2.0/24, 2001:db8::1"
        assert key.may_impersonate and key.require_jti
        assert key.issued_by.endswith(" (command line)")
        assert key.scopes == ("plone.read",)

    def test_scopes_can_be_chosen(
        self, site: Any, owner: str, tokenauth: Any, output: Path
    ) -> None:
        scopes = ("--scope", "plone.write", "--scope", "plone.read")
        result = tokenauth("--json", *issue(owner, "--output", output, *scopes))
        assert result.json["scopes"] == ["plone.read", "plone.write"]
        assert keys(site)[0].scopes == ("plone.read", "plone.write")

    def test_the_keyfile_is_printed_only_when_asked_for(
        self, owner: str, tokenauth: Any
    ) -> None:
        printed = tokenauth(*issue(owner, "--output", "-"))
        assert json.loads(printed.out)["private_key"].startswith("-----BEGIN")
        printed = tokenauth("--json", *issue(owner, "--output", "-"))
        assert printed.json["keyfile"]["private_key"].startswith("-----BEGIN")

    def test_a_public_key_needs_no_keyfile(
        self, site: Any, owner: str, tokenauth: Any, public_key: Path
    ) -> None:
        result = tokenauth(
            *("issue", "--user", owner, "--title", "A key", "--public-key", public_key)
        )
        (key,) = keys(site)
        assert result.code == 0
        assert key.public_keys[0].algorithm == "EdDSA"

    def test_with_a_public_key_the_keyfile_lacks_only_the_private_one(
        self, owner: str, tokenauth: Any, public_key: Path, output: Path
    ) -> None:
        tokenauth(*issue(owner, "--public-key", public_key, "--output", output))
        keyfile = json.loads(output.read_text())
        assert set(client.NEEDED) - set(keyfile) == {"private_key"}

    def test_a_private_key_is_refused_and_not_shown(
        self, site: Any, owner: str, tokenauth: Any, public_key: Path
    ) -> None:
        pem = Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        public_key.write_bytes(pem)
        result = tokenauth(*issue(owner, "--public-key", public_key))
        assert result.code == 2 and "This is a private key." in result.err
        assert pem.splitlines()[1].decode() not in result.err
        assert keys(site) == []

    @pytest.mark.parametrize(
        ("content", "code"), [(None, 3), (b"", 2), (b" \n", 2), (b"\xff", 2)]
    )
    def test_without_a_public_key_none_is_made_instead(
        self,
        site: Any,
        owner: str,
        tokenauth: Any,
        tmp_path: Path,
        content: bytes | None,
        code: int,
    ) -> None:
        path = tmp_path / "other.pem"
        if content is not None:
            path.write_bytes(content)
        result = tokenauth(*issue(owner, "--public-key", path, "--output", "-"))
        assert (result.code, result.out, keys(site)) == (code, "", [])

    @pytest.mark.parametrize(
        ("arguments", "code", "message"),
        [
            (["--user", "nobody"], 3, "--user: There is no such user"),
            (["--ip", "10.0.0.1/8"], 2, "--ip: “10.0.0.1/8”"),
            (["--expires", "2020-01-01"], 2, "--expires: The expiry must be"),
            (["--algorithm", "HS256"], 2, "--algorithm: There is no such"),
            (["--name", "Not a slug"], 2, "--name: A name has"),
            (["--title", " "], 2, "--title: Please enter a title."),
            (["--scope", "plone.fly"], 2, "--scope: There is no scope plone.fly."),
        ],
    )
    def test_a_refusal_leaves_nothing_behind(
        self,
        site: Any,
        owner: str,
        tokenauth: Any,
        output: Path,
        arguments: list[str],
        code: int,
        message: str,
    ) -> None:
        result = tokenauth(*issue(owner, "--output", output), *arguments)
        assert (result.code, result.out) == (code, "")
        assert f"tokenauth: {message}" in result.err
        assert not output.exists() and keys(site) == []

    def test_the_owner_must_have_the_right_that_a_switch_lends(
        self, site: Any, tokenauth: Any, output: Path
    ) -> None:
        site.add_user("member")
        result = tokenauth(*issue("member", "--output", output, "--may-impersonate"))
        assert result.code == 2
        assert "--may-impersonate: You are not allowed" in result.err

    def test_a_keyfile_that_is_there_is_not_overwritten(
        self, site: Any, owner: str, tokenauth: Any, output: Path
    ) -> None:
        output.write_text("precious")
        result = tokenauth(*issue(owner, "--output", output))
        assert (result.code, output.read_text(), keys(site)) == (1, "precious", [])

    @pytest.mark.parametrize(
        ("policy", "value"),
        [
            ("max_key_lifetime", 30),
            ("max_keys_per_user", 1),
            ("require_ip_ranges", True),
            ("allowed_algorithms", ("ES256",)),
        ],
    )
    def test_a_policy_of_the_site_is_exit_code_4(
        self,
        site: Any,
        owner: str,
        tokenauth: Any,
        output: Path,
        policy: str,
        value: object,
    ) -> None:
        site.issue(owner)
        setattr(site.plugin, policy, value)
        site.commit()
        result = tokenauth(*issue(owner, "--output", output, "--expires", "365d"))
        assert result.code == 4 and "policy" in result.err
        assert not output.exists()

    def test_a_site_without_an_issuer_issues_nothing(
        self, site: Any, owner: str, tokenauth: Any, output: Path
    ) -> None:
        site.plugin.issuer = ""
        site.commit()
        result = tokenauth(*issue(owner, "--output", output))
        assert result.code == 1 and "This site has no issuer yet." in result.err


class TestConflicts:
    @pytest.fixture
    def conflicts(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """How often the next transaction is still to conflict."""
        left = [0]
        make = ServiceKeyKind.issue

        def meeting_others(*args: Any, **kwargs: Any) -> Any:
            issued = make(*args, **kwargs)
            if left[0]:
                left[0] -= 1
                raise ConflictError()
            return issued

        monkeypatch.setattr(ServiceKeyKind, "issue", meeting_others)
        return left

    def test_the_keyfile_is_that_of_the_key_that_stays(
        self,
        site: Any,
        owner: str,
        tokenauth: Any,
        output: Path,
        conflicts: list[int],
    ) -> None:
        conflicts[0] = 1
        assert tokenauth(*issue(owner, "--output", output)).code == 0
        (key,) = keys(site)
        keyfile = json.loads(output.read_text())
        assert keyfile["key_id"] == key.public_keys[0].kid

    def test_a_command_that_conflicts_every_time_gives_up(
        self,
        site: Any,
        owner: str,
        tokenauth: Any,
        output: Path,
        conflicts: list[int],
    ) -> None:
        conflicts[0] = 99
        result = tokenauth(*issue(owner, "--output", output))
        assert result.code == 1 and "Nothing was done: repeat it." in result.err
        assert not output.exists() and keys(site) == []


class TestEnsure:
    def test_repeating_the_command_issues_one_key(
        self, site: Any, owner: str, tokenauth: Any, output: Path
    ) -> None:
        first = tokenauth("--json", *ensure(owner, "--output", output)).json
        content = output.read_text()
        second = tokenauth("--json", *ensure(owner, "--output", output)).json
        assert (first["changed"], second["changed"]) == (True, False)
        assert first["client_id"] == second["client_id"]
        assert (first["output"], second["output"]) == (str(output), None)
        assert output.read_text() == content
        assert len(keys(site)) == 1

    def test_the_command_says_what_it_did(
        self, owner: str, tokenauth: Any, output: Path
    ) -> None:
        arguments = ensure(owner, "--output", output)
        assert tokenauth(*arguments).out.startswith("Issued svc-")
        assert tokenauth(*arguments).out.startswith("Unchanged: svc-")
        assert tokenauth(*arguments, "--require-jti").out.startswith("Corrected svc-")

    def test_an_option_that_is_left_out_is_as_for_a_new_key(
        self, site: Any, owner: str, tokenauth: Any, output: Path
    ) -> None:
        arguments = ensure(owner, "--output", output)
        given = ("--title", "Nightly", "--ip", "192.0.2.7", "--scope", "plone.write")
        tokenauth(*arguments, *given)
        assert tokenauth("--json", *arguments, *given).json["changed"] is False
        assert tokenauth("--json", *arguments).json["changed"] is True
        (key,) = keys(site)
        assert (key.title, key.ip_ranges, key.scopes) == ("job", "", ("plone.read",))

    def test_a_lifetime_does_not_start_again_with_every_call(
        self,
        site: Any,
        owner: str,
        tokenauth: Any,
        output: Path,
        at: Callable[[float], None],
    ) -> None:
        at(NOW)
        arguments = ensure(owner, "--output", output, "--expires", "90d")
        tokenauth(*arguments)
        at(NOW + DAY)
        assert tokenauth("--json", *arguments).json["changed"] is False
        (key,) = keys(site)
        assert key.expires_at == NOW + 90 * DAY

    def test_an_expired_key_gets_a_successor_but_not_in_its_keyfile(
        self,
        site: Any,
        owner: str,
        tokenauth: Any,
        output: Path,
        at: Callable[[float], None],
    ) -> None:
        at(NOW)
        arguments = ensure(owner, "--output", output, "--expires", "90d")
        tokenauth(*arguments)
        at(NOW + 91 * DAY)
        result = tokenauth(*arguments)
        assert result.code == 1 and f"{output} is there already" in result.err
        output.unlink()
        assert tokenauth(*arguments).code == 0
        assert len(keys(site)) == 2

    def test_a_lost_keyfile_is_told(
        self, site: Any, owner: str, tokenauth: Any, output: Path
    ) -> None:
        tokenauth(*ensure(owner, "--output", output))
        output.unlink()
        result = tokenauth(*ensure(owner, "--output", output, "--ip", "192.0.2.7"))
        (key,) = keys(site)
        assert result.code == 3
        assert f"tokenauth rotate {key.client_id} --overlap 0d" in result.err
        assert not output.exists() and key.ip_ranges == ""

    def test_a_keyfile_is_printed_once(self, owner: str, tokenauth: Any) -> None:
        first = tokenauth("--json", *ensure(owner, "--output", "-")).json
        second = tokenauth("--json", *ensure(owner, "--output", "-")).json
        assert first["keyfile"]["client_id"] == second["client_id"]
        assert "keyfile" not in second

    def test_another_public_key_takes_the_place_of_the_first(
        self, site: Any, owner: str, tokenauth: Any, public_key: Path
    ) -> None:
        arguments = ("ensure", "--user", owner, "--name", "job")
        arguments += ("--public-key", str(public_key))
        tokenauth(*arguments)
        assert tokenauth("--json", *arguments).json["changed"] is False
        key = Ed25519PrivateKey.generate().public_key()
        public_key.write_bytes(key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH))
        changed = tokenauth("--json", *arguments).json
        assert changed["changed"] is True and len(changed["public_keys"]) == 1

    def test_a_lifetime_starts_again_with_another_public_key(
        self,
        site: Any,
        owner: str,
        tokenauth: Any,
        public_key: Path,
        at: Callable[[float], None],
    ) -> None:
        arguments = ("ensure", "--user", owner, "--name", "job", "--expires", "90d")
        arguments += ("--public-key", str(public_key))
        at(NOW)
        tokenauth(*arguments)
        at(NOW + DAY)
        key = Ed25519PrivateKey.generate().public_key()
        public_key.write_bytes(key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH))
        tokenauth(*arguments)
        assert keys(site)[0].expires_at == NOW + 91 * DAY
        assert tokenauth("--json", *arguments).json["changed"] is False

    def test_the_second_of_two_at_once_finds_the_key_of_the_first(
        self,
        site: Any,
        owner: str,
        tokenauth: Any,
        output: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Two deployments at once: the second has no keyfile and says so."""
        ensure_service_key = command.ensure_service_key

        def overtaken(*args: Any, **kwargs: Any) -> Any:
            monkeypatch.setattr(command, "ensure_service_key", ensure_service_key)
            keyfile_of_the_second = ensure_service_key(*args, **kwargs).issued
            assert keyfile_of_the_second is not None
            output.write_text(json.dumps(keyfile_of_the_second.keyfile))
            site.sync()
            ensure_service_key(*args, **kwargs)
            site.commit()
            raise ConflictError()

        monkeypatch.setattr(command, "ensure_service_key", overtaken)
        output_of_the_second = output.with_name("second.json")
        result = tokenauth(*ensure(owner, "--output", output_of_the_second))
        assert result.code == 3 and "cannot be had again" in result.err
        assert not output_of_the_second.exists()
        assert len(keys(site)) == 1


class TestRotate:
    @pytest.fixture
    def client_id(self, owner: str, tokenauth: Any, output: Path) -> str:
        tokenauth(*issue(owner, "--output", output, "--expires", "2099-01-01"))
        return json.loads(output.read_text())["client_id"]

    def test_both_keyfiles_work_during_the_overlap(
        self,
        site: Any,
        client_id: str,
        tokenauth: Any,
        output: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        new = output.with_name("new.json")
        result = tokenauth("rotate", client_id, "--algorithm", "EdDSA", "--output", new)
        assert (result.code, new.stat().st_mode & 0o777) == (0, 0o600)
        assert result.out.startswith(f"Rotated {client_id} of owner")
        for path in (output, new):
            assert client.main(["token", str(path)]) == 0

    def test_without_an_overlap_the_old_one_ends_at_once(
        self, client_id: str, tokenauth: Any, output: Path
    ) -> None:
        new = output.with_name("new.json")
        tokenauth("rotate", client_id, "--overlap", "0d", "--output", new)
        assert client.main(["token", str(output)]) == 1
        assert client.main(["token", str(new)]) == 0

    def test_the_end_stays_unless_another_is_given(
        self, site: Any, client_id: str, tokenauth: Any, public_key: Path
    ) -> None:
        before = keys(site)[0].expires_at
        tokenauth("rotate", client_id, "--public-key", public_key)
        assert keys(site)[0].expires_at == before
        tokenauth(
            *("rotate", client_id, "--overlap", "0d", "--output", "-"),
            *("--algorithm", "EdDSA", "--expires", "never"),
        )
        assert keys(site)[0].expires_at is None

    def test_a_key_that_is_not_there_is_exit_code_3(
        self, site: Any, tokenauth: Any, output: Path
    ) -> None:
        result = tokenauth("rotate", "svc-none", "--output", output)
        assert result.code == 3 and "no such service key in this site" in result.err
        assert not output.exists()

    def test_a_revoked_key_is_not_rotated(
        self, client_id: str, tokenauth: Any, output: Path
    ) -> None:
        tokenauth("revoke", client_id)
        new = output.with_name("new.json")
        result = tokenauth("rotate", client_id, "--output", new)
        assert result.code == 1 and "has ended" in result.err
        assert not new.exists()
