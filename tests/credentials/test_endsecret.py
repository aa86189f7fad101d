"""Secrets and keys of a credential: when each was used, and ending one of them."""

from pas.plugins.tokenauth.applications.kind import APPLICATION
from pas.plugins.tokenauth.cas.kind import CAS_SERVICE
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.credentials.errors import AlreadyEnded
from pas.plugins.tokenauth.credentials.rotation import end_secret
from pas.plugins.tokenauth.credentials.rotation import secrets_in_use
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.personaltokens.kind import PERSONAL_ACCESS_TOKEN
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.requester import Requester
from pas.plugins.tokenauth.usage.writer import USED_GRAIN
from tests.applications.registering import register
from tests.credentials.pages.conftest import Visitor
from typing import Any

import pytest
import requests
import time


pytest_plugins = ["tests.cli.commandline"]

__all__ = ["register"]

PASSWORD = "correct-horse-battery-1"
PAGE = "@@manage-service-keys-end-secret"


@pytest.fixture
def owner(site: Any) -> Requester:
    site.add_user("owner", "Manager")
    return site.requester("owner")


@pytest.fixture
def keyfiles(site: Any, owner: Requester) -> list[dict[str, Any]]:
    """The keyfiles of two key pairs of one key, the older first."""
    old = site.issue("owner", title="Import")
    key = site.service_key(old)
    new = SERVICE_KEY.rotate(
        site.context, owner, key, time.time(), material={"algorithm": "ES256"}
    )
    site.commit()
    return [old, new.keyfile]


@pytest.fixture
def tokens(site: Any, owner: Requester) -> list[Any]:
    """A personal access token, and the same with another secret."""
    old = site.issue_personal_access_token("owner")
    site.sync()
    token = site.context.storage.credential(old.credential.credential_id)
    new = PERSONAL_ACCESS_TOKEN.rotate(site.context, owner, token, time.time())
    site.commit()
    return [old, new]


def kids(site: Any, credential_id: str) -> list[str]:
    site.sync()
    credential = site.context.storage.credential(credential_id)
    return [each.kid for each in secrets_in_use(credential, time.time())]


def live(site: Any, keyfile: dict[str, Any]) -> list[str]:
    key = site.service_key(keyfile)
    return [each.kid for each in key.live_public_keys(time.time())]


def api(
    site: Any, path: str, endpoint: str = "@service-keys", **members: Any
) -> requests.Response:
    return requests.post(
        f"{site.url}/{endpoint}/{path}",
        json=members,
        auth=("owner", PASSWORD),
        headers={"Accept": "application/json"},
        timeout=30,
    )


def test_a_key_pair_that_has_ended_obtains_nothing_and_the_other_goes_on(
    site: Any, owner: Requester, keyfiles: Any
) -> None:
    old, new = keyfiles
    token = site.token(old)
    end_secret(owner, site.service_key(old), old["key_id"], time.time())
    site.commit()
    assert site.exchange(site.grant(old)).status_code == 400
    assert site.exchange(site.grant(new)).status_code == 200
    assert site.get(token=token).status_code == 200
    assert live(site, old) == [new["key_id"]]


def test_the_newest_can_be_ended_too(
    site: Any, owner: Requester, keyfiles: Any
) -> None:
    old, new = keyfiles
    key = site.service_key(old)
    end_secret(owner, key, new["key_id"], time.time())
    assert [each.kid for each in key.live_public_keys(time.time())] == [old["key_id"]]


def test_the_only_one_cannot_be_ended(
    site: Any, owner: Requester, keyfiles: Any
) -> None:
    key = site.service_key(keyfiles[0])
    for kid, message in (
        ("unknown", "No secret or key in use"),
        (keyfiles[0]["key_id"], ""),
        (keyfiles[0]["key_id"], "No secret or key in use"),
        (keyfiles[1]["key_id"], "the only secret or key"),
    ):
        if not message:
            end_secret(owner, key, kid, time.time())
            continue
        with pytest.raises(InvalidInput, match=message):
            end_secret(owner, key, kid, time.time())


def test_a_revoked_key_stays_as_it_is(
    site: Any, owner: Requester, keyfiles: Any
) -> None:
    key = site.service_key(keyfiles[0])
    revoke_credentials(site.context, owner, [key.client_id], time.time())
    with pytest.raises(AlreadyEnded):
        end_secret(owner, key, keyfiles[0]["key_id"], time.time())


