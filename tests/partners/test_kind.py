"""Registering partners: in Site Setup, by REST and by command."""

from pas.plugins.tokenauth.partners.kind import PARTNER
from pas.plugins.tokenauth.sealing.configuration import key_ring
from pas.plugins.tokenauth.sealing.keyring import make_key
from pas.plugins.tokenauth.sealing.sealer import forget_unopened
from pas.plugins.tokenauth.sealing.sealer import reseal
from pas.plugins.tokenauth.sealing.sealer import unopened
from pas.plugins.tokenauth.sealing.sharedsecrets import opened_secrets
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.requester import Operator
from ska.shortcuts import validate_signed_request_data
from tests.applications.test_pages import Visitor
from tests.cli.commandline import Tokenauth
from tests.cli.commandline import tokenauth as tokenauth
from tests.delegation.conftest import Browser
from tests.partners.registering import HASHES
from tests.partners.registering import Register
from tests.partners.test_login import log_in
from typing import Any
from urllib.parse import parse_qsl

import json
import pytest
import re
import secrets
import time


SHOP = "https://shop.example.org/"


def problems_with(register: Register, **options: Any) -> set[str]:
    with pytest.raises(InvalidInput) as refused:
        register(**options)
    return {each.field for each in refused.value.all}


@pytest.mark.parametrize(
    "options, fields",
    [
        ({"extras": ("a=b",)}, {"extras"}),
        ({"extras": ("signature",)}, {"extras"}),
        ({"landing": "members"}, {"landing"}),
        ({"landing": "/../.."}, {"landing"}),
        ({"landing": "/a b"}, {"landing"}),
        ({"users": ("nobody",), "groups": ("nobody",)}, {"users", "groups"}),
        ({"urls": (SHOP,)}, {"urls"}),
        ({"purpose": "outgoing"}, {"urls"}),
        ({"purpose": "outgoing", "urls": ("http://shop/",)}, {"urls"}),
        (
            {"purpose": "views", "landing": "/a", "creates_users": True},
            {"landing", "creates_users"},
        ),
        ({"max_lifetime": 3601}, {"max_lifetime"}),
        ({"algorithm": "md5"}, {"algorithm"}),
        ({"purpose": "all"}, {"purpose"}),
    ],
)
def test_what_makes_no_sense_is_refused_with_everything_that_is_wrong(
    site: Any, register: Register, options: dict[str, Any], fields: set[str]
) -> None:
    """Nothing is stored then."""
    assert problems_with(register, **options) == fields
    assert list(site.context.storage["partner"].all()) == []


def test_partners_are_off_until_they_are_switched_on(
    site: Any, register: Register, zope_conf: dict[str, str]
) -> None:
    """Conformance: SK-15: the switch, and the sealing key."""
    zope_conf.clear()
    with pytest.raises(NotAllowed, match="sealing key"):
        register()
    zope_conf["sealing-key"] = make_key()
    site.plugin.partners_enabled = False
    site.commit()
    with pytest.raises(NotAllowed, match="switched off"):
        register()


def test_only_who_may_issue_keys_for_others_registers_a_partner(
    site: Any, register: Register, people: dict[str, Any]
) -> None:
    """Conformance: SK-11: a partner can be anybody."""
    for name in ("owner", "administrator", "program"):
        with pytest.raises(NotAllowed):
            register(by=people[name])
    assert register(by=people["manager"])


def test_an_administrator_revokes_and_tightens_but_does_not_loosen(
    site: Any, register: Register
) -> None:
    """Who may not register one may not make one from another."""
    ska = register()
    visitor = Visitor(site, "administrator", "Site Administrator")
    assert ska.partner.title in visitor.get(kind="partner").text
    assert "-rotate?id" not in visitor.get(kind="partner").text
    assert visitor.get("-register-partner").status_code in (302, 401, 403)
    visitor.post("-revoke", ids=ska.id, confirmed="1")
    site.sync()
    assert ska.partner.revoked_by == "administrator"


def test_a_secret_is_rotated_while_the_one_before_still_works(
    site: Any, browser: Browser, register: Register
) -> None:
    """Conformance: SK-18."""
    ska = register()
    now = time.time()
    issued = PARTNER.rotate(site.context, Operator("tests"), ska.partner, now, 60)
    site.commit()
    assert log_in(browser, ska.sign()).status_code == 303
    assert issued.secret != ska.secret
    both = opened_secrets(site.context, ska.partner, now + 1)
    assert both == [issued.secret.encode(), ska.secret.encode()]
    assert opened_secrets(site.context, ska.partner, now + 61) == both[:1]


def test_secrets_are_sealed_again_with_another_key(
    site: Any, register: Register, zope_conf: dict[str, str]
) -> None:
    """Conformance: SK-15."""
    ska = register()
    newest = make_key()
    zope_conf["sealing-key"] = f"{newest}\n{zope_conf['sealing-key']}"
    assert reseal(site.context) == 1
    zope_conf["sealing-key"] = newest
    (secret,) = opened_secrets(site.context, ska.partner, time.time())
    assert secret == ska.secret.encode()
    zope_conf["sealing-key"] = make_key()
    assert unopened(site.context, key_ring()) == 1


