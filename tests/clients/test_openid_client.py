"""openid-client, in Node: discovery, client credentials, revocation.

`make node-clients` puts it where this test looks.
"""

from pathlib import Path
from tests.clients.programs import PROGRAMS
from typing import Any

import json
import pytest
import shutil
import subprocess


MODULES = Path(__file__).parents[2] / "var" / "node" / "node_modules"
NODE = shutil.which("node")

pytestmark = pytest.mark.skipif(
    NODE is None or not (MODULES / "openid-client").is_dir(),
    reason="Needs node, and: make node-clients",
)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_it_works_with_keys_of_every_kind(
    site: Any, save: Any, tmp_path: Path, algorithm: str
) -> None:
    # Node looks for modules beside the program.
    program = shutil.copy(PROGRAMS / "openid_client.mjs", tmp_path)
    (tmp_path / "node_modules").symlink_to(MODULES)
    path = save(site.issue(algorithm=algorithm))
    done = subprocess.run(
        [str(NODE), program, path, site.url],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"scope": "plone.read", "user": "owner"}
