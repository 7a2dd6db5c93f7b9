"""When an environment counts as ready, and when it does not any more."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import venv
from pathlib import Path

import environment
import pip_tool
import pytest
import pytorch_build
import system_packages
from environment import Environment, Stamp
from setup_error import SetupError
from setup_lock import setup_lock


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the files that decide what is installed, and no environment."""
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging" / "constraints.txt").write_text("torch==2.13.0\n")
    (tmp_path / "pyproject.toml").write_text('[build-system]\nrequires = ["hatchling>=1.25"]\n')
    return tmp_path


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Takes pip's place: the list of what was asked to be installed, in order."""
    asked: list[str] = []

    def install(_python: Path, arguments: list[str], _what: str) -> None:
        asked.append(arguments[-1])

    monkeypatch.setattr(pip_tool, "install", install)
    monkeypatch.setattr(pytorch_build, "install", lambda _python, _constraints: asked.append("torch"))
    # A real pip in each would take seconds, and no test here calls it.
    monkeypatch.setattr(Environment, "_answers", lambda _self, _statement: True)
    monkeypatch.setattr(Environment, "_create", lambda self: venv.create(self.folder, with_pip=False))
    return asked


def test_first_setup_installs_all_and_the_second_installs_nothing(
    project: Path, installed: list[str]
) -> None:
    Environment(project).prepare()
    assert installed == ["hatchling>=1.25", "torch", str(project)]
    Environment(project).prepare()
    assert len(installed) == 3
    assert Environment(project).is_ready()


def test_extras_are_added_and_stay_when_only_the_rest_is_asked_for(
    project: Path, installed: list[str]
) -> None:
    Environment(project).prepare()
    Environment(project).prepare(["dev"])
    assert installed[-1] == f"{project}[dev]"
    (project / "pyproject.toml").write_text('[build-system]\nrequires = ["hatchling>=1.30"]\n')
    Environment(project).prepare()
    assert installed[-1] == f"{project}[dev]"
    assert Environment(project).is_ready(["dev"])


@pytest.mark.parametrize("name", ["pyproject.toml", "packaging/constraints.txt", ".venv/pyvenv.cfg"])
def test_a_change_of_what_decides_the_installation_makes_it_unready(
    project: Path, installed: list[str], name: str
) -> None:
    Environment(project).prepare()
    with (project / name).open("a") as file:
        file.write("# changed\n")
    assert not Environment(project).is_ready()


def test_a_moved_folder_is_unready(project: Path, installed: list[str], tmp_path: Path) -> None:
    Environment(project).prepare()
    moved = project.rename(tmp_path.parent / f"{tmp_path.name}-moved")
    assert not Environment(moved).is_ready()


def test_an_interrupted_setup_is_made_anew(
    project: Path, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_python: Path, _constraints: Path) -> None:
        (project / ".venv" / "half a library").touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pytorch_build, "install", interrupt)
        with pytest.raises(KeyboardInterrupt):
            Environment(project).prepare()
    assert not Environment(project).is_ready()
    Environment(project).prepare()
    assert Environment(project).is_ready()
    assert not (project / ".venv" / "half a library").exists()


def test_a_failed_installation_is_gone_on_with(
    project: Path, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_python: Path, _constraints: Path) -> None:
        raise SetupError("no connection")

    with monkeypatch.context() as patch:
        patch.setattr(pytorch_build, "install", fail)
        with pytest.raises(SetupError, match="no connection"):
            Environment(project).prepare()
    (project / ".venv" / "downloaded").touch()
    Environment(project).prepare()
    assert Environment(project).is_ready()
    assert (project / ".venv" / "downloaded").exists()


def test_an_environment_made_by_a_person_is_completed_not_deleted(
    project: Path, installed: list[str]
) -> None:
    venv.create(project / ".venv", with_pip=False)
    (project / ".venv" / "mine").touch()
    Environment(project).prepare()
    assert Environment(project).is_ready()
    # Not even when a later setup is interrupted.
    stamp_path = project / ".venv" / "segdesk-setup.json"
    stamp = Stamp.read(stamp_path)
    stamp.unfinished = True
    stamp.write(stamp_path)
    Environment(project).prepare()
    assert (project / ".venv" / "mine").exists()


def test_an_environment_of_an_old_python_is_named_and_left_alone(
    project: Path, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    venv.create(project / ".venv", with_pip=False)
    monkeypatch.setattr(Environment, "_version", lambda _self: (3, 9))
    with pytest.raises(SetupError, match=r"has Python 3\.9 .* delete that folder"):
        Environment(project).prepare()
    assert (project / ".venv" / "pyvenv.cfg").exists()


def test_a_missing_venv_module_names_the_command(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(system_packages, "install", lambda _packages: False)
    monkeypatch.setattr(system_packages, "package_manager", lambda: "apt-get")
    with pytest.raises(SetupError, match=rf"apt-get install python3\.{sys.version_info[1]}-venv"):
        Environment(project).prepare()


def test_a_folder_that_cannot_be_written_is_one_sentence(project: Path) -> None:
    (project / ".venv").write_text("a file where the folder should be")
    with pytest.raises(SetupError, match=r"could not be written \(File exists\)"):
        Environment(project).prepare()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"made_here": true}'])
def test_a_damaged_stamp_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "stamp.json").write_text(content)
    assert Stamp.read(tmp_path / "stamp.json") == Stamp()


def test_a_second_setup_waits_for_the_first(project: Path) -> None:
    folder = Path(environment.__file__).parent
    waiting = (
        f"import sys; sys.path.append({str(folder)!r}); from pathlib import Path\n"
        f"from setup_lock import setup_lock\n"
        f"with setup_lock(Path({str(project)!r})): print('mine', flush=True)"
    )
    with setup_lock(project):
        other = subprocess.Popen([sys.executable, "-c", waiting], stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert "waiting" in other.stdout.readline()
        assert other.poll() is None
    rest, _ = other.communicate(timeout=30)
    assert rest.strip() == "mine"
    assert other.returncode == 0
