"""The whole flow on a real Plone: issue a key, exchange a grant, call Plone, revoke.

Each step prints the HTTP request a client sends and what the server answers. The
script ends non-zero as soon as an answer is not the expected one.
"""

from instance import Instance
from instance import running_instance
from instance import SITE_USER
from typing import Any
from urllib.parse import urlencode

import base64
import json
import jwt
import re
import requests
import sys
import time


GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
WIDTH = 76


class Failure(Exception):
    """A step did not go as it should."""


class Demo:
    """One run against a site that was made for it."""

    def __init__(self, instance: Instance) -> None:
        self.url = instance.url
        self.browser = requests.Session()
        self.browser.auth = SITE_USER
        self.step_number = 0

    def run(self) -> None:
        keyfile = self.issue_key()
        grant = self.sign_grant(keyfile)
        token = self.exchange(keyfile, grant)
        self.call_plone(token)
        self.revoke(keyfile, token)

    def issue_key(self) -> dict[str, Any]:
        self.step("A user issues a service key in the browser")
        page = self.url + "/@@manage-service-keys-issue"
        form = self.browser.get(page)
        data = {
            **hidden_fields(form.text),
            "title": "The demo's key",
            "ip_ranges": "127.0.0.1, ::1",
            "algorithm": "RS256",
            "scopes:list": "plone.write",
        }
        response = self.browser.post(page, data=data)
        self.show_request(response, data)
        self.expect(response, 200, "the keyfile, once")
        found = re.search(r'href="data:application/json;base64,([^"]+)"', response.text)
        if not found:
            raise Failure("The page shows no keyfile.")
        keyfile: dict[str, Any] = json.loads(base64.b64decode(found[1]))
        for name, value in keyfile.items():
            print(f"      {name}: {shortened(value)}")
        return keyfile

    def sign_grant(self, keyfile: dict[str, Any]) -> str:
        self.step("The client signs a grant with the private key")
        now = int(time.time())
        claims = {
            "iss": keyfile["client_id"],
            "aud": keyfile["token_uri"],
            "iat": now,
            "exp": now + 300,
        }
        print(f"    {json.dumps(claims)}")
        return jwt.encode(
            claims,
            keyfile["private_key"],
            algorithm=keyfile["algorithm"],
            headers={"kid": keyfile["key_id"]},
        )

    def exchange(self, keyfile: dict[str, Any], grant: str) -> str:
        self.step("It exchanges the grant for an access token")
        data = {"grant_type": GRANT_TYPE, "assertion": grant}
        response = requests.post(keyfile["token_uri"], data=data, timeout=30)
        self.show_request(response, data)
        self.expect(response, 200, "an access token")
        answer = response.json()
        for name, value in answer.items():
            print(f"      {name}: {shortened(value)}")
        return answer["access_token"]

    def call_plone(self, token: str) -> None:
        self.step("Without the token, the API is closed")
        self.expect(self.api("GET", "/@users/demo"), 401, "who are you?")

        self.step("With the token, the client acts as the user")
        response = self.api("GET", "/@users/demo", token)
        self.expect(response, 200, "the user")
        print(f"      id: {response.json()['id']}")

        self.step("It creates a page")
        body = {"@type": "Document", "title": "Written by a program"}
        response = self.api("POST", "", token, json=body)
        self.expect(response, 201, "the new page")
        print(f"      {response.json()['@id']}")

    def revoke(self, keyfile: dict[str, Any], token: str) -> None:
        self.step("The user revokes the key; its tokens end at once")
        page = self.url + "/@@manage-service-keys-revoke"
        overview = self.browser.get(self.url + "/@@manage-service-keys")
        selected = {"ids:list": keyfile["client_id"]}
        question = self.browser.post(
            page, data={**hidden_fields(overview.text), **selected}
        )
        self.expect(question, 200, "a page that asks whether to")
        answer = {**hidden_fields(question.text), **selected, "confirmed": "1"}
        response = self.browser.post(page, data=answer)
        self.show_request(response, selected)
        self.expect(response, 200, "revoked")
        response = self.api("GET", "/@users/demo", token)
        self.expect(response, 401, response.text)

    # -- printing -----------------------------------------------------------

    def step(self, text: str) -> None:
        self.step_number += 1
        print(f"\n{self.step_number}. {text}", flush=True)

    def api(self, method: str, path: str, token: str = "", **kwargs: Any) -> Any:
        headers = {"Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        response = requests.request(
            method, self.url + path, headers=headers, timeout=30, **kwargs
        )
        self.show_request(response, kwargs.get("json"))
        return response

    def show_request(self, response: requests.Response, body: Any) -> None:
        request = response.history[0].request if response.history else response.request
        print(f"    > {request.method} {request.url}")
        authorization = request.headers.get("Authorization", "")
        if authorization.startswith("Bearer"):
            print(f"    > Authorization: {shortened(authorization)}")
        if body:
            content_type = request.headers["Content-Type"]
            is_json = content_type == "application/json"
            print(f"    > Content-Type: {content_type}")
            print(
                f"    > {shortened(json.dumps(body) if is_json else urlencode(body))}"
            )

    def expect(self, response: requests.Response, status: int, what: str) -> None:
        print(f"    < {response.status_code} {response.reason}: {shortened(what)}")
        if response.status_code != status:
            raise Failure(f"Expected {status}. The answer is:\n{response.text[:2000]}")


def hidden_fields(html: str) -> dict[str, str]:
    """The hidden fields of the forms of a page, with the CSRF token among them."""
    fields = {}
    for tag in re.findall(r"<input[^>]*>", html):
        attributes = dict(re.findall(r'([a-z_-]+)="([^"]*)"', tag))
        if attributes.get("type") == "hidden" and "name" in attributes:
            fields[attributes["name"]] = attributes.get("value", "")
    return fields


def shortened(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def main() -> None:
    print("Making a Plone site in var/demo, this takes some seconds ...", flush=True)
    try:
        with running_instance("demo") as instance:
            print(f"It answers at {instance.url}.")
            Demo(instance).run()
    except Failure as failure:
        sys.exit(f"\nThe demo failed. {failure}")
    print("\nDone: every step went as it should. `make start` runs a site to try out.")


if __name__ == "__main__":
    main()
