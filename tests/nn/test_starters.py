"""Starter models: what is below the head comes from them, and nothing of their classes does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from segdesk.core.jobs import ModelChoice, run
from segdesk.core.paths import resources
from segdesk.nn import engine, model_file, starters
from segdesk.nn.networks.registry import DEFAULT, REGISTRY
from segdesk.nn.spec import NetworkSpec
from segdesk.nn.train import train
from tests.nn import makers

THEIRS = ("background", "round", "long")
OURS = NetworkSpec("unet", 3, ("background", "cell"))


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, torch.Tensor]:
    """A starter of U-Net, in half precision; gives its weights."""
    torch.manual_seed(7)
    spec = NetworkSpec("unet", 3, THEIRS)
    state = {name: value.half() for name, value in spec.build().state_dict().items()}
    model_file.save(tmp_path / "models" / "unet.safetensors", replace(spec, starter=True), state)
    monkeypatch.setattr(starters, "resources", lambda: tmp_path)
    return state


def same_body(state: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(v.float(), other[k]) for k, v in state.items() if not k.startswith("head"))


def test_a_network_begins_with_its_starter_under_a_fresh_head(shipped: dict[str, torch.Tensor]) -> None:
    spec, network = starters.begin(OURS)
    assert spec == OURS
    assert same_body(shipped, network.state_dict())
    assert network.state_dict()["head.weight"].shape[0] == 2
    assert network.state_dict()["head.weight"].dtype == torch.float32
    assert not torch.equal(network.state_dict()["head.weight"], shipped["head.weight"][:2].float())


@pytest.mark.parametrize(
    "spec",
    [
        replace(OURS, in_channels=5),
        replace(OURS, network="unet-32"),
        replace(OURS, normalisation="percentile"),
        replace(OURS, options={"depth": 3}),
    ],
)
def test_where_the_starter_does_not_fit_all_of_the_network_is_fresh(
    shipped: dict[str, torch.Tensor], spec: NetworkSpec
) -> None:
    ours, network = starters.begin(spec)
    assert ours == spec
    state = network.state_dict()
    first = state["down.0.0.weight"]
    assert first.shape[1] == spec.in_channels
    assert first.shape != shipped["down.0.0.weight"].shape or not torch.equal(
        first, shipped["down.0.0.weight"].float()
    )


def test_a_starter_normalises_in_its_own_way_unless_somebody_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = NetworkSpec("unet", 3, THEIRS, {"norm": "group"})
    state = theirs.build().state_dict()
    model_file.save(tmp_path / "models" / "unet.safetensors", replace(theirs, starter=True), state)
    monkeypatch.setattr(starters, "resources", lambda: tmp_path)
    spec, network = starters.begin(OURS)
    assert spec == replace(OURS, options={"norm": "group"})
    assert same_body(state, network.state_dict())
    (offer,) = (offer for offer in engine.networks() if offer.name == "unet")
    assert offer.options["norm"] == "group"
    for norm in ("fixed", "batch", "none"):
        said = replace(OURS, options={"norm": norm})
        spec, network = starters.begin(said)
        assert spec == said
        assert not torch.equal(network.state_dict()["down.0.0.weight"], state["down.0.0.weight"])


def learned(folder: Path, choice: ModelChoice) -> dict[str, torch.Tensor]:
    """The weights after a step that changes next to nothing: all is anchored to what is there."""
    request = replace(makers.request(folder, (makers.sample(folder, 1),), steps=1), start=choice)
    assert run(train(request)).accepted
    spec, network = model_file.load(request.out)
    assert not spec.starter
    assert spec.classes == makers.CLASSES
    return network.state_dict()


def test_a_first_round_starts_from_the_starter_unless_it_shall_not(
    tmp_path: Path, shipped: dict[str, torch.Tensor]
) -> None:
    def distance(choice: ModelChoice) -> float:
        state, name = learned(tmp_path, choice), "down.2.0.weight"
        return float((state[name] - shipped[name].float()).abs().mean())

    near = distance(ModelChoice(network="unet"))
    assert near < 0.1 * distance(ModelChoice(network="unet", bare=True))
    assert near == pytest.approx(distance(ModelChoice(file=tmp_path / "models" / "unet.safetensors")))


def test_what_is_shipped_fits_the_registry_and_is_small() -> None:
    files = sorted((resources() / "models").glob("*.safetensors"))
    assert DEFAULT in [file.stem for file in files]
    for file in files:
        spec = model_file.read_spec(file)
        assert file.stem == spec.network
        assert file.stem in REGISTRY
        assert spec.starter
        assert starters.starter_file(file.stem) == file
        assert starters.begin(NetworkSpec(file.stem, spec.in_channels, ("background", "cell")))[0] == replace(
            spec, classes=("background", "cell"), starter=False
        )
        assert file.stat().st_size < 8 * 2**20
        fresh = replace(spec, classes=("background", "cell"), starter=False)
        state = starters.begin(fresh)[1].state_dict()
        body = {k: v for k, v in state.items() if not k.startswith("head")}
        _, theirs = model_file.load(file)
        assert same_body(body, theirs.state_dict())
