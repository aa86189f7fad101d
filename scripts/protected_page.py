"""Apache with mod_auth_openidc, as the documentation configures it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from servers import Server

import shutil


MODULES = Path("/usr/lib/apache2/modules")
PROGRAM = shutil.which("apache2") or "/usr/sbin/apache2"
MODULE = MODULES / "mod_auth_openidc.so"
IS_HERE = Path(PROGRAM).exists() and MODULE.exists()
CONFIGURATION = Path(__file__).parents[1] / "docs/examples/apache/openidc.conf"
_FRAME = """\
ServerName localhost
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
DefaultRuntimeDir {folder}
Listen 127.0.0.1:{port}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule dir_module {modules}/mod_dir.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so
{rules}
"""


@dataclass(frozen=True, kw_only=True)
class Protected:
    """A web server, part of which is for people with an account of a site.

    :param port: where it listens on this computer
    """

    port: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def page(self) -> str:
        """What is protected."""
        return f"{self.url}/private/"

    @property
    def callback(self) -> str:
        return f"{self.url}/private/callback"

    @property
    def logged_out(self) -> str:
        return f"{self.url}/bye.html"

    @property
    def registration(self) -> dict[str, object]:
        """What a site registers for it."""
        return {
            "title": "Intranet",
            "redirect_uris": (self.callback,),
            "post_logout_redirect_uris": (self.logged_out,),
            "backchannel_logout_uri": f"{self.callback}?logout=backchannel",
            "scopes": ("openid", "email", "groups"),
            "default_scopes": (),
        }


@contextmanager
def running_apache(
    folder: Path, protected: Protected, issuer: str, client_id: str, secret: str
) -> Iterator[None]:
    """Apache answers, and knows the site."""
    documents = folder / "documents"
    (documents / "private").mkdir(parents=True)
    (documents / "private" / "index.html").write_text("<h1>Private</h1>")
    (documents / "bye.html").write_text("<h1>Bye</h1>")
    rules = CONFIGURATION.read_text(encoding="utf-8")
    for documented, here in {
        "*:443": f"127.0.0.1:{protected.port}",
        "SSLEngine on": "",
        "/var/www/html": str(documents),
        "https://intranet.example.org": protected.url,
        "https://www.example.org": issuer,
        "app-4CEsMaXTxvxQWsAkTdjxYA": client_id,
        "pts_the-secret-of-the-application": secret,
    }.items():
        assert documented in rules
        rules = rules.replace(documented, here)
    file = folder / "apache.conf"
    file.write_text(
        _FRAME.format(folder=folder, port=protected.port, modules=MODULES, rules=rules),
        encoding="utf-8",
    )
    command = [PROGRAM, "-DFOREGROUND", "-d", str(folder), "-f", str(file)]
    with Server(command, protected.port, folder / "apache.log"):
        yield
