"""All places where a used site leaves something."""

from collections.abc import Iterator
from contextlib import closing
from pas.plugins.tokenauth.core.secret import Secret
from pathlib import Path
from tests.mailserver import MailServer
from typing import Any
from ZODB.FileStorage import FileStorage

import gc
import io
import logging
import pickle
import requests
import tarfile
import transaction


class Log(logging.Handler):
    """All that all loggers write, at their most talkative, with tracebacks.

    But for that of the client of the tests, which is another program.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stream = io.StringIO()
        self.addFilter(lambda record: not record.name.startswith("urllib3"))

    def emit(self, record: logging.LogRecord) -> None:
        self.stream.write(f"{self.format(record)}\n{record.args!r}\n")


class Places:
    """Where a secret could be left, each as the bytes that are there.

    :param folder: for files
    """

    def __init__(self, site: Any, log: Log, mail: MailServer, folder: Path) -> None:
        self._site = site
        self._log = log
        self._mail = mail
        self._folder = folder
        self.responses: list[bytes] = []
        self.output: list[str] = []
        for error_log in self._error_logs():
            error_log.clear()

    def note(self, response: requests.Response) -> None:
        """Remember what somebody got."""
        head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
        self.responses.append(head.encode() + b"\n" + response.content)

    def all(self) -> dict[str, bytes]:
        self._site.sync()
        return {
            "log": self._log.stream.getvalue().encode(),
            "database": b"\n".join(self._records()),
            "transactions": b"\n".join(self._transactions()),
            "Data.fs": self._data_fs(),
            "error log": self._error_log().encode(),
            "mail": b"\n".join(self._mail.raw),
            "export": self._export(),
            "output": "\n".join(self.output).encode(),
            "objects": self._objects().encode(),
        }

    def _storage(self) -> Any:
        return self._site.app._p_jar.db().storage

    def _records(self) -> list[bytes]:
        return [
            record.data or b"" for txn in self._storage().iterator() for record in txn
        ]

    def _transactions(self) -> list[bytes]:
        return [
            b"\n".join([txn.user, txn.description, repr(txn.extension).encode()])
            for txn in self._storage().iterator()
        ]

    def _data_fs(self) -> bytes:
        """What the database is as a file, with all that undo needs."""
        path = self._folder / f"Data{len(list(self._folder.iterdir()))}.fs"
        with closing(FileStorage(str(path))) as storage:
            storage.copyTransactionsFrom(_Source(self._storage()))
        return path.read_bytes()

    def _error_log(self) -> str:
        return "\n".join(repr(one) for log in self._error_logs() for one in log)

    def _error_logs(self) -> list[list[Any]]:
        """They live in memory, for longer than a test."""
        sites = (self._site.portal, self._site.app)
        return [site.error_log._getLog() for site in sites]

    def _export(self) -> bytes:
        """The exports of the site: its settings, and the plugin with all it keeps."""
        steps = self._site.portal.portal_setup.runAllExportSteps()["tarball"]
        plugin = io.BytesIO()
        self._site.app._p_jar.exportFile(self._site.plugin._p_oid, plugin)
        transaction.abort()
        # As files: in the tarball they are compressed.
        return plugin.getvalue() + b"\n".join(_files(steps))

    def _objects(self) -> str:
        """All objects of ours that are in memory, as they show themselves."""
        own = "pas.plugins.tokenauth"
        found = [o for o in gc.get_objects() if str(type(o).__module__).startswith(own)]
        # That is what a secret is for: whoever asks for the string itself gets it.
        return "\n".join(
            repr(obj) if isinstance(obj, Secret) else f"{obj!r} {obj!s}"
            for obj in found
        )


def alive(*classes: type) -> list[Any]:
    """The objects of these classes that something still refers to."""
    gc.collect()
    return [obj for obj in gc.get_objects() if isinstance(obj, classes)]


class _Source:
    """A storage in memory, which lacks what one in a file asks for."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def iterator(self) -> Iterator[Any]:
        for txn in self._storage.iterator():
            txn.extension_bytes = pickle.dumps(txn.extension, 3)
            yield txn


def _files(tarball: bytes) -> list[bytes]:
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        files = (archive.extractfile(member) for member in archive.getmembers())
        return [file.read() for file in files if file is not None]
