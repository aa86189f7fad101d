"""What OpenID Connect adds over HTTP: to exchanging a code, and to asking who it is."""

from collections.abc import Callable
from instance import Instance
from instance import ROOT_USER
from instance import running_instance
from instance import SITE_USER
from measuring import heading
from measuring import medians
from measuring import show
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import urlsplit

import requests


JSON = {"Accept": "application/json"}
REDIRECT_URI = "https://app.example.org/cb"
#: A code is good for a minute.
REPEAT = 40
ALGORITHMS = ("RS256", "ES256", "EdDSA")


def main() -> None:
    heading("OpenID Connect, over HTTP, with a real server")
    with running_instance("benchmark-openid") as instance:
        flows = [Flow(instance, algorithm) for algorithm in ALGORITHMS]
        plain, *signed = medians(
            flows[0].exchanging("plone.read"),
            *(flow.exchanging("openid plone.read") for flow in flows),
            repeat=REPEAT,
        )
        for flow, microseconds in zip(flows, signed, strict=True):
            show(
                f"exchange of a code with an ID token, {flow.algorithm}",
                f"{microseconds:.0f} µs = {microseconds / plain:.2f} of one without",
            )
        asking, reading = medians(*flows[0].asking(), repeat=REPEAT)
        show("UserInfo", f"{asking:.0f} µs = {asking / reading:.2f} of @users/<me>")


class Flow:
    """A person who is logged in, and an application of the site's own.

    :param algorithm: by which its ID tokens are signed
    """

    def __init__(self, instance: Instance, algorithm: str) -> None:
        self.algorithm = algorithm
        self._url = instance.url
        self._call("PATCH", "@controlpanels/tokenauth", {"openid_enabled": True})
        made = self._call(
            "POST",
            "@applications",
            {
                "title": algorithm,
                "redirect_uris": [REDIRECT_URI],
                "scopes": ["openid", "profile", "email", "plone.read"],
                "is_first_party": True,
                "id_token_signed_response_alg": algorithm,
            },
        ).json()
        self._client = (made["client_id"], made["client_secret"])
        self._browser = requests.Session()
        self._browser.post(
            f"{self._url}/login",
            {
                "__ac_name": SITE_USER[0],
                "__ac_password": SITE_USER[1],
                "buttons.login": "1",
            },
            allow_redirects=False,
            timeout=60,
        )

    def exchanging(self, scope: str) -> Callable[[], Any]:
        """Exchanges one of some codes each time it is called."""
        codes = iter([self.code(scope) for _ in range(REPEAT)])
        session = requests.Session()
        return lambda: self.exchange(session, next(codes))

    def asking(self) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """Ask who somebody is: at UserInfo, and at the API of Plone."""
        session = requests.Session()
        code = self.code("openid profile email plone.read")
        token = self.exchange(session, code)["access_token"]
        session.headers.update({**JSON, "Authorization": f"Bearer {token}"})
        urls = (f"{self._url}/@@oauth2-userinfo", f"{self._url}/@users/{SITE_USER[0]}")

        def get(url: str) -> None:
            session.get(url, timeout=60).raise_for_status()

        return lambda: get(urls[0]), lambda: get(urls[1])

    def code(self, scope: str) -> str:
        """What the authorization endpoint gives for the person."""
        answer = self._browser.get(
            f"{self._url}/@@oauth2-authorize",
            params={
                "client_id": self._client[0],
                "redirect_uri": REDIRECT_URI,
                "response_type": "code",
                "scope": scope,
            },
            allow_redirects=False,
            timeout=60,
        )
        (code,) = parse_qs(urlsplit(answer.headers["Location"]).query)["code"]
        return code

    def exchange(
        self, session: requests.Session, code: str, url: str = ""
    ) -> dict[str, Any]:
        """What the token endpoint gives for a code.

        :param url: of the site at another Zope
        """
        data = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
        }
        answer = session.post(
            f"{url or self._url}/@@oauth2-token", data, auth=self._client, timeout=60
        )
        return answer.json()

    def _call(self, method: str, path: str, body: Any) -> requests.Response:
        answer = requests.request(
            method,
            f"{self._url}/{path}",
            json=body,
            headers=JSON,
            auth=ROOT_USER,
            timeout=60,
        )
        answer.raise_for_status()
        return answer


if __name__ == "__main__":
    main()
