"""A client written for ftw.tokenauth works unchanged.

What such clients rely on, in the fewest lines: the fields of the keyfile, a
grant of one hour without key id, and the one answer on which they renew.
"""

from typing import Any

import jwt
import pytest
import requests
import time


class FtwClient:
    """Knows the keyfile and nothing else of this package."""

    def __init__(self, keyfile: dict[str, str]) -> None:
        self.keyfile = keyfile
        self.session = requests.Session()
        self.renewals = 0

    def renew(self) -> None:
        now = int(time.time())
        claims = {
            "iss": self.keyfile["client_id"],
            "sub": self.keyfile["user_id"],
            "aud": self.keyfile["token_uri"],
            "iat": now,
            "exp": now + 3600,
        }
        grant = jwt.encode(claims, self.keyfile["private_key"], algorithm="RS256")
        # On the session, as these clients do: the old token goes along.
        answer = self.session.post(
            self.keyfile["token_uri"],
            data={
                "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "assertion": grant,
            },
        )
        token = answer.json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.renewals += 1

    def get(self, url: str) -> requests.Response:
        answer = self.session.get(url)
        if self.is_expired(answer):
            self.renew()
            answer = self.session.get(url)
        return answer

    @staticmethod
    def is_expired(answer: requests.Response) -> bool:
        return (
            answer.status_code == 401
            and answer.headers["Content-Type"] == "application/json"
            and answer.json()["error_description"] == "Access token expired"
        )


@pytest.fixture
def ftw_client(site: Any) -> FtwClient:
    keyfile = site.issue(algorithm="RS256")
    assert set(keyfile) >= {
        "key_id",
        "client_id",
        "user_id",
        "issued",
        "token_uri",
        "private_key",
    }
    client = FtwClient(keyfile)
    client.session.headers["Accept"] = "application/json"
    client.renew()
    return client


def test_the_client_reads_what_only_the_owner_sees(
    site: Any, ftw_client: FtwClient
) -> None:
    answer = ftw_client.get(f"{site.url}/@users/owner")
    assert answer.json()["id"] == "owner"
    assert ftw_client.renewals == 1


@pytest.mark.parametrize("accept", ["application/json", "text/html", "*/*"])
@pytest.mark.parametrize(
    "path", ["", "/++api++/@users/owner", "/@@personal-preferences"]
)
def test_the_client_renews_an_expired_token(
    site: Any, ftw_client: FtwClient, path: str, accept: str
) -> None:
    """The expired token itself is sent to the token endpoint, and does no harm."""
    site.sync()
    site.context.storage["access_tokens"].drop_expired(time.time() + 2 * 24 * 60 * 60)
    site.commit()
    ftw_client.session.headers["Accept"] = accept
    answer = ftw_client.get(f"{site.url}{path}")
    assert answer.status_code == 200
    assert ftw_client.renewals == 2
