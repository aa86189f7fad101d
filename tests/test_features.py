"""Each feature can be left out, one at a time."""

from pathlib import Path

import pytest
import subprocess
import sys


HERE = Path(__file__).parent


@pytest.mark.long
def test_a_site_works_with_each_feature_left_out() -> None:
    """See features/left_out.py."""
    arguments = ["-q", "-p", "no:cacheprovider", str(HERE / "features" / "left_out.py")]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=HERE.parent,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-10_000:]
    assert " passed" in result.stdout
