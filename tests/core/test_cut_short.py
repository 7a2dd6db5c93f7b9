"""A write that is cut short, by a limit or by a full disk, leaves the old state or the new one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_disk import linux_only, run_on_small_disk

_ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs limits on files")


def test_every_byte_count(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.core.cut_short", str(tmp_path / "work"), "limit"]
    done = subprocess.run(program, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@linux_only
def test_a_full_disk(tmp_path: Path) -> None:
    run_on_small_disk(tmp_path, 2, "tests.core.cut_short", "full")
