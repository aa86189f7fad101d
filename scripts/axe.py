"""Fetch axe-core, which checks pages for accessibility, into var/axe-core.

The browser tests use it. It comes from the npm registry and needs neither node nor npm.
"""

from __future__ import annotations

from http.client import HTTPException
from pathlib import Path

import base64
import hashlib
import io
import sys
import tarfile
import urllib.request


VERSION = "4.14.1"
#: As in `npm view axe-core@VERSION dist.integrity`.
INTEGRITY = (
    "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/"
    "pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
)
URL = f"https://registry.npmjs.org/axe-core/-/axe-core-{VERSION}.tgz"
MEMBER = "package/axe.min.js"
AXE = Path(__file__).parents[1] / "var" / "axe-core" / f"axe-{VERSION}.min.js"

TIMEOUT = 60


def main() -> None:
    if AXE.exists():
        return
    try:
        script = extracted(download(URL))
    except (HTTPException, OSError, ValueError) as error:
        sys.exit(f"axe-core cannot be fetched from {URL}: {error}")
    AXE.parent.mkdir(parents=True, exist_ok=True)
    # Never half a file under the name that the tests look for.
    part = AXE.with_suffix(".part")
    part.write_bytes(script)
    part.replace(AXE)


def download(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
        package: bytes = response.read()
    return package


def extracted(package: bytes) -> bytes:
    """The script in an npm package; ValueError if it is not the package we know."""
    digest = base64.b64encode(hashlib.sha512(package).digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise ValueError(f"its integrity is sha512-{digest}, not {INTEGRITY}")
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        script = archive.extractfile(MEMBER)
        assert script is not None
        return script.read()


if __name__ == "__main__":
    main()
