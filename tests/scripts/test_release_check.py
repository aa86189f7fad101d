"""The check before a release refuses what cannot be released.

It runs in a repository of its own, with a Python that only answers for towncrier and
builds empty files.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
import shutil
import subprocess


SCRIPT = Path(__file__).parents[2] / "scripts" / "release-check.sh"
NEWS = "1.0 (today)\n\n- Something new."
PYPROJECT = '[project]\nname = "pas.plugins.tokenauth"\nversion = "{}"\n'
GIT = ["git", "-c", "user.name=Someone", "-c", "user.email=someone@example.org"]


class Repository:
    """A clean one, of which version 1.0 can be released."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.news = NEWS
        self.built_version = "1.0"
        self.write("CHANGES.rst", "Changelog\n=========\n")
        self.write("pyproject.toml", PYPROJECT.format("1.0"))
        self.write(".gitignore", "/var/\n")
        (path / "scripts").mkdir()
        shutil.copy(SCRIPT, path / "scripts")
        self.git("init", "--quiet")
        self.commit()

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text)

    def git(self, *arguments: str) -> None:
        subprocess.run([*GIT, *arguments], cwd=self.path, check=True)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "Change something")

    def check(self) -> subprocess.CompletedProcess[str]:
        """Run the script with stand-ins for towncrier and the build."""
        stand_ins = self.path / "var"
        stand_ins.mkdir()
        python = stand_ins / "python"
        python.write_text(f"#!/bin/sh\necho '{self.news}'\n")
        build = stand_ins / "build.sh"
        base = f'"$2/pas_plugins_tokenauth-{self.built_version}'
        build.write_text(
            f'#!/bin/sh\nmkdir -p "$2"\ntouch {base}.tar.gz" {base}-py3-none-any.whl"\n'
        )
        for script in (python, build):
            script.chmod(0o755)
        self.write(".git/info/exclude", "/scripts/build.sh\n")
        (self.path / "scripts" / "build.sh").symlink_to(build)
        return subprocess.run(
            [self.path / "scripts" / SCRIPT.name, python],
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_a_clean_repository_with_news_can_be_released(repository: Repository) -> None:
    checked = repository.check()
    assert checked.returncode == 0, checked.stderr
    assert "- Something new." in checked.stdout
    assert checked.stdout.endswith("Ready to release 1.0.\n")


def test_a_version_in_development_is_released_without_its_suffix(
    repository: Repository,
) -> None:
    repository.write("pyproject.toml", PYPROJECT.format("1.0.dev0"))
    repository.built_version = "1.0.dev0"
    repository.commit()
    assert repository.check().stdout.endswith("Ready to release 1.0.\n")


def _leave_a_file(repository: Repository) -> None:
    repository.write("new.txt", "")


def _tag(repository: Repository) -> None:
    repository.git("tag", "1.0")


def _note_the_version(repository: Repository) -> None:
    repository.write("CHANGES.rst", "Changelog\n\n1.0 (2026-11-30)\n----------------\n")
    repository.commit()


def _have_no_news(repository: Repository) -> None:
    repository.news = "No significant changes."


def _build_another_version(repository: Repository) -> None:
    repository.built_version = "1.0.post1"


@pytest.mark.parametrize(
    "spoil, reason",
    [
        (_leave_a_file, "there are uncommitted changes.\n?? new.txt"),
        (_tag, "there is a tag 1.0 already."),
        (_note_the_version, "CHANGES.rst has a section 1.0 already."),
        (_have_no_news, "there is nothing in news/."),
        (_build_another_version, "does not have the version 1.0 of pyproject.toml."),
    ],
)
def test_a_repository_that_cannot_be_released_is_refused_with_the_reason(
    repository: Repository, spoil: Callable[[Repository], None], reason: str
) -> None:
    spoil(repository)
    checked = repository.check()
    assert checked.returncode == 1
    assert checked.stderr.startswith("Not ready for a release: ")
    assert reason in checked.stderr
    assert "Ready to release" not in checked.stdout
