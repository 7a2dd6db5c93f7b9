"""Which build of PyTorch to install: without an NVIDIA GPU never the one that brings gigabytes of CUDA."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pip_tool
from machine import LINUX, WINDOWS
from setup_error import SetupError

# PyTorch's own index, documented at https://pytorch.org/get-started: one folder for each kind of build.
_INDEX = "https://download.pytorch.org/whl"
_PATIENCE_S = 3.0
_CUDA_KINDS = ("cu130", "cu128", "cu126")


def install(python: Path, constraints: Path) -> None:
    """Install the pinned PyTorch in the build that fits this machine.

    Args:
        python: the environment's interpreter.
        constraints: the file of pins; it must pin torch.

    Raises:
        SetupError: pip failed, or torch is not pinned.
    """
    version = pinned_version(constraints.read_text(encoding="utf-8"), "torch")
    for kind in _kinds_to_look_for(python, version):
        if not _offers(kind, version):
            continue
        print(f"Installing PyTorch {version} ({kind} build)", flush=True)
        try:
            pip_tool.install(
                python,
                ["--no-deps", "--index-url", f"{_INDEX}/{kind}", f"torch=={version}+{kind}"],
                "PyTorch",
            )
        except SetupError:
            continue
        return
    print(f"Installing PyTorch {version}", flush=True)
    pip_tool.install(python, ["--constraint", str(constraints), f"torch=={version}"], "PyTorch")


def pinned_version(constraints: str, name: str) -> str:
    """The version that a constraints file pins for `name`.

    Raises:
        SetupError: there is no such pin.
    """
    match = re.search(rf"^{re.escape(name)}==([^\s;#]+)", constraints, re.MULTILINE | re.IGNORECASE)
    if match is None:
        raise SetupError(f"packaging/constraints.txt has no pin of {name}: restore the file.")
    return match.group(1)


def brings_cuda(report: str) -> bool:
    """Whether a pip installation report (JSON) lists a build that requires NVIDIA's packages."""
    if not report.strip():
        return False
    required = (
        requirement
        for item in json.loads(report).get("install", [])
        for requirement in item.get("metadata", {}).get("requires_dist", [])
    )
    return any(
        re.match(r"(nvidia|cuda)[-_]", requirement, re.IGNORECASE) and "extra ==" not in requirement
        for requirement in required
    )


def has_nvidia_gpu() -> bool:
    """Whether this machine has an NVIDIA GPU that its driver can reach."""
    tool = shutil.which("nvidia-smi")
    if tool is None and WINDOWS:
        tool = str(Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "nvidia-smi.exe"))
    if tool is None and Path("/usr/lib/wsl/lib/nvidia-smi").exists():
        tool = "/usr/lib/wsl/lib/nvidia-smi"
    if tool is not None:
        try:
            answer = subprocess.run([tool, "-L"], capture_output=True, text=True, timeout=30, check=False)
        except (OSError, subprocess.TimeoutExpired):
            pass
        else:
            if answer.returncode == 0 and "GPU" in answer.stdout:
                return True
    # A container shares the driver's entry in /proc with its host, but the device only if it was given it.
    return Path("/proc/driver/nvidia/gpus").exists() and Path("/dev/nvidia0").exists()


def _kinds_to_look_for(python: Path, version: str) -> tuple[str, ...]:
    """The kinds of build to prefer to what plain pip would install, best first."""
    gpu = has_nvidia_gpu()
    if WINDOWS:
        return _CUDA_KINDS if gpu else ()
    if not LINUX or gpu:
        return ()
    return ("cpu",) if brings_cuda(pip_tool.dry_run_report(python, f"torch=={version}")) else ()


def _offers(kind: str, version: str) -> bool:
    """Whether PyTorch's index can be reached and has this version in this kind of build."""
    try:
        with urllib.request.urlopen(f"{_INDEX}/{kind}/torch/", timeout=_PATIENCE_S) as page:
            listing = page.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        if kind == "cpu":
            print(
                "PyTorch's CPU builds cannot be reached: the standard build is several GB larger.", flush=True
            )
        return False
    return f"torch-{version}%2B{kind}" in listing or f"torch-{version}+{kind}" in listing
