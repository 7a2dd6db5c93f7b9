"""Window and command line, killed at random moments: what was finished is there, and the project opens.

`python -m tests.e2e.kills 200` does the same for long.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.e2e.kills import Kills

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL"),
]


def test_a_few_kills(tmp_path: Path) -> None:
    kills = Kills(tmp_path, seed=3)
    for _ in range(3):
        kills.kill_window()
    kills.kill_command("export")
    kills.kill_command("export")
    assert kills.count >= 3
    assert kills.quick.strokes