def test_each_key_pair_tells_when_it_was_used(site: Any, keyfiles: Any) -> None:
    old, new = keyfiles
    before = time.time()
    site.token(old)
    key = site.service_key(old)
    first = key.kids_used_at[old["key_id"]]
    assert before <= first <= time.time()
    assert new["key_id"] not in key.kids_used_at
    site.token(old)
    site.token(new)
    key = site.service_key(old)
    # Those who use a key at once would conflict.
    assert key.kids_used_at[old["key_id"]] == first
    assert key.kids_used_at[new["key_id"]] > first
    key.kids_used_at = {**key.kids_used_at, old["key_id"]: first - USED_GRAIN}
    site.commit()
    site.token(old)
    assert site.service_key(old).kids_used_at[old["key_id"]] > first


def test_a_rotation_forgets_uses_of_key_pairs_that_are_gone(
    site: Any, owner: Requester, keyfiles: Any
) -> None:
    old, new = keyfiles
    site.token(old)
    site.token(new)
    key = site.service_key(old)
    now = time.time()
    end_secret(owner, key, old["key_id"], now)
    SERVICE_KEY.rotate(site.context, owner, key, now + 1)
    assert set(key.kids_used_at) == {new["key_id"]}


def test_an_application_that_signs_has_keys_to_end(
    site: Any, owner: Requester, register: Any
) -> None:
    pems = [generate_key_pair("ES256", 0.0).public_key.pem for _ in range(2)]
    issued = register({"public_key": pems[0]}, authentication="private_key_jwt")
    application = site.context.storage.credential(issued.credential.client_id)
    now = time.time()
    APPLICATION.rotate(
        site.context, owner, application, now, material={"public_key": pems[1]}
    )
    first, second = secrets_in_use(application, now)
    end_secret(owner, application, first.kid, now)
    assert secrets_in_use(application, now) == [second]


class TestPage:
    def test_the_page_of_a_key_leads_to_a_question(
        self, site: Any, keyfiles: Any
    ) -> None:
        old, new = keyfiles
        site.token(old)
        visitor, client_id = Visitor(site, "owner"), old["client_id"]
        html = visitor.see("@@manage-service-keys-edit", id=client_id)
        rows = html.cssselect("#content tbody tr")
        used = [row.cssselect("[data-label='Last used']")[0] for row in rows]
        assert [each.text_content().strip() == "Never" for each in used] == [
            *(False, True)
        ]
        hrefs = [link.get("href") for link in html.cssselect(".tokenauth-actions a")]
        assert [href.rpartition("/")[2] for href in hrefs] == [
            f"{PAGE}?id={client_id}&kid={keyfile['key_id']}" for keyfile in keyfiles
        ]
        form = visitor.form(PAGE, id=client_id, kid=old["key_id"])
        assert live(site, old) == [old["key_id"], new["key_id"]]
        response = visitor.submit(PAGE, form)
        assert "The secret or key has ended." in visitor.message(response)
        assert live(site, old) == [new["key_id"]]
        html = visitor.see("@@manage-service-keys-edit", id=client_id)
        assert html.cssselect(".tokenauth-actions a") == []

    def test_what_cannot_be_ended_is_explained(self, site: Any, keyfiles: Any) -> None:
        visitor = Visitor(site, "owner")
        page = visitor.get(PAGE, id=keyfiles[0]["client_id"], kid="unknown")
        assert "No secret or key in use has this id." in page.text

    def test_a_personal_access_token_has_the_same(
        self, site: Any, owner: Requester, tokens: list[Any]
    ) -> None:
        old, new = tokens
        visitor, token_id = Visitor(site, "owner"), old.credential.credential_id
        html = visitor.see("@@manage-personal-access-tokens-edit", id=token_id)
        links = [link.get("href") for link in html.cssselect(".tokenauth-actions a")]
        page, query = links[0].rpartition("/")[2].split("?")
        assert query == f"id={token_id}&kid={kids(site, token_id)[0]}"
        # The digest of a token tells nothing about when it was used.
        assert html.cssselect("[data-label='Last used']") == []
        kid = query.rpartition("=")[2]
        form = visitor.form(page, id=token_id, kid=kid)
        assert "has ended." in visitor.message(visitor.submit(page, form))
        assert site.get(token=old.token).status_code == 401
        assert site.get(token=new.token).status_code == 200

    def test_an_application_has_the_same(
        self, site: Any, owner: Requester, register: Any
    ) -> None:
        old = register()
        site.sync()
        client_id = old.credential.client_id
        application = site.context.storage.credential(client_id)
        new = APPLICATION.rotate(site.context, owner, application, time.time())
        site.commit()
        visitor, page = Visitor(site, "owner"), "@@tokenauth-controlpanel-end-secret"
        form = visitor.form(page, id=client_id, kid=kids(site, client_id)[0])
        assert visitor.submit(page, form).status_code == 302
        site.sync()
        application = site.context.storage.credential(client_id)
        assert application.secret_of(digest(old.secret), time.time()) is None
        assert application.secret_of(digest(new.secret), time.time()) is not None

    def test_the_usage_names_the_key_that_has_signed(
        self, site: Any, keyfiles: Any
    ) -> None:
        site.token(keyfiles[1])
        visitor = Visitor(site, "owner")
        html = visitor.see("@@manage-service-keys-logs", id=keyfiles[0]["client_id"])
        (cell,) = html.cssselect("td[data-label='Key id'] code")
        assert cell.get("title") == keyfiles[1]["key_id"]


