"""Which build of PyTorch is chosen."""

from __future__ import annotations

import json
from pathlib import Path

import pip_tool
import pytest
import pytorch_build
from setup_error import SetupError


def _report(*requirements: str) -> str:
    return json.dumps({"install": [{"metadata": {"name": "torch", "requires_dist": list(requirements)}}]})


CPU = _report("filelock", "sympy>=1.13.3", 'opt-einsum>=3.3; extra == "opt-einsum"')
CUDA = _report("filelock", 'nvidia-cudnn-cu13==9.20.0.48; platform_system == "Linux"')


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (CPU, False),
        (CUDA, True),
        (_report('cuda-bindings<14,>=13.0.3; platform_system == "Linux"'), True),
        (_report('nvidia-ml-py; extra == "metrics"'), False),
        (json.dumps({"install": []}), False),
        ("", False),
    ],
)
def test_cuda_is_seen_in_a_report(report: str, expected: bool) -> None:
    assert pytorch_build.brings_cuda(report) is expected


class Machine:
    """A machine to choose a build for; records the arguments of each call of pip."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        self.patch = monkeypatch
        self.calls: list[list[str]] = []
        self.constraints = tmp_path / "constraints.txt"
        self.constraints.write_text("sympy==1.14.0\ntorch==2.13.0\n")
        self.on("LINUX", gpu=False, report=CPU, offered=())

    def on(self, system: str, *, gpu: bool, report: str = CUDA, offered: tuple[str, ...] = ()) -> None:
        for name in ("LINUX", "WINDOWS"):
            self.patch.setattr(pytorch_build, name, name == system)
        self.patch.setattr(pytorch_build, "has_nvidia_gpu", lambda: gpu)
        self.patch.setattr(pytorch_build, "_offers", lambda kind, _version: kind in offered)
        self.patch.setattr(pip_tool, "dry_run_report", lambda _python, _requirement: report)
        self.patch.setattr(pip_tool, "install", self._pip)

    def _pip(self, _python: Path, arguments: list[str], _what: str) -> None:
        self.calls.append(arguments)

    def chosen(self) -> list[str]:
        self.calls.clear()
        pytorch_build.install(Path("python"), self.constraints)
        assert len(self.calls) == 1
        return self.calls[0]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    return Machine(monkeypatch, tmp_path)


def test_without_a_gpu_cuda_is_avoided_by_the_cpu_index(machine: Machine) -> None:
    machine.on("LINUX", gpu=False, report=CUDA, offered=("cpu",))
    assert machine.chosen()[-1] == "torch==2.13.0+cpu"


def test_a_cpu_build_from_the_persons_own_sources_is_taken_as_it_is(machine: Machine) -> None:
    machine.on("LINUX", gpu=False, report=CPU, offered=("cpu",))
    assert machine.chosen()[-1] == "torch==2.13.0"
    assert "--index-url" not in machine.calls[0]


def test_an_index_out_of_reach_leaves_the_plain_build(machine: Machine) -> None:
    machine.on("LINUX", gpu=False, report=CUDA, offered=())
    assert machine.chosen()[-1] == "torch==2.13.0"


def test_with_a_gpu_linux_takes_the_plain_build_and_windows_a_cuda_one(machine: Machine) -> None:
    machine.on("LINUX", gpu=True, offered=("cpu", "cu130"))
    assert machine.chosen()[-1] == "torch==2.13.0"
    machine.on("WINDOWS", gpu=True, offered=("cu128", "cu126"))
    assert machine.chosen()[-1] == "torch==2.13.0+cu128"


@pytest.mark.parametrize("system", ["WINDOWS", "MACOS"])
def test_other_systems_without_a_gpu_take_the_plain_build(machine: Machine, system: str) -> None:
    machine.on(system, gpu=False, offered=("cpu", "cu130"))
    assert machine.chosen()[-1] == "torch==2.13.0"


def test_constraints_without_the_pin_are_refused() -> None:
    with pytest.raises(SetupError, match="no pin of torch"):
        pytorch_build.pinned_version("torchvision==1.0\n", "torch")


@pytest.mark.parametrize(
    ("complaint", "said"),
    [
        ("WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError'", "internet"),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "disk is full",
        ),
        ("ERROR: No matching distribution found for torch==2.13.0", "not available for Python"),
        ("ERROR: [Errno 13] Permission denied: '/usr/lib'", "permissions"),
        ("SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED", "certificate"),
    ],
)
def test_pips_complaints_become_a_sentence(complaint: str, said: str) -> None:
    sentence = pip_tool.known_cause(complaint, "PyTorch")
    assert sentence is not None
    assert said in sentence
    assert "\n" not in sentence


def test_an_unknown_complaint_is_not_explained_away() -> None:
    assert pip_tool.known_cause("ERROR: metadata-generation-failed", "PyTorch") is None
