"""A Zope with one Plone site in var/<name>: for trying the add-on out and for checks.

Other scripts use it like this::

    with running_instance("demo") as instance:
        requests.get(instance.url, auth=SITE_USER)

The server listens on the loopback interface only and its passwords are public.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from databases import Address
from databases import FileAddress
from pas.plugins.tokenauth.sealing.keyring import make_key
from pathlib import Path
from servers import free_port
from servers import Server
from servers import ServerError

import os
import shutil
import subprocess
import sys
import textwrap
import urllib.error
import urllib.request


VAR = Path(__file__).resolve().parent.parent / "var"
SITE_ID = "Plone"
ROOT_USER = ("admin", "admin")
SITE_USER = ("demo", "demo-secret-1")
PLUGIN_ID = "token_auth"

#: Classic UI (the profiles of Plone's "classic" distribution) with the REST API.
CLASSIC_PROFILES = (
    "plone.app.contenttypes:default",
    "plone.app.layout:default",
    "plonetheme.barceloneta:default",
    "plone.restapi:default",
)
ADDON_PROFILE = "pas.plugins.tokenauth:default"

ZOPE_CONF = """\
    instancehome {home}
    debug-mode off
    debug-exceptions off
    <environment>
      CHAMELEON_CACHE {home}/cache
      zope_i18n_compile_mo_files true
    </environment>
    <product-config pas.plugins.tokenauth>
      sealing-key-file {home}/etc/sealing.key
      {fetching}
    </product-config>
    # The cache is as large as plone.recipe.zope2instance makes it.
    <zodb_db main>
      mount-point /
      cache-size 30000
      {database}
    </zodb_db>
    """

ZOPE_INI = """\
    [app:zope]
    use = egg:Zope#main
    zope_conf = {home}/etc/zope.conf

    [filter:translogger]
    use = egg:Paste#translogger
    setup_console_handler = False

    [pipeline:main]
    pipeline =
        egg:Zope#httpexceptions
        translogger
        zope

    [server:main]
    use = egg:waitress#main
    host = 127.0.0.1
    port = {port}
    threads = {threads}

    [loggers]
    keys = root, wsgi

    [handlers]
    keys = console

    [formatters]
    keys = generic

    [logger_root]
    level = INFO
    handlers = console

    [logger_wsgi]
    level = INFO
    handlers =
    qualname = wsgi

    [handler_console]
    class = StreamHandler
    args = (sys.stderr,)
    formatter = generic

    [formatter_generic]
    format = %(asctime)s %(levelname)s %(name)s %(message)s
    """

SITE_ZCML = """\
    <configure
        xmlns="http://namespaces.zope.org/zope"
        xmlns:five="http://namespaces.zope.org/five"
        xmlns:meta="http://namespaces.zope.org/meta"
        >
      <include package="Products.Five" />
      <meta:redefinePermission from="zope2.Public" to="zope.Public" />
      <five:loadProducts file="meta.zcml" />
      <five:loadProducts />
      <five:loadProductsOverrides />
      <securityPolicy component="AccessControl.security.SecurityPolicy" />
    </configure>
    """


class Zope(Server):
    """A Zope in a folder of its own. It answers when its site does.

    :param home: the folder
    :param port: where it listens, a free one if left out
    :param database: where its data is, a file of its own if that is left out
    :param threads: how many requests it serves at once
    :param environment: what is different from the environment of this process
    """

    START_TIMEOUT = 300
    STOP_TIMEOUT = 30
    #: Hosts on this computer, each with its port, that the site may ask.
    fetch_hosts = ""

    def __init__(
        self,
        home: Path,
        port: int = 0,
        database: Address | None = None,
        threads: int = 4,
        environment: dict[str, str] | None = None,
    ) -> None:
        super().__init__(
            [sys.executable, "-m", "Zope2.Startup.serve", f"{home}/etc/zope.ini"],
            port or free_port(),
            home / "server.log",
            # zope.i18n reads its switch on import, before zope.conf is read.
            environment={"zope_i18n_compile_mo_files": "true", **(environment or {})},
        )
        self.home = home
        self.conf = home / "etc" / "zope.conf"
        self.database = database or FileAddress(home / "Data.fs")
        self.threads = threads

    @property
    def root_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def url(self) -> str:
        """The URL of the site."""
        return f"{self.root_url}/{SITE_ID}"

    @property
    def sealing_key(self) -> Path:
        """The file with the key that seals secrets."""
        return self.home / "etc" / "sealing.key"

    def configure(self) -> None:
        """Write what Zope reads when it starts."""
        for folder in ("etc", "cache", "blobstorage"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        values = {
            "home": self.home,
            "port": self.port,
            "threads": self.threads,
            "database": textwrap.dedent(self.database.zope_conf(self.home)),
            "fetching": f"fetch-hosts {self.fetch_hosts}" if self.fetch_hosts else "",
        }
        for name, template in (
            ("zope.conf", ZOPE_CONF),
            ("zope.ini", ZOPE_INI),
            ("site.zcml", SITE_ZCML),
        ):
            text = textwrap.dedent(template).format(**values)
            (self.home / "etc" / name).write_text(text)
        if not self.sealing_key.exists():
            self.sealing_key.touch(0o600)
            self.sealing_key.write_text(make_key() + "\n")

    def seal_like(self, other: Zope) -> None:
        """Open what another front end of the same site has sealed."""
        for zope in (self, other):
            zope.configure()
        shutil.copy(other.sealing_key, self.sealing_key)

    def launch(self) -> None:
        self.configure()
        super().launch()

    def answers(self) -> bool:
        """Whether its site answers."""
        try:
            with urllib.request.urlopen(self.url, timeout=60) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


class Instance(Zope):
    """The Zope in var/<name>, and the site that it is made for."""

    def __init__(
        self,
        name: str,
        port: int = 0,
        database: Address | None = None,
        threads: int = 4,
    ) -> None:
        super().__init__(VAR / name, port, database, threads)
        self.name = name

    def prepare(self, fresh: bool = False, profiles: Sequence[str] = ()) -> None:
        """Make instance and site where they are missing; follow a change of port."""
        self.refuse_used_port()
        if fresh:
            shutil.rmtree(self.home, ignore_errors=True)
        self.configure()
        if not (self.home / "Data.fs").exists():
            # Zope reads it when it makes the database.
            (self.home / "inituser").write_text(":".join(ROOT_USER) + "\n")
        done = self.home / "issuer"
        if done.is_file() and done.read_text() == self.url:
            return
        self._set_up_site(profiles or (*CLASSIC_PROFILES, ADDON_PROFILE))
        done.write_text(self.url)

    def _set_up_site(self, profiles: Sequence[str]) -> None:
        """In a process of its own, because Zope's configuration is global."""
        arguments = ["set-up", self.name, str(self.port), *profiles]
        result = subprocess.run(
            [sys.executable, str(Path(__file__)), *arguments],
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if result.returncode:
            output = result.stdout.decode(errors="replace")
            raise ServerError(f"The site cannot be made:\n{output}")


@contextmanager
def running_instance(
    name: str,
    fresh: bool = True,
    port: int = 0,
    profiles: Sequence[str] = (),
    fetch_hosts: str = "",
) -> Iterator[Instance]:
    """Run the instance var/<name>, by default a new one on a free port."""
    instance = Instance(name, port)
    instance.fetch_hosts = fetch_hosts
    instance.prepare(fresh=fresh, profiles=profiles)
    with instance:
        yield instance


# -- inside Zope --------------------------------------------------------------


def set_up_site(instance: Instance, profiles: Sequence[str]) -> None:
    """Make the site if it is missing, and tell the plugin where it is served."""
    from AccessControl.SecurityManagement import newSecurityManager
    from Testing.makerequest import makerequest
    from zope.component.hooks import setSite
    from zope.globalrequest import setRequest
    from Zope2.Startup.run import make_wsgi_app

    import transaction
    import Zope2

    make_wsgi_app({}, str(instance.conf))
    server = {"SERVER_NAME": "localhost", "SERVER_PORT": str(instance.port)}
    app = makerequest(Zope2.app(), environ=server)
    app.REQUEST["PARENTS"] = [app]
    setRequest(app.REQUEST)
    admin = app.acl_users.getUserById(ROOT_USER[0])
    newSecurityManager(None, admin.__of__(app.acl_users))

    if SITE_ID not in app:
        add_site(app, profiles)
    site = app[SITE_ID]
    setSite(site)
    if PLUGIN_ID in site.acl_users:
        site.acl_users[PLUGIN_ID].issuer = instance.url
    transaction.commit()


def add_site(app, profiles: Sequence[str]) -> None:
    from plone import api
    from Products.CMFPlone.factory import addPloneSite

    addPloneSite(app, SITE_ID, title="Token authentication", extension_ids=profiles)
    username, password = SITE_USER
    api.user.create(
        username=username,
        password=password,
        email=f"{username}@example.org",
        roles=("Member", "Site Administrator"),
    )


if __name__ == "__main__":
    # The other half of Instance._set_up_site.
    _, command, name, port, *profiles = sys.argv
    if command != "set-up":
        sys.exit(f"unknown command {command!r}")
    set_up_site(Instance(name, int(port)), profiles)
