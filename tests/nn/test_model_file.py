"""Model files: what is written can be read, and nothing else can."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from segdesk.core.errors import ModelError
from segdesk.nn import model_file
from segdesk.nn.networks.registry import build
from segdesk.nn.spec import NetworkSpec
from tests.nn.makers import CLASSES, tiny_spec


@pytest.fixture
def model(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    path = tmp_path / "model.safetensors"
    model_file.save(path, tiny_spec(), tiny_spec().build().state_dict())
    return path


def with_spec(path: Path, **changes: object) -> Path:
    """A copy of a model whose description says something else."""
    _, network = model_file.load(path)
    data = {**json.loads(tiny_spec().to_json()), **changes}
    other = path.with_name("other.safetensors")
    save_file(dict(network.state_dict()), other, metadata={"segdesk": json.dumps(data)})
    return other


def test_a_description_comes_back(model: Path) -> None:
    assert model_file.read_spec(model) == tiny_spec()
    assert NetworkSpec.from_json(tiny_spec().to_json()) == tiny_spec()


def test_nothing_is_ever_unpickled(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (tmp_path / "sprung",)  # type: ignore[return-value]

    for name in ("model.pth", "model.safetensors"):
        (tmp_path / name).write_bytes(pickle.dumps(Trap()))
        with pytest.raises(ModelError, match=name):
            model_file.load(tmp_path / name)
    torch.save(tiny_spec().build().state_dict(), tmp_path / "state.pth")
    with pytest.raises(ModelError, match=r"state\.pth"):
        model_file.load(tmp_path / "state.pth")
    assert not (tmp_path / "sprung").exists()


def test_missing_empty_and_cut_off_files(model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="absent"):
        model_file.load(tmp_path / "absent.safetensors")
    with pytest.raises(ModelError):
        model_file.load(tmp_path)
    data = model.read_bytes()
    for length in (0, 5, 100, len(data) // 2, len(data) - 1):
        model.write_bytes(data[:length])
        with pytest.raises(ModelError, match=r"model\.safetensors"):
            model_file.load(model)


def test_a_stranger_that_is_safetensors(tmp_path: Path) -> None:
    save_file({"x": torch.zeros(3)}, tmp_path / "x.safetensors")
    with pytest.raises(ModelError, match="not made by SegDesk"):
        model_file.load(tmp_path / "x.safetensors")


def test_an_older_model_normalises_as_it_did(tmp_path: Path) -> None:
    """Before format 2, a U-Net that said nothing normalised in groups."""
    spec = replace(tiny_spec(), options={**tiny_spec().options, "norm": "group"})
    network = spec.build()
    said = {**json.loads(spec.to_json()), "format": 1, "options": dict(tiny_spec().options)}
    save_file(network.state_dict(), tmp_path / "old.safetensors", metadata={"segdesk": json.dumps(said)})
    found, same = model_file.load(tmp_path / "old.safetensors")
    assert found == spec
    x = torch.randn(1, 3, 32, 32)
    assert torch.equal(network.eval()(x), same.eval()(x))
    others = [{**said, "options": {"norm": "batch"}}, {**said, "network": "u2net-small", "options": {}}]
    norms = [NetworkSpec.from_json(json.dumps(other)).options.get("norm") for other in others]
    assert norms == ["batch", None]


@pytest.mark.parametrize(
    "changes",
    [
        {"network": "magic"},
        {"options": {"width": 8, "depth": 2}},
        {"options": {"width": 10**7, "depth": 2}},
        {"options": {"widht": 4}},
        {"options": 3},
        {"in_channels": 1},
        {"in_channels": -1},
        {"classes": []},
        {"normalisation": "odd"},
        {"format": 99},
        {"format": None},
    ],
)
def test_a_description_that_does_not_fit(model: Path, changes: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        model_file.load(with_spec(model, **changes))


def test_an_old_model_survives_a_failed_save(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    before = model.read_bytes()
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Exception, match="space"):
        model_file.save(model, tiny_spec(), tiny_spec().build().state_dict())
    assert model.read_bytes() == before
    assert [path.name for path in model.parent.iterdir()] == [model.name]


@pytest.mark.parametrize(("name", "options"), [("unet", {"width": 4, "depth": 2}), ("u2net-small", {})])
def test_new_classes_leave_the_old_ones_as_they_were(
    name: str, options: dict[str, int], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    path = tmp_path / "m.safetensors"
    old = build(name, 3, 2, options).eval()
    model_file.save(path, NetworkSpec(name, 3, CLASSES, options), old.state_dict())
    spec, wide = model_file.load(path, (*CLASSES, "third", "fourth"))
    x = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        before, after = old(x), wide.eval()(x)
    assert spec.classes == (*CLASSES, "third", "fourth")
    assert after.shape[1] == 4
    torch.testing.assert_close(after[:, :2], before, rtol=1e-4, atol=1e-4)
    # The new outputs can be learned: they are no copies, and not all the same.
    assert not torch.allclose(after[:, 2], after[:, 3])


def test_a_renamed_class_keeps_its_output(model: Path) -> None:
    spec, network = model_file.load(model, ("background", "another name"))
    _, old = model_file.load(model)
    assert spec.classes == ("background", "another name")
    assert torch.equal(network.state_dict()["head.weight"], old.state_dict()["head.weight"])
