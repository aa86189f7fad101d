"""After everything was done that involves a secret, none is left anywhere."""

from collections.abc import Callable
from email.message import EmailMessage
from pas.plugins.tokenauth.core.keys import KeyPair
from pas.plugins.tokenauth.core.secret import Secret
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.events import RefusedEvent
from pas.plugins.tokenauth.personaltokens.kind import IssuedPersonalAccessToken
from pas.plugins.tokenauth.servicekeys.kind import IssuedServiceKey
from pas.plugins.tokenauth.tokens.issue import TokenResponse
from pathlib import Path
from persistent.mapping import PersistentMapping
from tests.secrets.needles import Needles
from tests.secrets.places import alive
from tests.secrets.places import Places
from tests.secrets.walk import Walk
from typing import Any

import logging
import pytest
import requests
import transaction


pytestmark = pytest.mark.long


pytest_plugins = ["tests.mailserver"]

#: Objects that hold a secret on its way to who asked for it.
CARRIERS = (KeyPair, IssuedServiceKey, IssuedPersonalAccessToken, TokenResponse)
CANARY = str(make_token("pta_", bytes(range(32))))


@pytest.fixture
def walk(
    site: Any,
    places: Places,
    needles: Needles,
    tokenauth: Callable[..., str],
    tmp_path: Path,
) -> Walk:
    return Walk(site, needles, tokenauth, tmp_path)


def test_a_used_site_keeps_no_secret(walk: Walk, places: Places) -> None:
    """SB-06: each is shown once, to who asked: by no list, form, export or error."""
    # Other tests keep what they have made.
    before = alive(*CARRIERS)
    walk.everything()
    left = places.all()
    found = {name: walk.needles.found_in(data) for name, data in left.items()}
    assert {name: secrets for name, secrets in found.items() if secrets} == {}
    times = dict.fromkeys(walk.needles, 0)
    for response in places.responses:
        for name in walk.needles.found_in(response):
            times[name] += 1
    expected = {name: int(name in walk.shown) for name in walk.needles}
    wrong = [name for name in times if times[name] != expected[name]]
    assert [(name, times[name]) for name in wrong] == []
    kept = alive(*CARRIERS)
    assert [each for each in kept if all(each is not one for one in before)] == []
    # It was all there, and used.
    assert len(times) > 20
    assert b"PersonalAccessToken" in left["database"]
    assert b"Out of order." in left["error log"]
    assert b'"event": "Refused"' in left["log"]
    assert b"service key" in left["mail"]


def plant_in_log(site: Any) -> None:
    logging.getLogger("somebody.else").debug("Got %s", CANARY)


def plant_in_arguments_of_log(site: Any) -> None:
    logging.getLogger("somebody.else").debug("Got %(x)s", {"x": "-", "y": CANARY})


def plant_in_database(site: Any) -> None:
    site.portal.canary = PersistentMapping({"token": CANARY})


def plant_in_plugin(site: Any) -> None:
    site.plugin.title = CANARY


def plant_in_transaction(site: Any) -> None:
    site.portal.title = "Changed"
    transaction.get().note(f"Issued {CANARY}")


def plant_in_extension(site: Any) -> None:
    site.portal.title = "Changed"
    transaction.get().setExtendedInfo("token", CANARY)


def plant_in_error_log(site: Any) -> None:
    requests.get(f"{site.url}/@@fails?token={CANARY}", timeout=30)


def plant_in_mail(site: Any) -> None:
    mail = EmailMessage()
    mail["To"], mail["From"] = "owner@example.org", "site@example.org"
    mail.set_content(f"Your token: {CANARY}")
    site.portal.MailHost.send(mail, immediate=True)


def plant_in_object(site: Any) -> None:
    site.canary = RefusedEvent(
        what="token", credential_id=CANARY, reason="expired", address=""
    )


@pytest.mark.parametrize(
    ("plant", "where"),
    [
        (plant_in_log, {"log"}),
        (plant_in_arguments_of_log, {"log"}),
        (plant_in_database, {"database", "Data.fs"}),
        (plant_in_plugin, {"database", "Data.fs", "export"}),
        (plant_in_transaction, {"transactions", "Data.fs"}),
        (plant_in_extension, {"transactions", "Data.fs"}),
        (plant_in_error_log, {"error log"}),
        (plant_in_mail, {"mail"}),
        (plant_in_object, {"objects"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_planted_secret_is_found(
    site: Any,
    places: Places,
    needles: Needles,
    plant: Callable[[Any], None],
    where: set[str],
) -> None:
    needles.add_token("canary", CANARY)
    plant(site)
    site.commit()
    found = {name for name, data in places.all().items() if needles.found_in(data)}
    # What is planted in one place may be told about in the log.
    assert where <= found <= {*where, "log"}


def test_a_secret_cannot_be_stored(site: Any) -> None:
    site.portal.canary = PersistentMapping({"token": Secret(CANARY)})
    with pytest.raises(TypeError, match="A secret is not stored"):
        site.commit()
    transaction.abort()
