"""A site that is used in every way in which it handles a secret."""

from collections.abc import Callable
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.hazmat.primitives.serialization import PublicFormat
from pas.plugins.tokenauth.usage.recorder import recorder
from pathlib import Path
from tests.authorization_server.endpoints.conftest import client_assertion
from tests.credentials.pages.conftest import Visitor
from tests.secrets.needles import Needles
from typing import Any

import json
import lxml.html
import requests
import secrets
import time


KEYS = "@@manage-service-keys"
TOKENS = "@@manage-personal-access-tokens"
#: Pages that say much about credentials.
PAGES = (
    KEYS,
    TOKENS,
    "@@tokenauth-controlpanel",
    "@@tokenauth-controlpanel-settings",
    "@service-keys",
    "@personal-access-tokens",
    "@controlpanels/tokenauth",
)


class Walk:
    """Everything that people and programs do.

    :param tokenauth: the command line
    """

    def __init__(
        self,
        site: Any,
        needles: Needles,
        tokenauth: Callable[..., str],
        folder: Path,
    ) -> None:
        self.site = site
        self.needles = needles
        self.tokenauth = tokenauth
        self.folder = folder
        self.owner = Visitor(site, "owner")
        self.admin = Visitor(site, "admin")
        #: Names of the secrets that one response had to show.
        self.shown: set[str] = set()

    def everything(self) -> None:
        self.service_keys()
        self.personal_access_tokens()
        self.rest()
        self.command_line()
        self.uploads()
        self.look_around()

    def service_keys(self) -> None:
        """By the pages: issue, use in every way, be refused, rotate, revoke."""
        form = self.owner.form(f"{KEYS}-issue")
        form = {**form, "title": "A key", "algorithm": "ES256"}
        keyfile = self._keyfile(
            "issued on a page", self.owner.submit(f"{KEYS}-issue", form)
        )
        self.owner.submit(f"{KEYS}-issue", form)
        token = self.exchange("of a key", keyfile)
        self.use(token, everywhere=True)
        self.refuse(keyfile, token)
        form = self.owner.form(f"{KEYS}-rotate", id=keyfile["client_id"])
        rotated = self._keyfile(
            "rotated on a page", self.owner.submit(f"{KEYS}-rotate", form)
        )
        self.use(self.exchange("of a rotated key", rotated))
        self._revoke(KEYS, keyfile["client_id"])
        self.use(token, everywhere=True)

    def personal_access_tokens(self) -> None:
        form = {**self.owner.form(f"{TOKENS}-issue"), "title": "A token"}
        answer = self.owner.submit(f"{TOKENS}-issue", form)
        (field,) = lxml.html.fromstring(answer.text).cssselect("#personal-access-token")
        token = field.get("value")
        self._shown("token on a page", self.needles.add_token, token)
        self.owner.submit(f"{TOKENS}-issue", form)
        self.use(token, everywhere=True)
        self.as_password(token)
        recorder.flush(everything=True)
        self.site.sync()
        owned = list(
            self.site.context.storage["personal_access_token"].owned_by("owner")
        )
        for credential in owned:
            self._revoke(TOKENS, credential.credential_id)
        self.use(token)
        self.as_password(token)

    def rest(self) -> None:
        """By plone.restapi, for somebody else too."""
        for visitor in (self.owner, self.admin):
            auth = visitor.session.auth
            body = {"title": "A key", "algorithm": "ES256", "owner": "owner"}
            made = self.site.api("POST", "/@service-keys", json=body, auth=auth).json()
            path = f"/@service-keys/{made['client_id']}"
            more = {"overlap": 0, "algorithm": "ES256"}
            rotated = self.site.api("POST", f"{path}/rotate", json=more, auth=auth)
            for way, answer in (("issued", made), ("rotated", rotated.json())):
                name = f"{way} over REST by {visitor.user_id}"
                pem = answer["keyfile"]["private_key"]
                self._shown(name, self.needles.add_private_key, pem)
            self.site.api("GET", path, auth=auth)
            self.site.api("GET", f"{path}/usage", auth=auth)
            self.site.api("DELETE", path, auth=auth)
            ends = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 9 * 86400))
            body = {"title": "A token", "expires": ends, "owner": "owner"}
            made = self.site.api(
                "POST", "/@personal-access-tokens", json=body, auth=auth
            ).json()
            name = f"token over REST by {visitor.user_id}"
            self._shown(name, self.needles.add_token, made["token"])
            self.use(made["token"])

    def command_line(self) -> None:
        key = ""
        for command in ("issue", "rotate"):
            output = self.folder / f"{command}.json"
            which = ["--user", "owner", "--title", "x"] if command == "issue" else [key]
            options = ["--algorithm", "ES256", "--output", str(output)]
            self.tokenauth(command, *which, *options)
            assert output.stat().st_mode & 0o777 == 0o600
            keyfile = json.loads(output.read_text())
            key = keyfile["client_id"]
            self.needles.add_private_key(
                f"{command} by command", keyfile["private_key"]
            )
            self.use(self.exchange(f"of a key by {command}", keyfile))
        output = self.folder / "token.txt"
        arguments = ["--user", "owner", "--title", "By command", "--expires", "9d"]
        self.tokenauth("pat", "issue", *arguments, "--output", str(output))
        assert output.stat().st_mode & 0o777 == 0o600
        self.needles.add_token("by command", output.read_text().strip())
        self.use(output.read_text().strip())
        for command in (("list",), ("pat", "list"), ("purge",)):
            self.tokenauth(*command)

    def uploads(self) -> None:
        """A public key, and a private one by mistake."""
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode()
        self.needles.add_private_key("uploaded by mistake", pem)
        public = key.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )
        form = {**self.owner.form(f"{KEYS}-issue"), "title": "Mine"}
        for text in (pem, public.decode()):
            form = {**form, "key_source": "upload", "public_key": text}
            self.owner.submit(f"{KEYS}-issue", form)
            body = {"title": "Mine", "public_key": text}
            self.site.api(
                "POST", "/@service-keys", json=body, auth=self.owner.session.auth
            )
        file = self.folder / "private.pem"
        file.write_text(pem)
        self.tokenauth(
            "issue", "--user", "owner", "--title", "Mine", "--public-key", str(file)
        )

    def look_around(self) -> None:
        for page in PAGES:
            self.owner.get(page)
            self.admin.get(page)
            self.site.api("GET", f"/{page}", auth=self.owner.session.auth)
        self.site.sync()
        for key in list(self.site.context.storage["service_key"].owned_by("owner")):
            for page in ("logs", "logs-csv", "edit", "revoke", "rotate"):
                self.owner.get(f"{KEYS}-{page}", id=key.client_id)

    # -- what programs do ----------------------------------------------------

    def exchange(self, name: str, keyfile: dict[str, Any]) -> str:
        assertion = self.site.grant(keyfile, jti=secrets.token_hex())
        self.needles.add_assertion(f"grant {name}", assertion)
        answer = self.site.exchange(assertion)
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        self._shown(f"token {name}", self.needles.add_token, token)
        return token

    def use(self, token: str, everywhere: bool = False) -> None:
        """Successfully or not, as Bearer."""
        self.site.api("GET", "", token)
        self.site.api("GET", "/@@fails", token)
        if not everywhere:
            return
        for path in ("", "/@@overview-controlpanel", "/nowhere", "/@@fails"):
            self.site.get(path, token)
        self.site.api("GET", "/@@login", token)
        self.site.api("POST", "", token, json={"@type": "Document", "title": "x"})
        self.site.api("POST", "/@login-renew", token)
        self.site.request("PROPFIND", "", token)
        self.site.get(f"/?access_token={'x' * 9}", token)
        self.site.request("POST", "", token, data={"access_token": token})

    def as_password(self, token: str) -> None:
        for auth in (("owner", token), ("admin", token), (token, ""), (token, "x")):
            self.site.get("", auth=auth)
            self.site.api("GET", "/@@fails", auth=auth)
        form = {"__ac_name": "owner", "__ac_password": token, "buttons.login": "Log in"}
        self.site.request("POST", "/login", data=form)
        self.site.api("POST", "/@login", json={"login": "owner", "password": token})

    def refuse(self, keyfile: dict[str, Any], token: str) -> None:
        """Grants, client assertions and tokens with all that can be wrong with them."""
        now = time.time()
        jti = secrets.token_hex()
        grants = {
            "used twice": self.site.grant(keyfile, jti=jti),
            "used again": self.site.grant(keyfile, jti=jti),
            "expired": self.site.grant(keyfile, exp=now - 900, iat=now - 999),
            "of nobody": self.site.grant(keyfile, iss="svc-nobody"),
            "for somebody": self.site.grant(keyfile, sub="admin"),
            "for another server": self.site.grant(keyfile, aud="https://example.org"),
            "too long": self.site.grant(keyfile, exp=now + 99999),
            "odd": self.site.grant(keyfile, iat="x"),
        }
        for name, assertion in grants.items():
            self.needles.add_assertion(f"grant {name}", assertion)
            self.site.exchange(assertion)
            self.site.exchange(assertion, scope="none")
            self.site.exchange(f"{assertion}x")
            # In all the wrong places.
            self._post(f"?assertion={assertion}", {"assertion": assertion})
            self._post("", {"grant_type": assertion})
            requests.get(self.site.endpoint, timeout=30, auth=("x", assertion))
            self._post("", {}, headers={"Authorization": f"Bearer {assertion}"})
        proof = client_assertion(self.site, keyfile)
        self.needles.add_assertion("client assertion", proof)
        for endpoint in ("token", "revoke", "introspect"):
            for name in ("token", "assertion", "client_secret", "code"):
                data = {
                    name: token,
                    "client_assertion": proof,
                    "client_assertion_type": "urn:ietf:params:oauth:"
                    "client-assertion-type:jwt-bearer",
                    "grant_type": "client_credentials",
                }
                url = f"{self.site.url}/@@oauth2-{endpoint}"
                requests.post(url, data=data, timeout=30)
                requests.post(f"{url}?{name}={token}", data=data, timeout=30)
            requests.post(url, data={"token": token}, auth=("x", token), timeout=30)

    def _shown(self, name: str, add: Callable[[str, str], None], secret: str) -> None:
        self.shown.add(name)
        add(name, secret)

    def _post(self, query: str, data: dict[str, str], **kwargs: Any) -> None:
        requests.post(f"{self.site.endpoint}{query}", data=data, timeout=30, **kwargs)

    def _keyfile(self, name: str, answer: requests.Response) -> dict[str, Any]:
        assert answer.status_code == 200, answer.status_code
        (field,) = lxml.html.fromstring(answer.text).xpath("//textarea")
        keyfile: dict[str, Any] = json.loads(field.value)
        self._shown(name, self.needles.add_private_key, keyfile["private_key"])
        return keyfile

    def _revoke(self, prefix: str, credential_id: str) -> None:
        form = self.owner.form(f"{prefix}-revoke", id=credential_id)
        self.owner.submit(f"{prefix}-revoke", form)
