"""The system libraries that Qt needs on Linux and does not bring: find, install or name the missing ones."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable

import system_packages
from machine import LINUX
from screen import Screen


class Library:
    """One shared library and the packages that bring it.

    Args:
        soname: what the loader looks for.
        debian: its package on Debian, Ubuntu and their kin.
        arch: its package on Arch Linux. (Packages in RPM systems are found by the soname itself.)
    """

    def __init__(self, soname: str, debian: str, arch: str) -> None:
        self.soname = soname
        self.debian = debian
        self.arch = arch

    def package(self, manager: str) -> str:
        """What to ask the package manager for."""
        if manager == "apt-get":
            return self.debian
        if manager == "pacman":
            return self.arch
        return f"{self.soname}()(64bit)" if sys.maxsize > 2**32 else self.soname


# What Qt's Core, Gui, Widgets and offscreen plugin and OpenCV link to, read from their wheels (`readelf -d`).
BASE = (
    Library("libGL.so.1", "libgl1", "libglvnd"),
    Library("libEGL.so.1", "libegl1", "libglvnd"),
    Library("libX11.so.6", "libx11-6", "libx11"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    Library("libfreetype.so.6", "libfreetype6", "freetype2"),
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libgthread-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    Library("libz.so.1", "zlib1g", "zlib"),
    Library("libzstd.so.1", "libzstd1", "zstd"),
)

# What the xcb platform plugin adds: without one of these a window aborts the process.
XCB = (
    Library("libX11-xcb.so.1", "libx11-xcb1", "libx11"),
    Library("libxcb.so.1", "libxcb1", "libxcb"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    Library("libxcb-glx.so.0", "libxcb-glx0", "libxcb"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    Library("libxcb-randr.so.0", "libxcb-randr0", "libxcb"),
    Library("libxcb-render.so.0", "libxcb-render0", "libxcb"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    Library("libxcb-shm.so.0", "libxcb-shm0", "libxcb"),
    Library("libxcb-sync.so.1", "libxcb-sync1", "libxcb"),
    Library("libxcb-util.so.1", "libxcb-util1", "xcb-util"),
    Library("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
)

WAYLAND = (
    Library("libwayland-client.so.0", "libwayland-client0", "wayland"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0", "wayland"),
)


def missing_for(screen: Screen) -> list[Library]:
    """The libraries that Qt needs on `screen` and that cannot be loaded; never any but on Linux."""
    if not LINUX:
        return []
    lacking = _missing(BASE)
    if screen is Screen.X11:
        lacking += _missing(XCB)
    elif screen is Screen.WAYLAND:
        lacking += _missing(WAYLAND)
    elif screen is Screen.BOTH and _missing(WAYLAND):
        lacking += _missing(XCB)
    return lacking


def provide(screen: Screen) -> str | None:
    """Install what Qt needs on `screen` where that is allowed.

    Returns:
        None when all is there now, else one sentence that names what is missing and how to get it.
    """
    lacking = missing_for(screen)
    if lacking and system_packages.install(_packages(lacking, "apt-get")):
        lacking = missing_for(screen)
    return advice(lacking, system_packages.package_manager()) if lacking else None


def advice(lacking: list[Library], manager: str | None) -> str:
    """One sentence that names the missing libraries and the command that installs them."""
    names = ", ".join(library.soname for library in lacking)
    if manager is None:
        return (
            f"Qt needs system libraries that are missing here: install {names} "
            "with your system's package manager."
        )
    command = system_packages.install_command(manager, _packages(lacking, manager))
    return f"Qt needs system libraries that are missing here ({names}): install them with  {command}"


def _packages(libraries: Iterable[Library], manager: str) -> list[str]:
    return sorted({library.package(manager) for library in libraries})


def _missing(libraries: Iterable[Library]) -> list[Library]:
    return [library for library in libraries if not _loads(library.soname)]


def _loads(soname: str) -> bool:
    # Loading is the one test that follows the loader's own search, caches and architectures.
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True
