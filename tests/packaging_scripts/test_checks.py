"""The checks run, go on after a failure, and tell how they went."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import checks
import pytest
import system_packages
from checks import Check, Result
from environment import Environment

MARK = "pytestmark = pytest." + "mark.x11\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An environment whose interpreter is this one, in an empty project."""
    (tmp_path / "tests" / "gui").mkdir(parents=True)
    monkeypatch.setattr(checks, "LINUX", True)
    environment = Environment(tmp_path)
    environment.python = Path(sys.executable)
    return environment


@pytest.mark.parametrize(
    ("status", "selection", "passed"), [(0, [], True), (1, [], False), (5, [], False), (5, ["-k", "x"], True)]
)
def test_the_exit_status_decides(
    here: Environment, monkeypatch: pytest.MonkeyPatch, status: int, selection: list[str], passed: bool
) -> None:
    words = ("-c", f"import sys; sys.exit({status})", "pytest")
    monkeypatch.setitem(checks.CHECKS, "tests", Check("a test", words))
    assert checks.run("tests", here, selection).passed is passed


def test_a_check_runs_in_the_root_without_a_screen_and_without_input(
    here: Environment, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    program = (
        "import os, sys; print(os.getcwd(), os.environ['QT_QPA_PLATFORM'], os.environ['OMP_WAIT_POLICY'], "
        "repr(sys.stdin.read()), os.environ.get('PYTHONPATH'))"
    )
    monkeypatch.setenv("PYTHONPATH", "/astray")
    monkeypatch.setitem(checks.CHECKS, "lint", Check("a check", ("-c", program)))
    assert checks.run("lint", here).passed
    printed = capfd.readouterr().out
    assert f"{here.root} offscreen passive '' None" in printed
    assert "=== lint: a check" in printed
    assert "--- lint: passed" in printed


def test_window_tests_are_found_by_their_marker(here: Environment) -> None:
    tests = here.root / "tests"
    assert checks.window_tests(here.root) == []
    assert checks.run("x11", here).passed
    (tests / "test_a.py").write_text(MARK)
    (tests / "test_b.py").write_text("def test_b(): ...\n")
    (tests / "gui" / "conftest.py").write_text(MARK)
    assert checks.window_tests(here.root) == [str(tests / "gui"), str(tests / "test_a.py")]


def test_window_tests_without_an_x_server_fail_with_the_command(
    here: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here.root / "tests" / "test_a.py").write_text(MARK)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(system_packages, "install", lambda _packages: False)
    monkeypatch.setattr(system_packages, "package_manager", lambda: "apt-get")
    result = checks.run("x11", here)
    assert not result.passed
    assert "apt-get install xvfb xdotool" in result.note


def test_the_table_names_what_failed() -> None:
    passed, failed = Result("lint", True, "passed", 1.0), Result("types", False, "FAILED", 2.0)
    assert checks.table([passed]).endswith("All checks passed.")
    assert checks.table([passed, failed]).endswith("Failed: types")
