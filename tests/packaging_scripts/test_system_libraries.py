"""Missing system libraries are found, and the command that brings them fits the machine."""

from __future__ import annotations

import pytest
import system_libraries
import system_packages
from screen import Screen
from system_libraries import BASE, WAYLAND, XCB, Library


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The sonames that the loader does not find; fill it in the test."""
    names: set[str] = set()
    monkeypatch.setattr(system_libraries, "LINUX", True)
    monkeypatch.setattr(system_libraries, "_loads", lambda soname: soname not in names)
    return names


def _sonames(screen: Screen) -> set[str]:
    return {library.soname for library in system_libraries.missing_for(screen)}


def test_only_what_the_screen_needs_is_missed(absent: set[str]) -> None:
    absent |= {library.soname for library in XCB}
    assert _sonames(Screen.NONE) == set()
    assert _sonames(Screen.WAYLAND) == set()
    assert _sonames(Screen.X11) == {library.soname for library in XCB}
    assert _sonames(Screen.BOTH) == set()
    absent.add(WAYLAND[0].soname)
    assert "libxcb-cursor.so.0" in _sonames(Screen.BOTH)


def test_what_qt_needs_without_a_screen_is_missed_everywhere(absent: set[str]) -> None:
    absent.add("libEGL.so.1")
    assert all(_sonames(screen) == {"libEGL.so.1"} for screen in Screen)


def test_other_systems_need_none(absent: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    absent |= {library.soname for library in BASE}
    monkeypatch.setattr(system_libraries, "LINUX", False)
    assert _sonames(Screen.NATIVE) == set()


def test_a_real_library_loads_and_an_invented_one_does_not() -> None:
    assert not system_libraries._loads("libsegdesk-does-not-exist.so.9")


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("apt-get", "sudo apt-get install libegl1 libxcb-cursor0"),
        ("dnf", "sudo dnf install 'libEGL.so.1()(64bit)' 'libxcb-cursor.so.0()(64bit)'"),
        ("zypper", "sudo zypper install 'libEGL.so.1()(64bit)' 'libxcb-cursor.so.0()(64bit)'"),
        ("pacman", "sudo pacman -S --needed libglvnd xcb-util-cursor"),
    ],
)
def test_the_command_fits_the_machine(monkeypatch: pytest.MonkeyPatch, manager: str, command: str) -> None:
    monkeypatch.setattr(system_packages, "_is_root", lambda: False)
    lacking = [library for library in BASE + XCB if library.soname in {"libEGL.so.1", "libxcb-cursor.so.0"}]
    assert system_libraries.advice(lacking, manager).endswith(command)


def test_root_needs_no_sudo_and_an_unknown_manager_gets_the_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "_is_root", lambda: True)
    lacking = [Library("libGL.so.1", "libgl1", "libglvnd")]
    assert system_libraries.advice(lacking, "apt-get").endswith("  apt-get install libgl1")
    assert "libGL.so.1" in system_libraries.advice(lacking, None)


class Apt:
    """Stands in for the commands that need root; `refused` is how many installs fail before one works."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, refused: int) -> None:
        self.refused = refused
        self.commands: list[str] = []
        monkeypatch.setattr(system_packages, "package_manager", lambda: "apt-get")
        monkeypatch.setattr(system_packages, "_is_root", lambda: True)
        monkeypatch.setattr(system_packages, "_run", self._run)

    def _run(self, command: list[str]) -> bool:
        verb = "update" if "update" in command else "install"
        self.commands.append(verb)
        if verb == "install" and self.refused:
            self.refused -= 1
            return False
        return True


def test_package_lists_are_fetched_only_when_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    apt = Apt(monkeypatch, refused=0)
    assert system_packages.install(["libgl1"])
    assert apt.commands == ["install"]
    apt = Apt(monkeypatch, refused=1)
    assert system_packages.install(["libgl1"])
    assert apt.commands == ["install", "update", "install"]
    apt = Apt(monkeypatch, refused=9)
    assert not system_packages.install(["libgl1"])


def test_without_permission_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    apt = Apt(monkeypatch, refused=0)
    monkeypatch.setattr(system_packages, "_privilege", lambda: None)
    assert not system_packages.install(["libgl1"])
    assert apt.commands == []


def test_what_was_installed_is_not_advised(absent: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    absent.add("libGL.so.1")

    def install(packages: list[str]) -> bool:
        assert packages == ["libgl1"]
        absent.clear()
        return True

    monkeypatch.setattr(system_packages, "install", install)
    assert system_libraries.provide(Screen.X11) is None
