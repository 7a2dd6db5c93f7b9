"""Networks that other packages bring."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from segdesk.core.errors import ModelError
from segdesk.nn import engine, model_file
from segdesk.nn.networks import extensions, registry
from segdesk.nn.spec import NetworkSpec

MODULE = '''
import torch
from segdesk.nn.networks.blocks import Network
from segdesk.nn.networks.entry import Entry

class Wrapped(Network):
    """Any module of another library in our frame; it wants sides that 8 divides."""

    stride = 8
    heads = {"inner.2": 0}

    def __init__(self, in_channels, classes, *, width=4):
        super().__init__(in_channels, classes)
        self.inner = torch.nn.Sequential(
            torch.nn.Conv2d(in_channels, width, 8, stride=8),
            torch.nn.ReLU(),
            torch.nn.ConvTranspose2d(width, classes, 8, stride=8),
        )

    def logits(self, x):
        return [self.inner(x)]

entry = Entry(Wrapped, lambda: "Somebody's network", {"width": 6})
shadow = Entry(Wrapped, lambda: "Not U-Net")

def make():
    return entry

def explode():
    raise ZeroDivisionError("boom")

number = 3

def none():
    return None

class Strange:
    def __init__(self, in_channels, classes):
        pass

strange = Entry(Strange, lambda: "No network at all")
'''

POINTS = """[segdesk.networks]
theirs = fake_networks:entry
made = fake_networks:make
unet = fake_networks:shadow
gone = no_such_package_of_networks:entry
missing = fake_networks:nothing
broken = fake_networks:explode
odd = fake_networks:number
empty = fake_networks:none
strange = fake_networks:strange
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installed package that brings good and bad networks."""
    (tmp_path / "fake_networks.py").write_text(MODULE)
    facts = tmp_path / "fake_networks-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: fake-networks\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(tmp_path)
    extensions.forget()
    yield tmp_path
    extensions.forget()
    sys.modules.pop("fake_networks", None)


@pytest.mark.usefixtures("package")
def test_they_stand_behind_ours() -> None:
    names = list(registry.entries())
    assert names[: len(registry.REGISTRY)] == list(registry.REGISTRY)
    assert set(names[len(registry.REGISTRY) :]) == {"theirs", "made", "strange"}
    assert registry.entries()["theirs"].description() == "Somebody's network"


@pytest.mark.parametrize("name", ["theirs", "made"])
@pytest.mark.usefixtures("package")
def test_they_are_built_saved_and_loaded_like_ours(name: str, tmp_path: Path) -> None:
    spec = NetworkSpec(name, 3, ("background", "thing"), {"width": 5})
    network = spec.build()
    x = torch.randn(1, 3, 21, 34)
    assert network(x).shape == (1, 2, 21, 34)
    model_file.save(tmp_path / "m.safetensors", spec, network.state_dict())
    _, again = model_file.load(tmp_path / "m.safetensors")
    assert torch.equal(network(x), again(x))


@pytest.mark.usefixtures("package")
def test_ours_win_and_what_fails_is_said_in_one_sentence_each() -> None:
    assert registry.entries()["unet"] is registry.REGISTRY["unet"]
    problems = registry.problems()
    assert len(problems) == 6
    for name in ("unet", "gone", "missing", "broken", "odd", "empty"):
        assert sum(f"'{name}'" in problem for problem in problems) == 1


@pytest.mark.parametrize("name", ["gone", "missing", "broken", "odd", "empty", "strange"])
@pytest.mark.usefixtures("package")
def test_asking_for_one_that_fails_says_why(name: str) -> None:
    with pytest.raises(ModelError, match=name):
        registry.build(name, 3, 2, {})


@pytest.mark.usefixtures("package")
def test_unknown_names_are_told_apart_from_theirs() -> None:
    with pytest.raises(ModelError, match=r"no network called 'magic'.*theirs"):
        registry.build("magic", 3, 2, {})


@pytest.mark.usefixtures("package")
def test_nothing_of_theirs_is_imported_for_a_network_of_ours() -> None:
    registry.build("unet", 1, 2, {"width": 4})
    assert "fake_networks" not in sys.modules
    registry.build("theirs", 1, 2, {})
    assert "fake_networks" in sys.modules


@pytest.mark.usefixtures("package")
def test_the_engine_offers_them_and_tells_what_fails() -> None:
    names = [offer.name for offer in engine.networks()]
    assert names[0] == engine.DEFAULT_NETWORK
    assert "theirs" in names and "broken" not in names
    assert engine.network_problems() == registry.problems()
