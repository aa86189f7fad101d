"""Real proxies in front of a site, with the rules of the documentation."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from servers import free_port
from servers import Server
from urllib.parse import urlsplit

import os
import pytest
import shutil


EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
#: What surrounds the rules of nginx: nothing outside the folder of a test is written.
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
_APACHE_FRAME = """\
ServerName localhost
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
DefaultRuntimeDir {folder}
Listen 127.0.0.1:{port}
Listen [::1]:{port}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule cache_module /usr/lib/apache2/modules/mod_cache.so
LoadModule cache_disk_module /usr/lib/apache2/modules/mod_cache_disk.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
{rules}
"""


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A proxy that the documentation has rules for.

    :param folder: of the rules, which is the name of the proxy
    :param suffix: of their files
    :param program: what is run
    :param package: of Debian, that has it
    :param arguments: of the program
    :param frame: what surrounds the rules
    :param changes: what is different on this computer, without TLS
    :param with_port: how the rules tell the port of the client behind its address
    """

    folder: str
    suffix: str
    program: str
    package: str
    arguments: Sequence[str]
    changes: Mapping[str, str]
    with_port: tuple[str, str]
    frame: str = "{rules}"


NGINX = Proxy(
    folder="nginx",
    suffix="conf",
    program="nginx",
    package="nginx-light",
    arguments=["-p", "{folder}", "-c", "{file}"],
    frame=FRAME,
    changes={
        "listen 443 ssl;": "listen 127.0.0.1:{port};",
        "listen [::]:443 ssl;": "listen [::1]:{port};",
        "server_name www.example.org;": "server_name localhost;",
    },
    with_port=(
        "X-Forwarded-For $remote_addr;",
        "X-Forwarded-For $remote_addr:$remote_port;",
    ),
)
APACHE = Proxy(
    folder="apache",
    suffix="conf",
    program="apache2",
    package="apache2-bin",
    arguments=["-DFOREGROUND", "-d", "{folder}", "-f", "{file}"],
    frame=_APACHE_FRAME,
    changes={"<VirtualHost *:443>": "<VirtualHost *:{port}>", "SSLEngine on": ""},
    with_port=(
        "RequestHeader unset X-Forwarded-For early",
        (
            "ProxyAddHeaders Off\n"
            'RequestHeader set X-Forwarded-For "expr=%{REMOTE_ADDR}:%{REMOTE_PORT}"'
        ),
    ),
)
HAPROXY = Proxy(
    folder="haproxy",
    suffix="cfg",
    program="haproxy",
    package="haproxy",
    arguments=["-db", "-f", "{file}"],
    changes={
        "bind :443 ssl crt /etc/haproxy/www.example.org.pem": "bind 127.0.0.1:{port}",
        "bind :::443 v6only ssl crt /etc/haproxy/www.example.org.pem": (
            "bind ::1:{port}"
        ),
    },
    with_port=(
        "option forwardfor",
        "http-request set-header X-Forwarded-For %[src]:%[src_port]",
    ),
)
VARNISH = Proxy(
    folder="varnish",
    suffix="vcl",
    program="varnishd",
    package="varnish",
    arguments=[
        *("-F", "-j", "none", "-n", "{folder}/varnish", "-f", "{file}"),
        *("-a", "127.0.0.1:{port}", "-a", "[::1]:{port}", "-s", "malloc,8m"),
    ],
    changes={},
    with_port=("client.ip;", 'client.ip + ":" + std.port(client.ip);'),
)
PROXIES = (NGINX, APACHE, HAPROXY, VARNISH)


@contextmanager
def serve(
    proxy: Proxy,
    name: str,
    backend: str,
    folder: Path,
    *,
    other: int = 0,
    leave_out: Sequence[str] = (),
    with_port: bool = False,
) -> Iterator[str]:
    """Serve a site by the rules in a file, and yield the URL of the server.

    :param name: of the file in the documentation
    :param backend: URL of the site in Zope
    :param folder: for everything that the proxy writes
    :param other: port of what else the rules pass requests to
    :param leave_out: directives that are in the file, and not used
    :param with_port: whether it tells the port of the client, too
    """
    command = [program(proxy.program, proxy.package)]
    port = free_port()
    rules = _adapted(_rules(proxy, name, leave_out), proxy, backend, port)
    rules = rules.replace("127.0.0.1:3000", f"127.0.0.1:{other}")
    rules = rules.replace('"3000"', f'"{other}"')
    if with_port:
        told, told_with_port = proxy.with_port
        assert told in rules
        rules = rules.replace(told, told_with_port)
        rules = rules.replace("vcl 4.1;", "vcl 4.1; import std;")
    for cache in ("/var/cache/nginx", "/var/cache/apache2/mod_cache_disk"):
        rules = rules.replace(cache, str(folder))
    names = {"folder": folder, "port": port, "file": folder / "rules"}
    (folder / "rules").write_text(
        proxy.frame.format(**names, rules=rules), encoding="utf-8"
    )
    command += [argument.format(**names) for argument in proxy.arguments]
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


def _rules(proxy: Proxy, name: str, leave_out: Sequence[str]) -> str:
    path = EXAMPLES / proxy.folder / f"{name}.{proxy.suffix}"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [each for each in lines if not each.strip().startswith(tuple(leave_out))]
    return "\n".join([*kept, ""])


def _adapted(rules: str, proxy: Proxy, backend: str, port: int) -> str:
    """The rules for this computer, without TLS."""
    zope = urlsplit(backend)
    changes = {
        **{old: new.format(port=port) for old, new in proxy.changes.items()},
        "/https/www.example.org:443/Plone/": f"/http/localhost:{port}{zope.path}/",
    }
    for documented, here in changes.items():
        assert documented in rules, documented
        rules = rules.replace(documented, here)
    assert "8080" in rules
    return rules.replace("8080", str(zope.port))
