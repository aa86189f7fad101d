"""The site that every fault is tried on: made once, then copied."""

from instance import Instance
from instance import SITE_USER
from pathlib import Path

import fcntl
import shutil


ROOT = Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "var" / "faults"
NAME = "faults-template"
USER = SITE_USER


def copied_database(folder: Path) -> Path:
    """A fresh copy of the site's database in a folder."""
    made = _made()
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "Data.fs"
    for old in folder.glob("Data.fs*"):
        old.unlink()
    shutil.copy(made, data)
    return data


def _made() -> Path:
    WORK.mkdir(parents=True, exist_ok=True)
    instance = Instance(NAME)
    data = instance.home / "Data.fs"
    done = WORK / "template-is-made"
    with (WORK / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists() or done.stat().st_mtime < _changed_at():
            instance.prepare(fresh=True)
            done.touch()
    return data


def _changed_at() -> float:
    """When the package was changed: what it stores may be another thing then."""
    return max(path.stat().st_mtime for path in (ROOT / "src").rglob("*.py"))
