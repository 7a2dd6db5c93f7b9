"""The system's own packages: install them where we may, or name the command that does."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence

_INSTALL = {
    "apt-get": ["apt-get", "install", "-y", "--no-install-recommends"],
    "dnf": ["dnf", "install", "-y"],
    "zypper": ["zypper", "--non-interactive", "install"],
    "pacman": ["pacman", "-S", "--needed", "--noconfirm"],
}


def package_manager() -> str | None:
    """The package manager of this machine: apt-get, dnf, zypper, pacman, or None."""
    return next((name for name in _INSTALL if shutil.which(name)), None)


def install_command(manager: str, packages: Sequence[str]) -> str:
    """What a person types to install `packages`."""
    words = [word for word in _INSTALL[manager] if word not in {"-y", "--non-interactive", "--noconfirm"}]
    sudo = [] if _is_root() else ["sudo"]
    return shlex.join([*sudo, *(w for w in words if w != "--no-install-recommends"), *packages])


def install(packages: Sequence[str]) -> bool:
    """Install `packages` with apt-get, as root or with a sudo that asks nothing.

    Returns:
        Whether they are installed now; False where this machine has no apt-get or we may not use it.
    """
    prefix = _privilege()
    if package_manager() != "apt-get" or prefix is None:
        return False
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    quiet = ["-qq", "-o", "DPkg::Lock::Timeout=120"]
    attempt = [*prefix, *_INSTALL["apt-get"], *quiet, *packages]
    # A fresh machine has no package lists yet, an old one may have outdated ones: then fetch and try again.
    return _run(attempt) or (_run([*prefix, "apt-get", "update", *quiet]) and _run(attempt))


def _privilege() -> list[str] | None:
    """The words before a command that needs root: with noninteractive packages; None where we may not."""
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    if _is_root():
        return environment
    if shutil.which("sudo") and _run(["sudo", "-n", "true"]):
        return ["sudo", "-n", *environment]
    return None


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _run(command: list[str]) -> bool:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0
