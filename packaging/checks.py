"""The checks that a change must pass, in the order in which they run."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pip_tool
import system_packages
from environment import Environment
from machine import LINUX
from screen import virtual_screen
from setup_error import SetupError


@dataclass(frozen=True)
class Check:
    """One check: what it is for, and the words that follow `python` in the root."""

    purpose: str
    words: tuple[str, ...]

    @property
    def is_pytest(self) -> bool:
        """Whether it takes pytest's arguments."""
        return "pytest" in self.words


# As modules, not by the scripts beside the interpreter, which stop working when the folder is moved.
CHECKS = {
    "lint": Check("code style (ruff check)", ("-m", "ruff", "check", ".")),
    "format": Check("layout (ruff format)", ("-m", "ruff", "format", "--check", ".")),
    "types": Check("types (mypy, strict)", ("-m", "mypy")),
    "imports": Check(
        "import contracts (lint-imports)",
        ("-c", "from importlinter.cli import lint_imports_command as main; main()"),
    ),
    "x11": Check("tests in a window under Xvfb (pytest)", ("-m", "pytest", "-m", "x11")),
    "tests": Check("tests without a window (pytest)", ("-m", "pytest", "-m", "not x11")),
}

# pytest's exit status when it has found nothing to run.
_NOTHING_RUN = 5

# Variables that would lead a window elsewhere than to the virtual screen.
_OTHER_SCREENS = {"QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "XAUTHORITY"}


@dataclass(frozen=True)
class Result:
    """How a check went.

    Attributes:
        name: its key in CHECKS.
        passed: whether it is satisfied, or does not apply on this system.
        note: a few words about it.
        seconds: the time that it took.
    """

    name: str
    passed: bool
    note: str
    seconds: float


def run(name: str, environment: Environment, pytest_arguments: Sequence[str] = ()) -> Result:
    """Run one check in the environment, under a heading, its output going where ours goes."""
    check = CHECKS[name]
    command = [str(environment.python), *check.words, *(pytest_arguments if check.is_pytest else ())]
    selected = check.is_pytest and bool(pytest_arguments)
    variables = pip_tool.clean_environment()
    # Threads of the numeric libraries that spin while they wait slow each other down on few cores.
    variables |= {"QT_QPA_PLATFORM": "offscreen", "OMP_WAIT_POLICY": "passive"}
    print(f"\n=== {name}: {check.purpose}", flush=True)
    begin = time.monotonic()
    if name == "x11":
        passed, note = _run_x11(command, environment.root, variables, selected)
    else:
        passed, note = _verdict(_call(command, environment.root, variables), selected)
    seconds = time.monotonic() - begin
    print(f"--- {name}: {note} ({seconds:.1f} s)", flush=True)
    return Result(name, passed, note, seconds)


def table(results: Sequence[Result]) -> str:
    """The results as lines of text, one a check."""
    width = max(len(result.name) for result in results)
    lines = [f"{result.name:{width}}  {result.seconds:6.1f} s  {result.note}" for result in results]
    failed = [result.name for result in results if not result.passed]
    end = f"Failed: {', '.join(failed)}" if failed else "All checks passed."
    return "\n".join(["\n=== summary", *lines, end])


def window_tests(root: Path) -> list[str]:
    """The test files that bear the marker x11, or their folder where a conftest.py gives it to all of them.

    They are named to pytest, so that it need not import the whole suite again to find a few tests.
    """
    files = (
        path for path in (root / "tests").rglob("*.py") if "mark.x11" in path.read_text(encoding="utf-8")
    )
    return sorted({str(path.parent if path.name == "conftest.py" else path) for path in files})


def _run_x11(command: list[str], root: Path, variables: dict[str, str], selected: bool) -> tuple[bool, str]:
    if not LINUX:
        return True, "does not apply: this system has no X server"
    marked = window_tests(root)
    if not marked:
        return True, "does not apply: no test bears the marker x11"
    if not selected:
        command = [*command, *marked]
    variables = {name: value for name, value in variables.items() if name not in _OTHER_SCREENS}
    try:
        _provide_x11_tools()
        with virtual_screen() as display:
            status = _call(command, root, {**variables, "DISPLAY": display})
    except SetupError as error:
        return False, f"FAILED: {error}"
    return _verdict(status, selected)


def _provide_x11_tools() -> None:
    packages = [
        package for tool, package in (("Xvfb", "xvfb"), ("xdotool", "xdotool")) if not shutil.which(tool)
    ]
    if not packages or system_packages.install(packages):
        return
    if system_packages.package_manager() == "apt-get":
        command = system_packages.install_command("apt-get", packages)
        raise SetupError(f"tests in a window need {' and '.join(packages)}: install with  {command}")
    raise SetupError("tests in a window need Xvfb and xdotool: install them with your package manager")


def _verdict(status: int, selected: bool) -> tuple[bool, str]:
    if status == 0:
        return True, "passed"
    if status == _NOTHING_RUN:
        # A person's own selection may hold nothing for this part; the whole suite never does.
        return selected, "no test was selected" if selected else "FAILED: no test was run"
    return False, f"FAILED with exit status {status}"


def _call(command: list[str], root: Path, variables: dict[str, str]) -> int:
    return subprocess.run(command, cwd=root, env=variables, stdin=subprocess.DEVNULL, check=False).returncode
