"""The documented access log of nginx: no token of a signed link stands in it."""

from tests.proxies.webserver import EXAMPLES

import pytest
import re


@pytest.mark.parametrize(
    "path",
    [
        "/@@link/",
        "/%40%40link/",
        "/++view++link/",
        "/%2B%2Bview%2B%2Blink/",
        "/folder/@@link//",
        "/@@li%6Ek/",
    ],
)
def test_a_token_of_a_link_is_masked(path: str) -> None:
    """However the page is spelled."""
    rules = (EXAMPLES / "nginx" / "signed-links.conf").read_text(encoding="utf-8")
    (pattern,) = re.findall('"~(.*)" "\\${before}...";', rules)
    masked = re.match(pattern.replace("(?<", "(?P<"), f"{path}ptl_SECRET?x=1")
    assert masked is not None
    assert "SECRET" not in masked["before"]
