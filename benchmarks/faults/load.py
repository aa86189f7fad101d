"""Programs at work: they issue, obtain, use, rotate and revoke; and people sign in."""

from collections.abc import Callable
from ledger import Credential
from ledger import Ledger
from ledger import NoAnswer
from ledger import TIMEOUT
from ledger import Token
from signins import SignIns
from threading import Event
from threading import Thread
from typing import Any

import jwt
import random
import requests
import secrets
import time


GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GRANT_LIFETIME = 300
PAUSE = 0.02
#: Seconds until a client tries again to reach a server that is not there.
RETRY_AFTER = 0.3
WHO_AM_I = "/@users/demo"


class Client:
    """Talks to one Zope and writes into the ledger what comes of it."""

    def __init__(
        self,
        url: str,
        ledger: Ledger,
        user: tuple[str, str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.url = url
        self.ledger = ledger
        self.user = user
        self.clock = clock
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/json"

    # -- what people do -------------------------------------------------------------

    def issue_key(self) -> Credential:
        values = {"title": "Load", "algorithm": "EdDSA"}
        document = self.manage("POST", "/@service-keys", values)
        key = Credential(document["client_id"], keyfile=document["keyfile"])
        with self.ledger.lock:
            self.ledger.keys.append(key)
        self.ledger.count("keys issued")
        return key

    def issue_personal(self) -> Credential:
        values = {"title": "Load", "expires": "2100-01-01T00:00:00Z"}
        document = self.manage("POST", "/@personal-access-tokens", values)
        credential = Credential(document["token_id"], token=document["token"])
        with self.ledger.lock:
            self.ledger.personal.append(credential)
        self.ledger.count("personal tokens issued")
        return credential

    def revoke(self, credential: Credential) -> None:
        with self.ledger.lock:
            credential.ask_to_end()
        self.manage("DELETE", f"{credential.endpoint}/{credential.id}")
        with self.ledger.lock:
            credential.end()
        self.ledger.count("revocations")

    def rotate(self, key: Credential) -> None:
        path = f"/@service-keys/{key.id}/rotate"
        values = {"overlap": 24 * 60 * 60, "algorithm": "EdDSA"}
        # The one before goes on for a day, so it is no matter whether this is done.
        document = self.manage("POST", path, values, refusable=True)
        if document is not None:
            key.keyfile = document["keyfile"]
            self.ledger.count("rotations")

    def usage(self, credential: Credential) -> int:
        """How many uses the usage log has."""
        path = f"{credential.endpoint}/{credential.id}/usage?b_size=1000"
        document = self.manage("GET", path)
        return sum(entry.get("uses", 1) for entry in document["items"])

    # -- what programs do -----------------------------------------------------------

    def grant(self, key: Credential, jti: str | None) -> str:
        now = self.clock()
        keyfile = key.keyfile
        claims = {
            "iss": key.id,
            "aud": keyfile["token_uri"],
            "iat": now,
            "exp": now + GRANT_LIFETIME,
        }
        return jwt.encode(
            {**claims, "jti": jti} if jti else claims,
            keyfile["private_key"],
            algorithm=keyfile["algorithm"],
            headers={"kid": keyfile["key_id"]},
        )

    def exchange(self, key: Credential) -> Token | None:
        """Obtain an access token; None when that is refused."""
        jti = secrets.token_hex() if random.random() < 0.5 else None
        grant, asked_at = self.grant(key, jti), time.monotonic()
        # Until an answer comes, and if none does.
        with self.ledger.lock:
            key.unknown_uses += 1
        response = self._exchange(grant)
        ok = response.status_code == 200
        with self.ledger.lock:
            key.unknown_uses -= 1
            key.uses += ok
        self.ledger.judge("A grant", key, key.acknowledged_at, asked_at, ok)
        if not ok:
            return None
        answer = response.json()
        token = Token(answer["access_token"], key, self.clock() + answer["expires_in"])
        with self.ledger.lock:
            self.ledger.tokens.append(token)
            if jti:
                valid_until = self.clock() + GRANT_LIFETIME
                self.ledger.used_grants.append((grant, valid_until))
        self.ledger.count("access tokens obtained")
        return token

    def replay(self, grant: str) -> None:
        """Send a grant a second time, which must not work."""
        if self._exchange(grant).status_code == 200:
            self.ledger.complain("A grant was good for a second time")
        self.ledger.count("replays refused")

    def use(self, token: Token) -> None:
        asked_at = time.monotonic()
        now = self.clock()
        response = self.request("GET", WHO_AM_I, token=token.value)
        ok = response.status_code == 200
        if not ok and now >= token.expires_at - TIMEOUT:
            return
        since = token.acknowledged_at
        self.ledger.judge("A token", token.credential, since, asked_at, ok)
        self.ledger.count("tokens used")

    def use_personal(self, credential: Credential) -> None:
        asked_at = time.monotonic()
        try:
            response = self.request("GET", WHO_AM_I, token=credential.token)
        except NoAnswer:
            with self.ledger.lock:
                credential.unknown_uses += 1
            raise
        ok = response.status_code == 200
        since = credential.acknowledged_at
        self.ledger.judge("A personal token", credential, since, asked_at, ok)
        with self.ledger.lock:
            credential.uses += ok
        self.ledger.count("personal tokens used")

    def answers(self, token: str) -> bool:
        """Whether a token is accepted, whoever may have promised what."""
        return self.request("GET", WHO_AM_I, token=token).status_code == 200

    # -- HTTP -----------------------------------------------------------------------

    def manage(
        self,
        method: str,
        path: str,
        values: dict[str, Any] | None = None,
        refusable: bool = False,
    ) -> Any:
        response = self.request(method, path, json=values, auth=self.user)
        if response.status_code in (200, 201):
            return response.json()
        if response.status_code == 204:
            return None
        if refusable and response.status_code < 500:
            return None
        self.ledger.complain(f"{method} {path}: {response.status_code} {response.text}")
        raise NoAnswer

    def _exchange(self, grant: str) -> requests.Response:
        data = {"grant_type": GRANT_TYPE, "assertion": grant}
        return self.request("POST", "/@@oauth2-token", data=data)

    def request(
        self,
        method: str,
        path: str,
        token: str = "",
        session: requests.Session | None = None,
        **kwargs: Any,
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            response = (session or self._session).request(
                method,
                f"{self.url}{path}",
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
                **kwargs,
            )
        except requests.RequestException as error:
            self.ledger.count("no answer")
            raise NoAnswer from error
        self.ledger.count("requests answered")
        if response.status_code >= 500:
            self.ledger.count(f"answers {response.status_code}")
            raise NoAnswer
        return response


class Load:
    """Clients that go on until they are stopped, whatever happens to their server."""

    def __init__(self, new_clients: list[Callable[[], Client]]) -> None:
        self._end = Event()
        self._go = Event()
        self._idle = [Event() for _ in new_clients]
        self._threads = [
            Thread(target=self._work, args=(new_client(), idle), daemon=True)
            for new_client, idle in zip(new_clients, self._idle, strict=True)
        ]
        for thread in self._threads:
            thread.start()

    def go(self) -> None:
        for idle in self._idle:
            idle.clear()
        self._go.set()

    def pause(self) -> None:
        """Returns when the last request is answered, or has failed."""
        self._go.clear()
        for idle in self._idle:
            idle.wait(2 * TIMEOUT)

    def stop(self) -> None:
        self._end.set()
        self._go.set()
        for thread in self._threads:
            thread.join(2 * TIMEOUT)

    def _work(self, client: Client, idle: Event) -> None:
        while not self._end.is_set():
            if not self._go.is_set():
                idle.set()
                self._go.wait()
                continue
            try:
                self._one(client)
            except NoAnswer:
                time.sleep(RETRY_AFTER)
            except Exception as error:
                client.ledger.complain(f"A client failed: {error!r}")
                time.sleep(RETRY_AFTER)
            time.sleep(PAUSE)

    def _one(self, client: Client) -> None:
        ledger, chance = client.ledger, random.random()
        if chance < 0.4:
            SignIns(client).do_something()
            return
        chance = random.random()
        # Mostly young ones: of the old ones many are revoked.
        key, token = ledger.some(ledger.keys), ledger.some(ledger.tokens, recent=200)
        personal = ledger.some(ledger.personal)
        if key is None or token is None or personal is None or chance < 0.1:
            key = client.issue_key()
            client.exchange(key)
            if personal is None or chance < 0.03:
                client.issue_personal()
        elif chance < 0.45:
            client.exchange(key)
        elif chance < 0.75:
            client.use(token)
        elif chance < 0.85:
            client.use_personal(personal)
        elif chance < 0.9 and key.must_live:
            client.rotate(key)
        elif chance < 0.98:
            client.revoke(key)
        else:
            client.revoke(personal)
