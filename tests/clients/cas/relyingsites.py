"""Web sites that let people log in by CAS, each by a client that is in use."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from servers import free_port
from servers import Server
from tests.proxies.webserver import program

import os
import pytest
import sys


HERE = Path(__file__).parent
PHP_CAS = Path("/usr/share/php/CAS/CAS.php")
MOD_AUTH_CAS = Path("/usr/lib/apache2/modules/mod_auth_cas.so")
_MODULES = "/usr/lib/apache2/modules"
_APACHE = """\
ServerName localhost
User {user}
Group {group}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
DefaultRuntimeDir {folder}
Listen 127.0.0.1:{port}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule auth_cas_module {modules}/mod_auth_cas.so
DocumentRoot {folder}/pages
CASVersion 2
CASLoginURL {server}/login
CASValidateURL {server}/serviceValidate
CASCookiePath {folder}/cookies/
CASRootProxiedAs http://127.0.0.1:{port}
CASSSOEnabled On
<Location "/">
    AuthType CAS
    Require valid-user
    Header always set X-User "expr=%{{REMOTE_USER}}"
</Location>
"""


@dataclass(frozen=True, kw_only=True)
class RelyingSite:
    """A web site that is running.

    :param url: of the site, with a slash at the end
    :param page: path of the page for which one has to log in
    :param tells_mail: whether it shows the attribute email
    :param hears: whether its client knows of single logout
    """

    url: str
    page: str
    tells_mail: bool = False
    hears: bool = True

    @property
    def page_url(self) -> str:
        return f"{self.url}{self.page}"


Start = Callable[..., object]


@contextmanager
def django(server: str, folder: Path, version: str) -> Iterator[RelyingSite]:
    """django-cas-ng, with python-cas."""
    port = free_port()
    command = [
        sys.executable,
        str(HERE / "django_site.py"),
        *(str(port), server, version, str(folder / "django.sqlite")),
    ]
    with Server(command, port, folder / "django.log"):
        url = f"http://127.0.0.1:{port}/"
        is_new = version == "3"
        # That for CAS 2 has neither attributes nor single logout.
        yield RelyingSite(url=url, page="page?a=b%20c", tells_mail=is_new, hears=is_new)


@contextmanager
def php(server: str, folder: Path, version: str) -> Iterator[RelyingSite]:
    """phpCAS, in the server that PHP has for tests."""
    port = free_port()
    needs(PHP_CAS, "php-cas")
    (folder / "sessions").mkdir()
    command = [
        program("php", "php-cli php-curl php-xml"),
        *("-d", f"session.save_path={folder / 'sessions'}"),
        *("-S", f"127.0.0.1:{port}", str(HERE / "site.php")),
    ]
    environment = {"CAS_SERVER": server, "CAS_VERSION": version}
    with Server(command, port, folder / "php.log", environment=environment):
        url = f"http://127.0.0.1:{port}/"
        yield RelyingSite(url=url, page="page?a=b%20c", tells_mail=version == "3.0")


@contextmanager
def apache(server: str, folder: Path, version: str) -> Iterator[RelyingSite]:
    """mod_auth_cas, which protects files."""
    httpd = program("apache2", "apache2-bin")
    needs(MOD_AUTH_CAS, "libapache2-mod-auth-cas")
    port = free_port()
    for name in ("pages", "cookies"):
        (folder / name).mkdir()
    (folder / "pages" / "page").write_text("protected")
    configuration = _APACHE.format(
        folder=folder,
        port=port,
        server=server,
        modules=_MODULES,
        user="www-data" if os.getuid() == 0 else f"#{os.getuid()}",
        group="www-data" if os.getuid() == 0 else f"#{os.getgid()}",
    )
    (folder / "apache.conf").write_text(configuration)
    if os.getuid() == 0:
        # It is another user that serves the requests.
        for each in (folder, *folder.parents[:3], folder / "cookies"):
            each.chmod(each.stat().st_mode | 0o055)
        (folder / "cookies").chmod(0o777)
    command = [httpd, "-DFOREGROUND", "-d", str(folder)]
    command += ["-f", str(folder / "apache.conf")]
    with Server(command, port, folder / "error.log"):
        yield RelyingSite(url=f"http://127.0.0.1:{port}/", page="page?a=b%20c")


def needs(path: Path, package: str) -> None:
    """Skip where a package of Debian is not there, but fail where it must be."""
    if path.exists():
        return
    missing = f"{path} is missing: apt-get install {package}"
    if os.environ.get("CI"):
        raise FileNotFoundError(missing)
    pytest.skip(missing)


SITES: dict[str, tuple[Start, str]] = {
    "django-cas-ng, CAS 2": (django, "2"),
    "django-cas-ng, CAS 3": (django, "3"),
    "phpCAS, CAS 2": (php, "2.0"),
    "phpCAS, CAS 3": (php, "3.0"),
    "mod_auth_cas": (apache, "2"),
}
