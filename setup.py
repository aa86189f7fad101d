"""See pyproject.toml for package metadata; this file adds one build step."""

from pathlib import Path
from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithTranslations(build_py):
    """Compile every .po file next to itself, so that wheels carry the .mo files."""

    def run(self):
        # A build requirement, so it is there only while building.
        from pythongettext.msgfmt import Msgfmt

        for po in sorted(Path("src").rglob("*.po")):
            with po.open("rb") as source:
                po.with_suffix(".mo").write_bytes(Msgfmt(source, po.name).get())
        super().run()


setup(cmdclass={"build_py": BuildWithTranslations})
