"""The configuration that the documentation shows for several machines."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from databases import free_port
from databases import stop
from databases import wait_for_port
from databases import zeo_server
from endtoend import Client
from endtoend import two_instances
from instance import Instance
from pathlib import Path
from typing import Any
from ZEO.runzeo import ZEOOptions
from Zope2.Startup.options import ZopeWSGIOptions

import os
import pytest
import requests
import shutil
import subprocess


EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "cluster"
NGINX_FRAME = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {rules}
}}
"""
PAIRS = 20


def adapted(name: str, *changes: tuple[str, str]) -> str:
    """An example with other values; each must stand there."""
    text = (EXAMPLES / name).read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("name", ["zope-zeo.conf", "zope-relstorage.conf"])
def test_a_front_end_reads_its_configuration(tmp_path: Path, name: str) -> None:
    (tmp_path / "zope.conf").write_text(adapted(name, ("/opt/plone/instance", "/tmp")))
    options = ZopeWSGIOptions(str(tmp_path / "zope.conf"))()
    (database,) = options.configroot.databases
    assert database.config.cache_size == 30_000
    assert options.configroot.trusted_proxies == ["192.0.2.1"]


def test_the_server_reads_its_configuration(tmp_path: Path) -> None:
    text = adapted("zeo.conf", ("/var/lib/plone", str(tmp_path)))
    (tmp_path / "zeo.conf").write_text(text)
    options = ZEOOptions()
    options.realize(["-C", str(tmp_path / "zeo.conf")])
    assert [storage.name for storage in options.storages] == ["1"]


@pytest.fixture(scope="module")
def instances(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Instance]]:
    """Two real Zopes with one site on a ZEO server."""
    folder = tmp_path_factory.mktemp("zeo")
    with zeo_server(Path(folder)) as address, two_instances(address) as running:
        yield running


def program(name: str, package: str) -> str:
    """A program of the system. Debian puts it where only root looks."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"apt-get install {package}")
        pytest.skip(f"apt-get install {package}")
    return found


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
    rules = adapted(
        "nginx.conf",
        *front_ends(instances, port),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX_FRAME.format(folder=folder, rules=rules))
    command = [program("nginx", "nginx-light"), "-p", str(folder)]
    with running([*command, "-c", str(configuration)], port):
        yield port


@contextmanager
def haproxy(instances: list[Instance], folder: Path) -> Iterator[int]:
    port = free_port()
    rules = adapted(
        "haproxy.cfg",
        *front_ends(instances, port),
        ("bind :80", f"bind 127.0.0.1:{port}"),
    )
    configuration = folder / "haproxy.cfg"
    configuration.write_text(rules)
    command = [program("haproxy", "haproxy"), "-db", "-f", str(configuration)]
    with running(command, port):
        yield port


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_for_port(port, process)
    try:
        yield
    finally:
        stop(process)


@pytest.mark.functional
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
