"""Make the environments of the programs that our exports are for: `python3 packaging/readers.py FOLDER`.

One virtual environment a program, FOLDER/labelme and so on; with PyTorch's own packages they take many GB.
With `--torch .venv`, PyTorch is borrowed from the project's environment, and they take about 2 GB.
What is there already stays. Then the tests with the real readers run by

    SEGDESK_READERS=FOLDER .venv/bin/pytest tests/formats/test_foreign_readers.py
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Reader:
    """A program, and what is installed for it."""

    name: str
    packages: tuple[str, ...]
    needs_torch: bool = False


READERS = (
    Reader("labelme", ("labelme",)),
    Reader("highdicom", ("highdicom",)),
    Reader("napari", ("napari", "tifffile")),
    Reader("yolo", ("ultralytics",), needs_torch=True),
    Reader("cellpose", ("cellpose",), needs_torch=True),
)

# The compiled half of torchvision may not fit a borrowed PyTorch; what reads files does without it.
_WITHOUT_COMPILED_HALF = """\
import torch

_register = torch.library.register_fake


def _register_fake(name, *rest, **named):
    if isinstance(name, str) and name.startswith("torchvision::"):
        return lambda function: function
    return _register(name, *rest, **named)


torch.library.register_fake = _register_fake
"""


def main(arguments: list[str]) -> int:
    """Make what is missing; returns how many could not be made."""
    parser = argparse.ArgumentParser(description="Environments of programs that read what SegDesk exports.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--torch", metavar="ENVIRONMENT", type=Path, help="borrow PyTorch from this one")
    options = parser.parse_args(arguments)
    failed = 0
    for reader in READERS:
        place = options.folder / reader.name
        if (place / "made").exists():
            print(f"{reader.name}: there already")
            continue
        try:
            make(reader, place, options.torch)
        except subprocess.CalledProcessError as error:
            print(f"{reader.name}: pip ended with {error.returncode}", file=sys.stderr)
            failed += 1
        else:
            print(f"{reader.name}: made")
    return failed


def make(reader: Reader, place: Path, torch: Path | None) -> None:
    """Make one environment, and mark it as whole.

    Raises:
        CalledProcessError: something cannot be installed.
    """
    venv.create(place, with_pip=True, clear=True)
    python = _python(place)
    packages = list(reader.packages)
    if torch is not None and reader.needs_torch:
        inside = _libraries(python)
        # What is on the path counts as installed, so pip brings only what is not there.
        version = _answer(_python(torch), "import torch; print(torch.__version__)")
        packages.append(f"torch=={version.partition('+')[0]}")
        (inside / "zz_borrowed.pth").write_text(f"{_libraries(_python(torch))}\n", encoding="utf-8")
        (inside / "sitecustomize.py").write_text(_WITHOUT_COMPILED_HALF, encoding="utf-8")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    (place / "made").touch()


def _python(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _libraries(python: Path) -> Path:
    """Where an environment keeps its libraries."""
    return Path(_answer(python, "import sysconfig; print(sysconfig.get_path('purelib'))"))


def _answer(python: Path, code: str) -> str:
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
