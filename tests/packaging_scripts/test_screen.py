"""A screen is found where one answers, and only there."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import screen
from screen import Screen
from setup_error import SetupError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there, a screen is always taken to be present")


@pytest.fixture(autouse=True)
def on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "LINUX", True)


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Path]:
    """A local socket where something listens."""
    path = tmp_path / "s"
    with socket.socket(socket.AddressFamily["AF_UNIX"]) as server:
        server.bind(str(path))
        server.listen(8)
        yield path


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "neither DISPLAY nor WAYLAND_DISPLAY"),
        ({"DISPLAY": ""}, "neither DISPLAY nor WAYLAND_DISPLAY"),
        ({"DISPLAY": ":4711"}, "nothing answers at the display :4711"),
        ({"DISPLAY": "not a display"}, "nothing answers"),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "QT_QPA_PLATFORM is offscreen"),
    ],
)
def test_no_screen_is_said_with_its_reason(environment: dict[str, str], reason: str) -> None:
    found, why = screen.find_screen(environment)
    assert found is Screen.NONE
    assert reason in why


def test_a_wayland_socket_that_answers_is_a_screen(listening: Path) -> None:
    named = {"WAYLAND_DISPLAY": listening.name, "XDG_RUNTIME_DIR": str(listening.parent)}
    assert screen.find_screen(named) == (Screen.WAYLAND, "")
    assert screen.find_screen({"WAYLAND_DISPLAY": str(listening)}) == (Screen.WAYLAND, "")
    assert screen.find_screen({**named, "QT_QPA_PLATFORM": "xcb"})[0] is Screen.NONE


def test_both_kinds_are_told_apart(listening: Path) -> None:
    both = {"WAYLAND_DISPLAY": str(listening), "DISPLAY": str(listening)}
    assert screen.find_screen(both) == (Screen.BOTH, "")
    assert screen.find_screen({"DISPLAY": str(listening)}) == (Screen.X11, "")


def test_other_systems_have_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "LINUX", False)
    assert screen.find_screen({})[0] is Screen.NATIVE


@pytest.mark.parametrize(
    ("display", "addresses"),
    [
        (":0", ["/tmp/.X11-unix/X0", "\0/tmp/.X11-unix/X0"]),
        ("unix:2.1", ["/tmp/.X11-unix/X2", "\0/tmp/.X11-unix/X2"]),
        ("localhost:10.0", [("localhost", 6010)]),
        ("desk.example:1", [("desk.example", 6001)]),
        ("/private/tmp/launch/org.xquartz", ["/private/tmp/launch/org.xquartz"]),
        ("nonsense", []),
    ],
)
def test_where_an_x_server_listens(display: str, addresses: list[str | tuple[str, int]]) -> None:
    assert screen.x11_addresses(display) == addresses


@pytest.mark.x11
def test_the_virtual_screen_answers_until_it_is_left() -> None:
    with screen.virtual_screen() as display:
        assert screen.find_screen({"DISPLAY": display}) == (Screen.X11, "")
    assert screen.find_screen({"DISPLAY": display})[0] is Screen.NONE


def test_a_missing_xvfb_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(SetupError, match="Xvfb is not installed"), screen.virtual_screen():
        pass


def test_an_xvfb_that_does_not_start_gives_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = tmp_path / "Xvfb"
    fake.write_text("#!/bin/sh\necho Fatal server error: no room >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(SetupError, match="no room"), screen.virtual_screen():
        pass