class TestREST:
    def test_a_key_pair_is_ended(self, site: Any, keyfiles: Any) -> None:
        old, new = keyfiles
        site.token(new)
        path = f"{old['client_id']}/end-secret"
        document = api(site, path, kid=old["key_id"]).json()
        first, second = document["public_keys"]
        assert first["kid"] == old["key_id"]
        assert first["expires"] is not None and first["last_used"] is None
        assert second["last_used"] is not None
        assert live(site, old) == [new["key_id"]]

    def test_a_secret_of_a_token_is_ended(self, site: Any, tokens: Any) -> None:
        token_id = tokens[0].credential.credential_id
        old, new = kids(site, token_id)
        path, endpoint = f"{token_id}/end-secret", "@personal-access-tokens"
        document = api(site, path, endpoint, kid=old).json()
        assert [each["kid"] for each in document["secrets"]] == [old, new]
        assert kids(site, token_id) == [new]

    def test_what_has_no_secret_has_no_such_path(self, site: Any, owner: Any) -> None:
        site.plugin.cas_enabled = True
        urls = ("https://app.example.org/",)
        service = site.make(CAS_SERVICE, title="A service", urls=urls).credential
        path = f"{service.credential_id}/end-secret"
        assert api(site, path, "@cas-services", kid="x").status_code == 404

    @pytest.mark.parametrize("members", [{}, {"kid": 1}, {"kid": "x"}, {"key": "x"}])
    def test_anything_else_is_refused(
        self, site: Any, keyfiles: Any, members: dict[str, Any]
    ) -> None:
        path = f"{keyfiles[0]['client_id']}/end-secret"
        assert api(site, path, **members).status_code == 400
        assert len(live(site, keyfiles[0])) == 2


class TestCommand:
    def test_a_key_pair_is_ended(
        self, site: Any, keyfiles: Any, tokenauth: Any
    ) -> None:
        old, new = keyfiles
        arguments = ("end-secret", old["client_id"], old["key_id"])
        result = tokenauth(*arguments)
        assert result.out == f"{old['key_id']} of {old['client_id']} has ended.\n"
        assert live(site, old) == [new["key_id"]]
        assert tokenauth(*arguments).code == 2

    def test_a_secret_of_a_token_is_ended(
        self, site: Any, tokens: Any, tokenauth: Any
    ) -> None:
        token_id = tokens[0].credential.credential_id
        old, new = kids(site, token_id)
        assert tokenauth("end-secret", token_id, old).code == 0
        assert kids(site, token_id) == [new]

    def test_the_usage_names_the_key_that_has_signed(
        self, site: Any, keyfiles: Any, tokenauth: Any
    ) -> None:
        site.token(keyfiles[1])
        assert keyfiles[1]["key_id"] in tokenauth("usage", keyfiles[0]["client_id"]).out
