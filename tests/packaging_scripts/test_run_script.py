"""run.py and test.py as a person starts them, with an environment that is ready."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import environment
import pytest
from environment import Environment, Stamp

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a shell script takes the interpreter's place")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the scripts beside a ready environment whose interpreter prints what it is asked to run."""
    root = tmp_path / "a project"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(environment.__file__).parent, root / "packaging", ignore=ignore)
    (root / "pyproject.toml").touch()
    python = root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "[%s]" "$@"\nexit 7\n')
    python.chmod(0o755)
    ready = Stamp(made_here=True, key=Environment(root).key(), extras=["dev"])
    ready.write(root / ".venv" / "segdesk-setup.json")
    return root


def _start(
    project: Path, script: str, *arguments: str, cwd: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    screens = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    blind = {name: value for name, value in os.environ.items() if name not in screens}
    return subprocess.run(
        [sys.executable, str(project / "packaging" / script), *arguments],
        cwd=cwd,
        env={**blind, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_arguments_are_passed_on_as_they_are(project: Path, tmp_path: Path) -> None:
    done = _start(project, "run.py", "info", "an image.png", "--json", cwd=tmp_path)
    assert done.stdout == "[-P][-m][segdesk][info][an image.png][--json]"
    assert done.returncode == 7


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a screen")
def test_without_a_screen_the_demo_runs_into_the_current_folder(project: Path, tmp_path: Path) -> None:
    done = _start(project, "run.py", cwd=tmp_path)
    said, _, asked = done.stdout.partition("\n")
    assert said.startswith("No screen here: neither DISPLAY nor WAYLAND_DISPLAY is set.")
    assert asked == f"[-P][-m][segdesk][demo][--headless][--out][{tmp_path / 'segdesk-demo'}]"
    assert done.returncode == 7


def test_all_checks_run_although_the_first_fails(project: Path, tmp_path: Path) -> None:
    done = _start(project, "test.py", "--only", "lint", "--only", "types", cwd=tmp_path)
    assert done.returncode == 1
    assert "--- lint: FAILED with exit status 7" in done.stdout
    assert "--- types: FAILED with exit status 7" in done.stdout
    assert done.stdout.rstrip().endswith("Failed: lint, types")


def test_pytest_gets_the_arguments_and_other_checks_do_not(project: Path, tmp_path: Path) -> None:
    done = _start(project, "test.py", "--only", "lint", "--only", "tests", "-k", "one", cwd=tmp_path)
    assert "[-m][ruff][check][.]-" in done.stdout
    assert "[-m][pytest][-m][not x11][-k][one]" in done.stdout
