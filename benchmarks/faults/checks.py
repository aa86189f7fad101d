"""What must be true after a fault: no promise is broken, and the database is whole."""

from collections.abc import Callable
from ledger import Credential
from ledger import Ledger
from ledger import NoAnswer
from ledger import Token
from load import Client
from pathlib import Path
from signins import SignIns

import random
import shutil
import subprocess
import sys
import tempfile
import time


RECOVERY_TIMEOUT = 180
SAMPLE = 20
HERE = Path(__file__).parent


class NoRecovery(Exception):
    """A server does not come back without help; nothing more can be tried on it."""


def seconds_to_recover(client: Client, since: float) -> float:
    """Wait until a key is issued and a token obtained; seconds since a moment."""
    deadline = time.monotonic() + RECOVERY_TIMEOUT
    while time.monotonic() < deadline:
        try:
            if client.exchange(client.issue_key()) is not None:
                return time.monotonic() - since
        except NoAnswer:
            time.sleep(0.1)
    raise NoRecovery(f"{client.url} does not recover.")


def check_promises(client: Client, since: float = 0, everything: bool = False) -> None:
    """Ask a server for what it has acknowledged.

    :param since: look at all that was acknowledged after this moment, and at others
    """
    ledger = client.ledger
    time.sleep(ledger.grace)

    def chosen(found: list, moment: Callable) -> list:
        if everything:
            return found
        recent = [each for each in found if moment(each) >= since]
        return recent + random.sample(found, min(SAMPLE, len(found)))

    for key in chosen(list(ledger.keys), _last_moment):
        _retried(client, client.exchange, key)
        _check_usage(client, key, ledger)
    for credential in chosen(list(ledger.personal), _last_moment):
        _retried(client, client.use_personal, credential)
    for token in chosen(list(ledger.tokens), _acknowledged_at):
        _retried(client, client.use, token)
    _check_people(client, chosen)
    now = client.clock()
    for grant, valid_until in random.sample(
        ledger.used_grants, min(SAMPLE, len(ledger.used_grants))
    ):
        if now < valid_until:
            _retried(client, client.replay, grant)


def check_database(data: Path, everything: bool = True) -> list[str]:
    """Problems of a database; a copy is looked at, as Zope would open it.

    :param everything: also load every object with the classes of Plone
    """
    with tempfile.TemporaryDirectory(dir=data.parent.parent) as folder:
        copy = Path(folder) / "Data.fs"
        shutil.copy(data, copy)
        names = ["recover", "fstest", "fsrefs", "btrees"]
        names += ["zodbverify"] if everything else []
        return [problem for name in names for problem in _check(name, copy)]


def _check(name: str, data: Path) -> list[str]:
    commands = {
        "recover": [str(HERE / "recover.py"), str(data)],
        "fstest": ["-m", "ZODB.scripts.fstest", str(data)],
        "fsrefs": ["-m", "ZODB.scripts.fsrefs", str(data)],
        "btrees": [str(HERE / "trees.py"), str(data)],
        "zodbverify": [str(HERE / "verify.py"), str(data)],
    }
    result = subprocess.run(
        [sys.executable, *commands[name]], capture_output=True, text=True
    )
    # fsrefs ends with 0, whatever it finds.
    output = result.stdout.strip()
    if result.returncode or (name == "fsrefs" and output):
        return [f"{name}: {output[-500:]} {result.stderr[-1000:]}"]
    return []


def _check_people(client: Client, chosen: Callable) -> None:
    """What was promised to people: devices, links and sessions go on, or are over."""
    ledger, people = client.ledger, SignIns(client)
    for family in chosen(list(ledger.families), _last_moment):
        _retried(client, people.refresh, family)
    for link in chosen(list(ledger.links), _last_moment):
        _retried(client, people.open_link, link)
        _retried(client, people.visit, link)
    for person in chosen(list(ledger.persons), lambda each: each.logged_out_at or 0):
        _retried(client, people.check_session, person)


def _check_usage(client: Client, key: Credential, ledger: Ledger) -> None:
    """Each token obtained has its entry, and there are none that nobody asked for."""
    with ledger.lock:
        at_least = key.uses
    try:
        found = client.usage(key)
    except NoAnswer:
        return
    # Others may go on meanwhile.
    with ledger.lock:
        at_most = key.uses + key.unknown_uses
    if not at_least <= found <= at_most:
        ledger.complain(
            f"The log of {key.id} has {found} entries, not {at_least} to {at_most}"
        )
    ledger.count("usage logs compared")


def _retried(client: Client, what: Callable, argument: object) -> None:
    """A server that has recovered answers; it may be busy for a moment."""
    for _ in range(5):
        try:
            what(argument)
            client.ledger.count("promises checked")
            return
        except NoAnswer:
            time.sleep(0.5)
    client.ledger.complain(f"{what.__name__}: no answer after the recovery")


def _last_moment(credential: Credential) -> float:
    return max(credential.acknowledged_at, credential.revoked_at or 0)


def _acknowledged_at(token: Token) -> float:
    return token.acknowledged_at
