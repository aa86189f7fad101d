"""The client of django-simple-sso 1.2.0, unmodified, in a Django site of its own.

It needs itsdangerous 0.24, which nothing else gets along with: `make
.venv-simple-sso/.installed` puts it into an environment of its own.
"""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tests.delegation.conftest import Browser
from tests.simplesso.conftest import Consumer
from tests.simplesso.conftest import Register
from typing import Any
from urllib.parse import unquote

import os
import pytest
import subprocess


ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-simple-sso/bin/python"
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not PYTHON.exists() and not os.environ.get("CI"),
        reason="Run `make .venv-simple-sso/.installed` first.",
    ),
]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[Consumer], str]]:
    """Starts the Django site of a consumer, and returns its URL."""
    with ExitStack() as end:

        def start(consumer: Consumer) -> str:
            script = Path(__file__).with_name("client_site.py")
            database = tmp_path / "db.sqlite"
            process = subprocess.Popen(
                [PYTHON, script, database, consumer.server_url, consumer.public_key],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            end.callback(process.wait, 10)
            end.callback(process.kill)
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(f"{consumer.private_key}\n")
            process.stdin.flush()
            return f"http://127.0.0.1:{int(process.stdout.readline())}"

        yield start


def test_the_client_logs_people_in(
    site: Any, browser: Browser, register: Register, start: Callable[[Consumer], str]
) -> None:
    """Conformance: SS-12."""
    consumer = register()
    shop = start(consumer)
    site.sync()
    consumer.credential.urls = (f"{shop}/client/",)
    site.commit()

    def get(url: str) -> Any:
        return browser.session.get(url, timeout=30, allow_redirects=False)

    assert get(f"{shop}/who/").text == "nobody"
    to_site = get(f"{shop}/client/?next=/who/").headers["Location"]
    assert to_site.startswith(f"{site.url}/@@simple-sso/authorize/?token=")
    to_login = get(to_site).headers["Location"]
    came_from = unquote(to_login.partition("came_from=")[2])
    resumed = browser.log_in("jane", came_from).headers["Location"]
    back = get(resumed).headers["Location"]
    assert back.startswith(f"{shop}/client/authenticate/?next=%2Fwho%2F&access_token=")
    assert get(back).headers["Location"] == "/who/"
    assert get(f"{shop}/who/").text == "jane j@example.org False"
    # The same URL logs nobody in again.
    assert Browser(site).session.get(back, timeout=30).status_code == 500


def test_the_client_cannot_send_people_elsewhere(
    site: Any, browser: Browser, register: Register, start: Callable[[Consumer], str]
) -> None:
    """Conformance: SS-04: it is told so, and has no page for that."""
    shop = start(register())
    answer = browser.session.get(f"{shop}/client/", timeout=30)
    assert answer.status_code == 500
