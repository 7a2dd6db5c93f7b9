"""A write that is cut short, by a limit or by a full disk, leaves the old state or the new one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs limits on files")


def test_every_byte_count(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.core.cut_short", str(tmp_path / "work"), "limit"]
    done = subprocess.run(program, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk")
def test_a_full_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    apart = ["unshare", "--user", "--map-root-user", "--mount", "--propagation", "private"]
    mount = f"mount -t tmpfs -o size=2m tmpfs {disk}"
    if subprocess.run([*apart, "sh", "-c", mount], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system lets nobody mount a small disk of their own")
    work = f"{mount} && exec {sys.executable} -m tests.core.cut_short {disk} full"
    done = subprocess.run([*apart, "sh", "-c", work], cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
