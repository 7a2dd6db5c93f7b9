"""Files of weights are read without running anything in them, and what is wrong with one is said."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from segdesk.core.errors import ModelError
from segdesk.nn.foreign import reading
from segdesk.nn.foreign.reading import read_weights

STATE = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.count": torch.tensor(4)}


def is_state(state: dict[str, torch.Tensor]) -> bool:
    return state.keys() == STATE.keys() and all(torch.equal(state[key], STATE[key]) for key in STATE)


@pytest.mark.parametrize("wrapper", [None, "state_dict", "model_state_dict", "model"])
@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.module."])
@pytest.mark.parametrize("legacy", [False, True])
def test_wrappers_and_prefixes_are_taken_off(
    wrapper: str | None, prefix: str, legacy: bool, tmp_path: Path
) -> None:
    state = {prefix + key: value for key, value in STATE.items()}
    found = {wrapper: state, "epoch": 3, "optimizer": {"lr": 0.1}} if wrapper else state
    path = tmp_path / "x.pth"
    torch.save(found, path, _use_new_zipfile_serialization=not legacy)
    assert is_state(read_weights(path).state)


def test_other_values_are_left_out_and_numbers_become_float32(tmp_path: Path) -> None:
    path = tmp_path / "x.pth"
    halves = {key: value.half() if value.is_floating_point() else value for key, value in STATE.items()}
    torch.save({**halves, "mask_values": [0, 255], "name": "x"}, path)
    assert is_state(read_weights(path).state)


def test_safetensors(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    save_file(STATE, path)
    assert is_state(read_weights(path).state)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ModelError, match="damaged"):
        read_weights(path)


class Trap:
    """Makes a file when it is unpickled by an ordinary reader."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.file,)


@pytest.mark.parametrize("form", ["zip", "legacy", "pickle", "hidden"])
def test_nothing_in_a_file_runs(form: str, tmp_path: Path) -> None:
    path, sprung = tmp_path / "x.pth", tmp_path / "sprung"
    trap = Trap(sprung)
    if form == "pickle":
        path.write_bytes(pickle.dumps(trap))
    else:
        found = {"state_dict": STATE, "args": trap} if form == "hidden" else trap
        torch.save(found, path, _use_new_zipfile_serialization=form != "legacy")
    with pytest.raises(ModelError, match=r"x\.pth holds more than weights"):
        read_weights(path)
    assert not sprung.exists()


def test_a_whole_pickled_network_is_refused(tmp_path: Path) -> None:
    torch.save(torch.nn.Conv2d(1, 1, 1), tmp_path / "x.pth")
    with pytest.raises(ModelError, match="holds more than weights"):
        read_weights(tmp_path / "x.pth")


def test_a_torchscript_program_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x/data.pkl", b"")
        archive.writestr("x/constants.pkl", b"")
    with pytest.raises(ModelError, match="TorchScript"):
        read_weights(path)


@pytest.mark.parametrize("found", [{}, [1, 2], torch.zeros(3), {"state_dict": {}}, {"epoch": 3}, "text"])
def test_files_without_weights(found: object, tmp_path: Path) -> None:
    torch.save(found, tmp_path / "x.pth")
    with pytest.raises(ModelError, match="holds no weights"):
        read_weights(tmp_path / "x.pth")


@pytest.mark.parametrize("legacy", [False, True])
def test_cut_off_files(legacy: bool, tmp_path: Path) -> None:
    path = tmp_path / "x.pth"
    torch.save({"a": torch.randn(64, 64)}, path, _use_new_zipfile_serialization=not legacy)
    data = path.read_bytes()
    for length in (0, 1, 3, 40, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:length])
        with pytest.raises(ModelError, match=r"x\.pth"):
            read_weights(path)


def test_garbage(tmp_path: Path) -> None:
    path, random = tmp_path / "x.pth", np.random.default_rng(0)
    for head in (b"", b"\x80\x02", b"\x80\x04", b"PK\x03\x04", b"\x10" + bytes(7) + b"{"):
        for _ in range(20):
            path.write_bytes(head + random.bytes(300))
            with pytest.raises(ModelError, match=r"x\.pth"):
                read_weights(path)


def test_other_zip_files(tmp_path: Path) -> None:
    path = tmp_path / "x.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no weights")
    with pytest.raises(ModelError, match="no file of weights"):
        read_weights(path)


def test_a_few_bytes_cannot_claim_to_be_a_huge_tensor(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(1).expand(10**6, 10**6)}, tmp_path / "x.pth")
    with pytest.raises(ModelError, match="damaged"):
        read_weights(tmp_path / "x.pth")
    torch.save({"a": torch.empty(10**6, 10**6, device="meta")}, tmp_path / "x.pth")
    with pytest.raises(ModelError, match="damaged"):
        read_weights(tmp_path / "x.pth")


def test_missing_folders_and_huge_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="There is no model"):
        read_weights(tmp_path / "absent.pth")
    with pytest.raises(ModelError, match="cannot be read"):
        read_weights(tmp_path)
    monkeypatch.setattr(reading, "_LARGEST", 10)
    torch.save(STATE, tmp_path / "x.pth")
    with pytest.raises(ModelError, match="larger than any"):
        read_weights(tmp_path / "x.pth")
