"""Two real Zopes with one site: alone, and behind the proxies of the documentation."""

from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from endtoend import Client
from endtoend import GRANT_TYPE
from instance import Instance
from pathlib import Path
from servers import free_port
from servers import Server
from tests.cluster.test_documented import adapted
from tests.proxies.webserver import FRAME
from tests.proxies.webserver import program
from typing import Any

import pytest
import requests
import secrets


pytestmark = [pytest.mark.functional, pytest.mark.long]

GRANTS = 60
PAIRS = 20


def test_each_grant_gives_one_token(instances: list[Instance]) -> None:
    """JB-14; threat: two ZEO clients. The same grant at the same time at both."""
    client = Client([instances[0].url])
    statuses = []
    with ThreadPoolExecutor(len(instances)) as executor:
        for _ in range(GRANTS):
            grant = client.grant(jti=secrets.token_hex())
            answers = executor.map(exchange, instances, [grant] * len(instances))
            statuses.append(sorted(answers))
    assert statuses == [[200, 400]] * GRANTS


def exchange(instance: Instance, grant: str) -> int:
    form = {"grant_type": GRANT_TYPE, "assertion": grant}
    url = f"{instance.url}/@@oauth2-token"
    return requests.post(url, data=form, timeout=60).status_code


def front_ends(instances: list[Instance], port: int) -> list[tuple[str, str]]:
    """What is different here from the example."""
    return [
        ("192.0.2.11:8080", f"127.0.0.1:{instances[0].port}"),
        ("192.0.2.12:8080", f"127.0.0.1:{instances[1].port}"),
        ("www.example.org:80", f"localhost:{port}"),
    ]


@contextmanager
def nginx(instances: list[Instance], folder: Path) -> Iterator[int]:
    port = free_port()
    listen = ("listen 80;", f"listen 127.0.0.1:{port};")
    rules = adapted("nginx.conf", *front_ends(instances, port), listen)
    (folder / "conf").write_text(FRAME.format(folder=folder, rules=rules))
    command = [program("nginx", "nginx-light"), "-p", str(folder)]
    with Server([*command, "-c", str(folder / "conf")], port, folder / "log"):
        yield port


@contextmanager
def haproxy(instances: list[Instance], folder: Path) -> Iterator[int]:
    port = free_port()
    bind = ("bind :80", f"bind 127.0.0.1:{port}")
    (folder / "conf").write_text(
        adapted("haproxy.cfg", *front_ends(instances, port), bind)
    )
    command = [program("haproxy", "haproxy"), "-db", "-f", str(folder / "conf")]
    with Server(command, port, folder / "log"):
        yield port


@pytest.mark.parametrize("proxy", [nginx, haproxy])
def test_tokens_work_through_the_proxy_wherever_it_leads(
    instances: list[Instance], tmp_path: Path, proxy: Callable[..., Any]
) -> None:
    """RS-09: each request goes to the other front end than the one before."""
    client = Client([instances[0].url])
    with proxy(instances, tmp_path) as port:
        client.urls = [f"http://localhost:{port}"]
        for _ in range(PAIRS):
            answer = requests.get(
                f"{client.urls[0]}/@types",
                headers={
                    "Accept": "application/json",
                    "Authorization": f"Bearer {client.token()}",
                },
                timeout=60,
            )
            assert answer.status_code == 200, answer.text
