"""The export script, on a copy of what ftw.tokenauth keeps."""

from BTrees.OOBTree import OOBTree
from collections.abc import Callable
from datetime import datetime
from importlib.util import module_from_spec
from importlib.util import spec_from_file_location
from pathlib import Path
from persistent.mapping import PersistentMapping
from types import ModuleType
from types import SimpleNamespace
from typing import Any

import json
import os
import pytest
import subprocess
import sys
import time


SCRIPT = Path(__file__).parents[2] / "docs" / "examples" / "export_ftw.py"


@pytest.fixture
def script() -> ModuleType:
    spec = spec_from_file_location("export_ftw", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def in_zurich(monkeypatch: pytest.MonkeyPatch) -> Any:
    """ftw.tokenauth writes down what the clock on the wall of the server shows."""
    monkeypatch.setenv("TZ", "Europe/Zurich")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def site_with(*service_keys: dict[str, Any]) -> Any:
    """A site with the plugin of ftw.tokenauth, as far as the script looks."""
    kept = OOBTree({key["key_id"]: PersistentMapping(key) for key in service_keys})
    storage = OOBTree({"service_keys": kept, "access_tokens": OOBTree()})
    plugin = SimpleNamespace(_credential_storage=storage)
    return SimpleNamespace(
        acl_users={"token_auth": plugin}, getPhysicalPath=lambda: ("", "Plone")
    )


KEY = {
    "key_id": "5a4b",
    "client_id": "0f1e",
    "issued": datetime(2018, 7, 9, 18, 10, 3, 25),
    "user_id": "hans",
    "public_key": b"-----BEGIN PUBLIC KEY-----\n",
    "ip_range": "192.0.2.0/24",
    "title": "Schl\u00fcssel",
    "token_uri": "https://www.example.org/@@oauth2-token",
}


def test_the_script_exports_what_the_import_needs(
    script: ModuleType, in_zurich: None
) -> None:
    assert script.exported(site_with(KEY)) == {
        "format": "ftw.tokenauth",
        "version": 1,
        "site": "/Plone",
        "service_keys": [
            {
                **KEY,
                "issued": "2018-07-09T16:10:03+00:00",
                "public_key": "-----BEGIN PUBLIC KEY-----\n",
            }
        ],
    }


def test_a_key_for_anywhere_has_an_empty_ip_range(script: ModuleType) -> None:
    document = script.exported(site_with({**KEY, "ip_range": None}))
    assert document["service_keys"][0]["ip_range"] == ""


def test_byte_strings_of_python_2_become_strings(script: ModuleType) -> None:
    title = "Schl\u00fcssel".encode()
    document = script.exported(site_with({**KEY, "title": title}))
    assert document["service_keys"][0]["title"] == KEY["title"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["/Plone"],
        ["export_ftw.py", "/Plone"],
        ["zconsole", "run", "zope.conf", "/Plone"],
    ],
)
def test_the_script_writes_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    """As ``bin/instance run`` and ``zconsole run`` do, with ``app`` as a global."""
    output = tmp_path / "keys.json"
    sites: dict[str, Callable[[], Any]] = {"Plone": lambda: site_with(KEY)}
    app = SimpleNamespace(unrestrictedTraverse=lambda path: sites[path]())
    monkeypatch.setattr(sys, "argv", [*arguments, str(output)])
    code = compile(SCRIPT.read_text(), str(SCRIPT), "exec")
    exec(code, {"__name__": "__main__", "app": app})
    assert json.loads(output.read_text())["service_keys"][0]["client_id"] == "0f1e"


AS_PYTHON_2 = """
import datetime, json, sys
sys.argv = sys.argv[1:]
class Plugin: pass
class Site: pass
class App: pass
plugin = Plugin()
plugin._credential_storage = {"service_keys": {"5a4b": {
    "key_id": "5a4b", "client_id": "0f1e", "user_id": "hans", "title": u"Schl\\xfcssel",
    "issued": datetime.datetime(2018, 7, 9), "ip_range": None,
    "public_key": "-----BEGIN", "token_uri": "https://www.example.org",
}}}
site = Site()
site.acl_users = {"token_auth": plugin}
site.getPhysicalPath = lambda: ("", "Plone")
app = App()
app.unrestrictedTraverse = lambda path: site
exec(compile(open(sys.argv[0]).read(), sys.argv[0], "exec"))
"""


def test_the_script_runs_with_python_2(tmp_path: Path) -> None:
    output = tmp_path / "keys.json"
    arguments = [os.fspath(SCRIPT), "/Plone", os.fspath(output)]
    try:
        subprocess.run(["python2.7", "-c", ""], check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("there is no Python 2.7")
    subprocess.run(["python2.7", "-c", AS_PYTHON_2, *arguments], check=True)
    assert json.loads(output.read_text())["service_keys"][0]["title"] == KEY["title"]
