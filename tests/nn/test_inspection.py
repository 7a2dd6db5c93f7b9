"""What a model file is, before anything is done with it."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch

from segdesk.core.errors import ModelError
from segdesk.core.jobs import ModelReport
from segdesk.nn import model_file
from segdesk.nn.inspection import inspect_model
from segdesk.nn.networks import registry
from tests.nn.foreign import originals
from tests.nn.makers import tiny_spec


def saved(path: Path, network: originals.Network) -> Path:
    made = originals.Original()
    network(made, torch.rand(1, 3, 64, 64))
    torch.save(made.state, path)
    return path


def test_a_model_of_our_own_says_what_it_is(tmp_path: Path) -> None:
    spec = tiny_spec()
    network = spec.build()
    model_file.save(tmp_path / "m.safetensors", spec, network.state_dict())
    report = inspect_model(tmp_path / "m.safetensors")
    assert (report.family, report.classes, report.channels) == ("", spec.classes, spec.in_channels)
    assert report.parameters == sum(p.numel() for p in network.parameters())
    assert report.trainable
    assert not report.starter


def test_a_foreign_one_is_recognised_with_its_recipe(tmp_path: Path) -> None:
    report = inspect_model(saved(tmp_path / "x.pth", originals.u2net(8, 3, originals.SMALL)))
    assert (report.family, report.network, report.outputs) == ("U2-Net", "u2net-small", 3)
    assert report.normalisation == "imagenet-max"
    assert (report.preparation["size"], report.preparation["width"]) == ("stretch", 320)
    assert report.classes == ()
    assert not report.unclear


def test_large_u2nets_do_not_say_what_they_draw(tmp_path: Path) -> None:
    assert inspect_model(saved(tmp_path / "x.pth", originals.u2net(8, 1, originals.FULL))).unclear


def test_what_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    made = originals.Original()
    originals.u2net(8, 1, originals.FULL)(made, torch.rand(1, 3, 64, 64))
    torch.save({**made.state, "conv_in.weight": torch.zeros(8, 3, 3, 3)}, tmp_path / "x.pth")
    with pytest.raises(ModelError, match="IS-Net"):
        inspect_model(tmp_path / "x.pth")


def test_networks_tell_which_options_an_expert_may_change() -> None:
    options = registry.expert_options(registry.REGISTRY["unet-32"])
    assert options == {"width": 32, "depth": 4, "norm": "fixed", "up": "transpose"}
    assert "depth" not in registry.expert_options(registry.REGISTRY["u2net"])


def test_a_report_can_be_pickled_to_another_process() -> None:
    report = ModelReport("unet", 3, 2, 7, "channel", preparation={"size": "any"})
    assert pickle.loads(pickle.dumps(report)) == report
