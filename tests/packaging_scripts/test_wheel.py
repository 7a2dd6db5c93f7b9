"""The wheel holds what an installed SegDesk needs, and nothing else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The built wheel's files by their path in it."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel = Path(next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])))
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _files(folder: str, pattern: str) -> list[Path]:
    found = sorted(path for path in (ROOT / folder).rglob(pattern) if path.is_file())
    return [path for path in found if "__pycache__" not in path.parts]


def test_every_resource_is_in_the_package(contents: dict[str, bytes]) -> None:
    resources = _files("resources", "*")
    assert resources
    for path in resources:
        assert contents[f"segdesk/{path.relative_to(ROOT).as_posix()}"] == path.read_bytes()


def test_every_module_is_in_the_package(contents: dict[str, bytes]) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in _files("segdesk", "*.py")}
    assert "segdesk/__init__.py" in modules
    assert modules <= set(contents)


def test_nothing_else_is_installed(contents: dict[str, bytes]) -> None:
    tops = {name.split("/")[0] for name in contents}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"segdesk"}


def test_the_command_and_the_licence_come_along(contents: dict[str, bytes]) -> None:
    (commands,) = [text for name, text in contents.items() if name.endswith("/entry_points.txt")]
    assert b"segdesk = segdesk.__main__:main" in commands
    (licence,) = [text for name, text in contents.items() if name.endswith("/licenses/LICENSE")]
    assert licence == (ROOT / "LICENSE").read_bytes()
