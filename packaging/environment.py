"""The virtual environment in `.venv`: made, filled with the tested versions, mended, or ready at once."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pip_tool
import python_version
import pytorch_build
import system_packages
from machine import WINDOWS
from setup_error import SetupError
from setup_lock import setup_lock

ROOT = Path(__file__).resolve().parents[1]

# Raise this when these scripts begin to install something that the files in the key do not tell of.
_KEY_VERSION = 1


@dataclass
class Stamp:
    """What we know of an environment from earlier runs; kept inside it.

    Attributes:
        made_here: these scripts made the folder, so they may make it anew.
        unfinished: a setup began and did not come to an end.
        key: the state of the pins and the interpreter that was installed for; empty before that.
        extras: the optional dependencies that were installed too.
    """

    made_here: bool = False
    unfinished: bool = False
    key: str = ""
    extras: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Stamp:
        """The stamp in a file; a blank one where there is none or it is damaged."""
        try:
            values: Any = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                bool(values["made_here"]),
                bool(values["unfinished"]),
                str(values["key"]),
                [str(name) for name in values["extras"]],
            )
        except (OSError, ValueError, KeyError, TypeError):
            return cls()

    def write(self, path: Path) -> None:
        """Write the stamp in one piece, making its folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(vars(self), indent=1), encoding="utf-8")
        draft.replace(path)


class Environment:
    """The virtual environment of one copy of SegDesk.

    Args:
        root: the folder that holds pyproject.toml and packaging/constraints.txt.
    """

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / ("Scripts/python.exe" if WINDOWS else "bin/python")
        self.constraints = root / "packaging" / "constraints.txt"
        self._stamp_path = self.folder / "segdesk-setup.json"

    def is_ready(self, extras: Iterable[str] = ()) -> bool:
        """Whether all is installed with today's pins; looks at a few small files and starts nothing."""
        stamp = Stamp.read(self._stamp_path)
        return (
            not stamp.unfinished
            and self.python.exists()
            and set(extras) <= set(stamp.extras)
            and stamp.key == self.key()
        )

    def key(self) -> str:
        """A digest of all that decides what has to be installed, and where."""
        digest = hashlib.sha256(f"{_KEY_VERSION}\n{self.root}\n{self.python.resolve()}\n".encode())
        for path in (self.root / "pyproject.toml", self.constraints, self.folder / "pyvenv.cfg"):
            digest.update(path.read_bytes() if path.exists() else b"absent")
        return digest.hexdigest()

    def prepare(self, extras: Iterable[str] = ()) -> None:
        """Make the environment complete, with the optional dependencies `extras`; at once if it is.

        Raises:
            SetupError: it cannot be made complete; the message says why and what to do.
        """
        wanted = set(extras)
        if self.is_ready(wanted):
            return
        try:
            with setup_lock(self.root):
                # Whoever held the lock before us may have done the work.
                if not self.is_ready(wanted):
                    self._set_up(wanted)
        except OSError as error:
            raise SetupError(
                f"The environment in {self.folder} could not be written ({error.strerror or error}): "
                "make room or put SegDesk into a folder of yours, then run this again."
            ) from error

    def _set_up(self, wanted: set[str]) -> None:
        print(f"Setting up SegDesk in {self.folder}; the first time, this takes a few minutes.", flush=True)
        stamp = self._make()
        wanted |= set(stamp.extras)
        stamp.unfinished, stamp.key = True, ""
        stamp.write(self._stamp_path)
        try:
            self._install(wanted)
        except SetupError:
            # pip looks at everything before it changes anything, so what is there is still whole.
            stamp.unfinished = False
            stamp.write(self._stamp_path)
            raise
        stamp.unfinished, stamp.key, stamp.extras = False, self.key(), sorted(wanted)
        stamp.write(self._stamp_path)

    def _make(self) -> Stamp:
        """Bring about an environment whose interpreter and pip work; what a person made is never deleted."""
        stamp = Stamp.read(self._stamp_path)
        version = self._version()
        if stamp.made_here and (stamp.unfinished or version is None):
            print("The environment was left half-made or its Python is gone: making it anew.", flush=True)
            shutil.rmtree(self.folder)
            stamp, version = Stamp(), None
        if version is not None and not python_version.is_new_enough(version):
            raise SetupError(
                f"The environment in {self.folder} has Python {version[0]}.{version[1]} and SegDesk needs "
                "3.11 or newer: delete that folder, then run this again."
            )
        if version is None:
            stamp = Stamp(made_here=not self.folder.exists() or stamp.made_here, unfinished=True)
            stamp.write(self._stamp_path)
            self._create()
        if not self._answers("import pip"):
            self._run_quietly([str(self.python), "-I", "-m", "ensurepip", "--upgrade", "--default-pip"])
        if not self._answers("import pip"):
            raise SetupError(
                f"The environment in {self.folder} does not work: delete that folder, then run this again."
            )
        return stamp

    def _create(self) -> None:
        if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
            self._provide_venv_module()
        # From inside another environment, its base is the one to build on: the other may be deleted one day.
        base = getattr(sys, "_base_executable", "") or sys.executable
        complaint = self._run_quietly([base, "-m", "venv", str(self.folder)])
        if complaint is not None:
            raise SetupError(f"Python could not make the environment in {self.folder}: {complaint}")

    def _provide_venv_module(self) -> None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if system_packages.install([package]):
            importlib.invalidate_caches()
            return
        if system_packages.package_manager() == "apt-get":
            raise SetupError(
                "This Python comes without its venv module: install it with  "
                f"{system_packages.install_command('apt-get', [package])}  and run this again."
            )
        raise SetupError(
            "This Python comes without its venv module: install a complete Python 3.11 or newer "
            "from https://www.python.org/downloads/ and run this again."
        )

    def _install(self, extras: set[str]) -> None:
        pins = ["--constraint", str(self.constraints)]
        # A recent pip can ask what a build of PyTorch would bring without downloading it; and with the build
        # backend installed here, under the same pins, SegDesk needs no second environment to be built in.
        pip_tool.install(self.python, [*pins, "pip", *self._build_requirements()], "pip")
        pytorch_build.install(self.python, self.constraints)
        print("Installing SegDesk and the libraries that it uses", flush=True)
        itself = str(self.root) + (f"[{','.join(sorted(extras))}]" if extras else "")
        pip_tool.install(
            self.python,
            [*pins, "--no-build-isolation", "--editable", itself],
            "SegDesk's libraries",
        )

    def _build_requirements(self) -> list[str]:
        with (self.root / "pyproject.toml").open("rb") as file:
            return [str(requirement) for requirement in tomllib.load(file)["build-system"]["requires"]]

    def _version(self) -> tuple[int, int] | None:
        """The (major, minor) version of the environment's interpreter; None if it does not start."""
        if not self.python.exists():
            return None
        try:
            answer = subprocess.run(
                [str(self.python), "-I", "-c", "import sys; print(*sys.version_info[:2])"],
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split()
        except (OSError, subprocess.CalledProcessError):
            return None
        return int(answer[0]), int(answer[1])

    def _answers(self, statement: str) -> bool:
        return self._run_quietly([str(self.python), "-I", "-c", statement]) is None

    def _run_quietly(self, command: list[str]) -> str | None:
        """Run a command; None if it succeeds, else the last line that it wrote."""
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=pip_tool.clean_environment(),
            check=False,
        )
        if done.returncode == 0:
            return None
        lines = done.stdout.strip().splitlines()
        return lines[-1].strip() if lines else "it gave no reason."
