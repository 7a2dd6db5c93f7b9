"""Is there a screen to open a window on; and a virtual one for tests."""

from __future__ import annotations

import enum
import os
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from machine import LINUX
from setup_error import SetupError

_PATIENCE_S = 3.0
_START_S = 30.0

# Qt platforms that draw where nobody can look.
_UNSEEN = {"offscreen", "minimal", "minimalegl"}


class Screen(enum.Enum):
    """What a window could be shown on."""

    NONE = "none"
    NATIVE = "native"
    X11 = "X11"
    WAYLAND = "Wayland"
    BOTH = "X11 and Wayland"


def find_screen(environment: Mapping[str, str]) -> tuple[Screen, str]:
    """The screen that the environment variables point to, and, where there is none, why.

    A display that is named but does not answer counts as none.
    """
    platform = environment.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]
    if platform in _UNSEEN:
        return Screen.NONE, f"QT_QPA_PLATFORM is {platform}"
    if not LINUX or platform not in {"", "xcb", "wayland"}:
        return Screen.NATIVE, ""
    display = environment.get("DISPLAY", "")
    wayland = environment.get("WAYLAND_DISPLAY", "")
    if not display and not wayland:
        return Screen.NONE, "neither DISPLAY nor WAYLAND_DISPLAY is set"
    x11_answers = bool(display) and platform != "wayland" and _x11_answers(display)
    wayland_answers = bool(wayland) and platform != "xcb" and _wayland_answers(wayland, environment)
    if x11_answers and wayland_answers:
        return Screen.BOTH, ""
    if x11_answers:
        return Screen.X11, ""
    if wayland_answers:
        return Screen.WAYLAND, ""
    return Screen.NONE, f"nothing answers at the display {display or wayland}"


def x11_addresses(display: str) -> list[str | tuple[str, int]]:
    """Where the X server of a DISPLAY may listen: paths of local sockets (a leading NUL marks Linux's
    abstract ones), or (host, TCP port); empty for a malformed value.
    """
    match = re.fullmatch(r"(?:(.*?)/)?(.*?):(\d+)(?:\.\d+)?", display)
    if match is None:
        return [display] if display.startswith("/") else []
    host, number = match.group(2), int(match.group(3))
    if host in {"", "unix"}:
        path = f"/tmp/.X11-unix/X{number}"
        return [path, "\0" + path]
    return [(host, 6000 + number)]


@contextmanager
def virtual_screen() -> Iterator[str]:
    """Run Xvfb for the length of a with-block.

    Yields:
        The value for DISPLAY.

    Raises:
        SetupError: Xvfb is not installed or does not start.
    """
    if shutil.which("Xvfb") is None:
        raise SetupError("Xvfb is not installed: install your system's package of that name (Debian: xvfb).")
    read_end, write_end = os.pipe()
    options = ["-displayfd", str(write_end), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            ["Xvfb", *options], pass_fds=(write_end,), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        os.close(write_end)
        try:
            number = _read_line(read_end, _START_S)
            if not number:
                log.seek(0)
                said = log.read().decode(errors="replace").strip().splitlines()
                raise SetupError(f"Xvfb did not start: {said[-1] if said else 'it said nothing'}.")
            yield f":{number}"
        finally:
            os.close(read_end)
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _read_line(descriptor: int, seconds: float) -> str:
    """One line from a pipe, without its end; empty when it is closed or silent for too long."""
    line = b""
    deadline = time.monotonic() + seconds
    while not line.endswith(b"\n"):
        readable, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        chunk = os.read(descriptor, 64) if readable else b""
        if not chunk:
            return ""
        line += chunk
    return line.decode().strip()


def _x11_answers(display: str) -> bool:
    return any(_connects(address) for address in x11_addresses(display))


def _wayland_answers(name: str, environment: Mapping[str, str]) -> bool:
    # An absolute name stands for itself: joining leaves it as it is.
    return _connects(str(Path(environment.get("XDG_RUNTIME_DIR", ""), name)))


if sys.platform == "win32":

    def _connects(_address: str | tuple[str, int]) -> bool:
        return False

else:

    def _connects(address: str | tuple[str, int]) -> bool:
        try:
            if isinstance(address, tuple):
                socket.create_connection(address, _PATIENCE_S).close()
            else:
                with closing(socket.socket(socket.AF_UNIX)) as channel:
                    channel.settimeout(_PATIENCE_S)
                    channel.connect(address)
        except OSError:
            return False
        return True
