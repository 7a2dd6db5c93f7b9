"""On a real disk that is full, everything that is written says so and leaves nothing half done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk"),
]


def test_whatever_is_written(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    apart = ["unshare", "--user", "--map-root-user", "--mount", "--propagation", "private"]
    mount = f"mount -t tmpfs -o size=48m tmpfs {disk}"
    if subprocess.run([*apart, "sh", "-c", mount], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system lets nobody mount a small disk of their own")
    work = f"{mount} && exec {sys.executable} -m tests.e2e.full_disk {disk}"
    done = subprocess.run([*apart, "sh", "-c", work], cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
