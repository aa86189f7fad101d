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
from databases import free_port
from dataclasses import dataclass
from pathlib import Path

import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
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

START_TIMEOUT = 180
STOP_TIMEOUT = 20

ZOPE_CONF = """\
    instancehome {home}
    debug-mode off
    debug-exceptions off
    <environment>
      CHAMELEON_CACHE {home}/cache
      zope_i18n_compile_mo_files true
    </environment>
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


class InstanceError(Exception):
    """The instance does not do what it should; the message tells where to look."""


@dataclass
class Instance:
    """The instance in var/<name>, serving one port of the loopback interface.

    :param database: where its data is, a file of its own if that is left out
    :param threads: how many requests it serves at once
    """

    name: str
    port: int
    database: Address | None = None
    threads: int = 4
    process: subprocess.Popen[bytes] | None = None

    @property
    def home(self) -> Path:
        return VAR / self.name

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def root_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def url(self) -> str:
        """The URL of the site."""
        return f"{self.root_url}/{SITE_ID}"

    # -- making it ----------------------------------------------------------

    def prepare(self, fresh: bool = False, profiles: Sequence[str] = ()) -> None:
        """Make instance and site where they are missing; follow a change of port."""
        self._refuse_used_port()
        if fresh:
            shutil.rmtree(self.home, ignore_errors=True)
        self._write_configuration()
        done = self.home / "issuer"
        if done.is_file() and done.read_text() == self.url:
            return
        self._set_up_site(profiles or (*CLASSIC_PROFILES, ADDON_PROFILE))
        done.write_text(self.url)

    def join(self) -> None:
        """Serve the site of a database that another instance has made."""
        self._refuse_used_port()
        self._write_configuration()

    def _write_configuration(self) -> None:
        for folder in ("etc", "cache", "blobstorage"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        database = self.database or FileAddress(self.home / "Data.fs")
        values = {
            "home": self.home,
            "port": self.port,
            "threads": self.threads,
            "database": textwrap.dedent(database.zope_conf(self.home)),
        }
        for name, template in (
            ("zope.conf", ZOPE_CONF),
            ("zope.ini", ZOPE_INI),
            ("site.zcml", SITE_ZCML),
        ):
            text = textwrap.dedent(template).format(**values)
            (self.home / "etc" / name).write_text(text)
        if not (self.home / "Data.fs").exists():
            # Zope reads it when it makes the database.
            (self.home / "inituser").write_text(":".join(ROOT_USER) + "\n")

    def _set_up_site(self, profiles: Sequence[str]) -> None:
        """In a process of its own, because Zope's configuration is global."""
        arguments = ["set-up", self.name, str(self.port), *profiles]
        result = subprocess.run(
            [sys.executable, str(Path(__file__)), *arguments],
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if result.returncode:
            output = result.stdout.decode(errors="replace")
            raise InstanceError(f"The site cannot be made:\n{output}")

    # -- running it ---------------------------------------------------------

    def start(self, foreground: bool = False) -> None:
        """Start the server and wait until the site answers.

        In the foreground it logs to the terminal, else to `log`.
        """
        self._refuse_used_port()
        command = [sys.executable, "-m", "Zope2.Startup.serve", self._etc("zope.ini")]
        if foreground:
            self.process = subprocess.Popen(command, env=self._environment())
        else:
            with self.log.open("wb") as log:
                self.process = subprocess.Popen(
                    command, env=self._environment(), stdout=log, stderr=log
                )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server that `start` started."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _refuse_used_port(self) -> None:
        # Else the wait below takes a stranger's answer for ours, or a second process
        # waits for the lock on the database.
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                raise InstanceError(f"Port {self.port} is in use; choose another one.")

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                raise InstanceError(f"The server stopped at once, see {self.log}.")
            if answers(f"http://127.0.0.1:{self.port}/{SITE_ID}"):
                return
            time.sleep(0.2)
        raise InstanceError(f"No answer in {START_TIMEOUT} seconds, see {self.log}.")

    def _etc(self, name: str) -> str:
        return str(self.home / "etc" / name)

    def _environment(self) -> dict[str, str]:
        # zope.i18n reads its switch on import, before zope.conf is read.
        return {**os.environ, "zope_i18n_compile_mo_files": "true"}


@contextmanager
def running_instance(
    name: str, fresh: bool = True, port: int = 0, profiles: Sequence[str] = ()
) -> Iterator[Instance]:
    """Run the instance var/<name>, by default a new one on a free port."""
    instance = Instance(name, port or free_port())
    instance.prepare(fresh=fresh, profiles=profiles)
    instance.start()
    try:
        yield instance
    finally:
        instance.stop()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


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

    make_wsgi_app({}, instance._etc("zope.conf"))
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
