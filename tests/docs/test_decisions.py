"""Pages of decisions look alike, so that who knows one knows all."""

from pathlib import Path

import pytest
import re


PAGES = sorted((Path(__file__).parents[2] / "docs" / "decisions").glob("0*.md"))


def test_the_pages_are_numbered_without_gaps() -> None:
    numbers = [int(page.name[:4]) for page in PAGES]
    assert numbers == list(range(1, len(PAGES) + 1))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_says_what_why_and_what_follows(page: Path) -> None:
    headings = re.findall("^#+ .+$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[1:] == ["## Context", "## Decision", "## Consequences"]
    assert headings[0].startswith("# ")
