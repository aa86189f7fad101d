"""Measure everything and print one table; `ARGS="checking purging"` picks parts of it.

Each part runs in a process of its own. Times depend on the machine; what is compared
is measured in turn, so ratios hardly do.
"""

from pathlib import Path

import os
import platform
import subprocess
import sys


HERE = Path(__file__).parent
PARTS = (
    "checking",
    "issuing",
    "authorizing",
    "openid",
    "endpoints",
    "purging",
    "sources",
    "contention",
    "frontends",
    "endtoend",
    "signing_in",
    "uses",
    "listing",
    "links",
)


def main() -> int:
    parts = sys.argv[1:] or PARTS
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        sys.exit(f"There is no part {unknown[0]!r}; there are {', '.join(PARTS)}.")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    path = os.pathsep.join([str(HERE.parent / "scripts"), str(HERE / "faults")])
    # What Zope says of itself belongs to no table.
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "ignore"}
    status = 0
    for part in parts:
        command = [sys.executable, str(HERE / f"{part}.py")]
        status |= subprocess.run(command, env=environment).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