def test_no_secret_is_shared_under_another_sealing_key(
    site: Any, register: Register, zope_conf: dict[str, str]
) -> None:
    """Conformance: SK-15: nor is one replaced, until what is lost is forgotten."""
    ska = register()
    zope_conf["sealing-key"] = make_key()
    with pytest.raises(NotAllowed, match="not that of this site"):
        register()
    assert forget_unopened(site.context) == 1
    site.commit()
    assert ska.partner.secrets == ()
    register()


def test_a_partner_is_registered_in_site_setup(site: Any, register: Register) -> None:
    """The secret is on the answer, and nowhere else."""
    boss = Visitor(site, "boss", "Manager")
    assert "Register a partner" in boss.get().text
    answer = boss.post(
        "-register-partner",
        idempotency_key=secrets.token_hex(16),
        title="Intranet",
        purpose="login",
        algorithm="sha256",
        extras="email\nfirst_name",
        max_lifetime="300",
        expiry="never",
    )
    site.sync()
    (partner,) = site.context.storage["partner"].all()
    (secret,) = opened_secrets(site.context, partner, time.time())
    assert (partner.extras, partner.max_lifetime) == (("email", "first_name"), 300)
    assert secret.decode() in answer.text
    assert f"/@@partner-login/{partner.credential_id}" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    for page in ("", "-edit", "-rotate", "-logs"):
        assert secret.decode() not in boss.get(page, id=partner.credential_id).text


def test_a_partner_is_registered_changed_and_revoked_by_rest(
    site: Any, register: Register
) -> None:
    """What the form does, programs of administrators do."""
    site.add_user("boss", "Manager")
    auth = ("boss", "correct-horse-battery-1")

    def ask(method: str, path: str = "", **body: Any) -> Any:
        return site.api(method, f"/@partners{path}", auth=auth, json=body or None)

    made = ask("POST", title="Intranet", extras=["email"])
    assert made.status_code == 201, made.text
    document = made.json()
    assert document["url"].endswith(f"/@@partner-login/{document['partner_id']}")
    path = f"/{document['partner_id']}"
    shown = ask("GET", path).json()
    assert document["secret"] not in json.dumps(shown)
    assert (shown["purpose"], shown["extras"]) == ("login", ["email"])
    assert len(shown["secrets"]) == 1
    changed = ask("PATCH", path, max_lifetime=60)
    assert changed.status_code in (200, 204), changed.text
    wrong = ask("PATCH", path, purpose="views", landing="x")
    assert wrong.status_code == 400
    assert "purpose" in wrong.text and "landing" in wrong.text
    assert ask("DELETE", path).status_code == 204
    site.sync()
    partner = site.context.storage["partner"].get(document["partner_id"])
    assert (partner.max_lifetime, partner.revoked_by) == (60, "boss")


def test_a_partner_is_registered_by_command_and_a_url_is_signed_for_it(
    site: Any, register: Register, tokenauth: Tokenauth
) -> None:
    """Conformance: SK-17."""
    made = tokenauth(
        *("partners", "issue", "--title", "Shop", "--purpose", "outgoing"),
        *("--url", SHOP, "--extra", "email", "--output", "-", "--json"),
    ).json
    signed = tokenauth(
        *("sign-url", f"{SHOP}enter", "--partner", made["partner_id"]),
        *("--auth-user", "jane", "--extra", "email=jane@example.org"),
    )
    url = signed.out.strip()
    result = validate_signed_request_data(
        data=dict(parse_qsl(url.partition("?")[2])),
        secret_key=made["secret"],
        signature_cls=HASHES[made["algorithm"]],
    )
    assert result.result
    listed = tokenauth("partners", "list").out
    assert made["partner_id"] in listed and "outgoing" in listed


@pytest.mark.parametrize(
    "change, code, said",
    [
        ({"--partner": "nobody"}, 3, "unknown partner"),
        ({"--lifetime": "9999"}, 2, "lifetime"),
        ({"--extra": "b=1"}, 2, "extras"),
        ({"url": "https://evil.org/"}, 2, "not one of the partner's"),
    ],
)
def test_what_cannot_be_signed_is_said(
    site: Any,
    register: Register,
    tokenauth: Tokenauth,
    change: dict[str, str],
    code: int,
    said: str,
) -> None:
    """Wrong usage, or something that is not there."""
    ska = register(purpose="outgoing", urls=(SHOP,), extras=("a",))
    given = {"--partner": ska.id, "--auth-user": "jane", "--extra": "a=1", **change}
    url = given.pop("url", SHOP)
    result = tokenauth(
        "sign-url", url, *(each for pair in given.items() for each in pair)
    )
    assert (result.code, said in result.err) == (code, True), result.err


def test_nothing_is_signed_without_the_sealing_key(
    site: Any, register: Register, tokenauth: Tokenauth, zope_conf: dict[str, str]
) -> None:
    """Conformance: SK-15."""
    ska = register(purpose="outgoing", urls=(SHOP,))
    zope_conf.clear()
    result = tokenauth("sign-url", SHOP, "--partner", ska.id, "--auth-user", "jane")
    assert result.code == 1 and "no sealing key" in result.err
    assert not re.search("signature=", result.out)
