"""Registering sites with django-simple-sso: in Site Setup, by REST and by command."""

from pas.plugins.tokenauth.sealing.sharedsecrets import opened_secrets
from pas.plugins.tokenauth.simplesso.kind import SIMPLE_SSO_CONSUMER
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.requester import Operator
from tests.applications.test_pages import Visitor
from tests.cli.commandline import Tokenauth
from tests.cli.commandline import tokenauth as tokenauth
from tests.simplesso.conftest import Register
from tests.simplesso.conftest import SHOP
from typing import Any

import json
import pytest
import secrets
import time


@pytest.mark.parametrize(
    "urls", [(), ("http://shop.example.org/",), ("com.example.app:/cb",), ("x",)]
)
def test_a_site_without_a_place_to_go_back_to_is_refused(
    register: Register, urls: tuple[str, ...]
) -> None:
    """Conformance: SS-04."""
    with pytest.raises(InvalidInput) as refused:
        register(urls=urls)
    assert [each.field for each in refused.value.all] == ["urls"]


def test_who_manages_applications_registers_sites(
    site: Any, register: Register, people: dict[str, Any], zope_conf: dict[str, str]
) -> None:
    """Conformance: SS-10: with the switch on, and with a sealing key."""
    for name in ("owner", "program"):
        with pytest.raises(NotAllowed):
            register(by=people[name])
    assert register(by=people["administrator"])
    zope_conf.clear()
    with pytest.raises(NotAllowed, match="sealing key"):
        register()
    site.plugin.simple_sso_enabled = False
    site.commit()
    with pytest.raises(NotAllowed, match="switched off"):
        register()


def test_a_private_key_is_rotated_while_the_one_before_still_works(
    site: Any, register: Register
) -> None:
    """Conformance: SS-11."""
    consumer = register()
    issued = SIMPLE_SSO_CONSUMER.rotate(
        site.context, Operator("tests"), consumer.credential, time.time(), 60
    )
    site.commit()
    assert issued.secret != consumer.private_key
    assert consumer.request_token()
    consumer.private_key = str(issued.secret)
    assert consumer.request_token()


def test_a_site_is_registered_in_site_setup(site: Any, register: Register) -> None:
    """The private key is on the answer, and nowhere else."""
    boss = Visitor(site, "boss", "Site Administrator")
    assert "Register a site with django-simple-sso" in boss.get().text
    answer = boss.post(
        "-register-simple-sso",
        idempotency_key=secrets.token_hex(16),
        title="Shop",
        urls=SHOP,
        tells_login_name="on",
        expiry="never",
    )
    site.sync()
    (consumer,) = site.context.storage["simple_sso_consumer"].all()
    (secret,) = opened_secrets(site.context, consumer, time.time())
    assert consumer.tells_login_name
    for text in (secret.decode(), consumer.credential_id, "/@@simple-sso/"):
        assert text in answer.text
    for page in ("", "-edit", "-rotate", "-logs"):
        assert secret.decode() not in boss.get(page, id=consumer.credential_id).text


def test_a_site_is_registered_changed_and_revoked_by_rest(
    site: Any, register: Register
) -> None:
    """What the form does, programs of administrators do."""
    site.add_user("boss", "Manager")
    auth = ("boss", "correct-horse-battery-1")

    def ask(method: str, path: str = "", **body: Any) -> Any:
        path = f"/@simple-sso-consumers{path}"
        return site.api(method, path, auth=auth, json=body or None)

    made = ask("POST", title="Shop", urls=[SHOP])
    assert made.status_code == 201, made.text
    document = made.json()
    path = f"/{document['public_key']}"
    shown = ask("GET", path).json()
    assert document["private_key"] not in json.dumps(shown)
    assert (shown["urls"], len(shown["private_keys"])) == ([SHOP], 1)
    assert ask("PATCH", path, urls=["x"]).status_code == 400
    assert ask("DELETE", path).status_code == 204


def test_a_site_is_registered_by_command(
    site: Any, register: Register, tokenauth: Tokenauth
) -> None:
    """With what the settings of the client are."""
    made = tokenauth(
        *("simple-sso", "issue", "--title", "Shop", "--url", SHOP),
        *("--output", "-", "--json"),
    ).json
    assert made["server_url"] == f"{site.url}/@@simple-sso/"
    assert made["public_key"] in tokenauth("simple-sso", "list").out
