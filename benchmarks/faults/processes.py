"""Servers that are made to be killed: Zope, ZEO and PostgreSQL, on the loopback."""

from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request


SITE_ID = "Plone"
START_TIMEOUT = 300
STOP_TIMEOUT = 30

ZOPE_CONF = """\
    instancehome {home}
    debug-mode off
    debug-exceptions off
    {imports}
    <environment>
      CHAMELEON_CACHE {home}/cache
    </environment>
    <zodb_db main>
      mount-point /
      {storage}
    </zodb_db>
    """

ZOPE_INI = """\
    [app:zope]
    use = egg:Zope#main
    zope_conf = {home}/zope.conf

    [pipeline:main]
    pipeline =
        egg:Zope#httpexceptions
        zope

    [server:main]
    use = egg:waitress#main
    host = 127.0.0.1
    port = {port}
    threads = 4

    [loggers]
    keys = root

    [handlers]
    keys = console

    [formatters]
    keys = generic

    [logger_root]
    level = INFO
    handlers = console

    [handler_console]
    class = StreamHandler
    args = (sys.stderr,)
    formatter = generic

    [formatter_generic]
    format = %(asctime)s %(levelname)s %(name)s %(message)s
    """

FILE_STORAGE = "<filestorage>\npath {path}\n</filestorage>"
ZEO_CLIENT = "<zeoclient>\nserver 127.0.0.1:{port}\nstorage 1\n</zeoclient>"
RELSTORAGE = (
    "<relstorage>\nkeep-history false\n<postgresql>\ndsn {dsn}\n</postgresql>\n"
    "</relstorage>"
)


@dataclass
class Process:
    """Something that can be started, killed and started again."""

    home: Path
    port: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    #: How often it was killed without a word.
    kills: int = 0
    _process: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()

    @property
    def command(self) -> list[str]:
        raise NotImplementedError

    @property
    def log(self) -> Path:
        return self.home / "log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                cwd=self.home,
            )

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self.kills += 1

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None


@dataclass
class Zope(Process):
    """A Zope with the site, on any storage."""

    storage: str = ""
    imports: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        (self.home / "cache").mkdir(exist_ok=True)
        (self.home / "etc").mkdir(exist_ok=True)
        for name, template in (("zope.conf", ZOPE_CONF), ("zope.ini", ZOPE_INI)):
            text = textwrap.dedent(template).format(
                home=self.home,
                port=self.port,
                storage=self.storage,
                imports=self.imports,
            )
            (self.home / name).write_text(text)

    @property
    def command(self) -> list[str]:
        ini = str(self.home / "zope.ini")
        return [sys.executable, "-m", "Zope2.Startup.serve", ini]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/{SITE_ID}"

    def wait(self) -> float:
        """Wait until the site answers; how long that took."""
        started = time.monotonic()
        while time.monotonic() - started < START_TIMEOUT:
            if not self.is_running():
                raise RuntimeError(f"Zope has ended, see {self.log}")
            if answers(self.url):
                return time.monotonic() - started
            time.sleep(0.1)
        raise RuntimeError(f"Zope does not answer, see {self.log}")


@dataclass
class ZEO(Process):
    """A ZEO server of one FileStorage."""

    data: Path = Path("Data.fs")

    @property
    def command(self) -> list[str]:
        address = f"127.0.0.1:{self.port}"
        runzeo = [sys.executable, "-m", "ZEO.runzeo"]
        return [*runzeo, "-a", address, "-f", str(self.data)]

    @property
    def storage(self) -> str:
        return ZEO_CLIENT.format(port=self.port)

    def wait(self) -> None:
        wait_for_port(self.port)


@dataclass
class PostgreSQL(Process):
    """A PostgreSQL of its own, which runs as somebody who is not root."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid())[0]
        self.data = self.home / "data"
        if os.getuid() == 0:
            shutil.chown(self.home, self.user)
        self._call("initdb", "-D", str(self.data), "-U", "zope", "--auth=trust")

    @property
    def dsn(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=zope dbname=postgres"

    @property
    def storage(self) -> str:
        return RELSTORAGE.format(dsn=self.dsn)

    @property
    def command(self) -> list[str]:
        options = ["-p", str(self.port), "-c", "listen_addresses=127.0.0.1"]
        postgres = str(self.programs / "postgres")
        return [postgres, "-D", str(self.data), "-k", str(self.home), *options]

    def start(self) -> None:
        with self.log.open("ab") as log:
            # Not by pg_ctl: a process that is killed must be waited for by somebody.
            self._process = subprocess.Popen(
                self.command, user=self._user, stdout=log, stderr=log, cwd=self.home
            )
        self.wait()

    def wait(self) -> None:
        isready = [str(self.programs / "pg_isready"), "-h", "127.0.0.1"]
        started = time.monotonic()
        while time.monotonic() - started < START_TIMEOUT:
            asked = subprocess.run(
                [*isready, "-p", str(self.port)], capture_output=True
            )
            if asked.returncode == 0:
                return
            if not self.is_running():
                # The children of one that was killed are not gone yet.
                time.sleep(0.5)
                self.start()
                return
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL does not answer, see {self.log}")

    def restart(self) -> None:
        """What an administrator does: all connections end at once."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait()
        self.kills += 1
        self.start()

    @property
    def _user(self) -> str | None:
        return self.user if os.getuid() == 0 else None

    def _call(self, program: str, *arguments: str) -> None:
        with (self.home / "calls.log").open("ab") as log:
            subprocess.run(
                [str(self.programs / program), *arguments],
                user=self._user,
                cwd=self.home,
                stdout=log,
                stderr=log,
                check=True,
            )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int) -> None:
    started = time.monotonic()
    while time.monotonic() - started < START_TIMEOUT:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"Nobody listens at port {port}.")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
