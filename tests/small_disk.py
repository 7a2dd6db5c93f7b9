"""A disk that is soon full, seen by one program alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk")


def run_on_small_disk(folder: Path, megabytes: int, module: str, *arguments: str) -> None:
    """Run a module of the tests with a disk of this size, given as its first argument; it must end well."""
    disk = folder / "disk"
    disk.mkdir()
    apart = ["unshare", "--user", "--map-root-user", "--mount", "--propagation", "private"]
    mount = f"mount -t tmpfs -o size={megabytes}m tmpfs {disk}"
    if subprocess.run([*apart, "sh", "-c", mount], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system lets nobody mount a small disk of their own")
    work = " ".join([f"{mount} && exec {sys.executable} -m {module} {disk}", *arguments])
    done = subprocess.run([*apart, "sh", "-c", work], cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
