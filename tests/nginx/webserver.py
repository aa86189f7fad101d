"""A real nginx in front of a site, with the rules of the documentation."""

from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from servers import free_port
from servers import Server
from urllib.parse import urlsplit

import os
import pytest
import shutil


RULES = Path(__file__).parents[2] / "docs" / "examples" / "nginx"
#: What surrounds the rules: nothing outside the folder of the test is written.
FRAME = """\
daemon off;
master_process off;
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


@contextmanager
def nginx(
    name: str, backend: str, folder: Path, leave_out: Sequence[str] = ()
) -> Iterator[str]:
    """Serve a site by the rules in a file, and yield the URL of the server.

    :param name: of the file in the documentation
    :param backend: URL of the site in Zope
    :param folder: for everything that nginx writes
    :param leave_out: directives that are in the file, and not used
    """
    port = free_port()
    configuration = folder / "nginx.conf"
    lines = (RULES / name).read_text(encoding="utf-8").splitlines()
    rules = "\n".join(
        each for each in lines if not each.strip().startswith(tuple(leave_out))
    )
    rules = _adapted(rules, backend, port).replace("/var/cache/nginx", str(folder))
    configuration.write_text(FRAME.format(folder=folder, rules=rules), encoding="utf-8")
    command = [
        program("nginx", "nginx-light"),
        "-p",
        str(folder),
        "-c",
        str(configuration),
    ]
    with Server(command, port, folder / "error.log"):
        yield f"http://localhost:{port}"


def program(name: str, package: str) -> str:
    """A program of the system. Debian puts it where only root looks."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        missing = f"{name} is missing: apt-get install {package}"
        if os.environ.get("CI"):
            raise FileNotFoundError(missing)
        pytest.skip(missing)
    return found


def _adapted(rules: str, backend: str, port: int) -> str:
    """The rules for this computer, without TLS."""
    zope = urlsplit(backend)
    changes = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port};",
        "server_name www.example.org;": "server_name localhost;",
        "/https/www.example.org:443/Plone/": f"/http/localhost:{port}{zope.path}/",
        "http://127.0.0.1:8080": f"http://127.0.0.1:{zope.port}",
    }
    for documented, here in changes.items():
        assert documented in rules
        rules = rules.replace(documented, here)
    return rules
