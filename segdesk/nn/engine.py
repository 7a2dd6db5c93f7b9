"""The one door into this room: what the window's worker and the command line use, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from segdesk.core.jobs import ModelFacts, Offer
from segdesk.core.translation import tr
from segdesk.nn import model_file, starters
from segdesk.nn.devices import devices
from segdesk.nn.export import export_model
from segdesk.nn.foreign.convert import convert
from segdesk.nn.inspection import inspect_model
from segdesk.nn.networks import registry
from segdesk.nn.networks.registry import DEFAULT
from segdesk.nn.normalise import NORMALISERS
from segdesk.nn.onnx_usage import onnx_usage
from segdesk.nn.predict import predict
from segdesk.nn.preparation import CHOICES
from segdesk.nn.recipes import RECIPES
from segdesk.nn.spec import NetworkSpec
from segdesk.nn.train import train

DEFAULT_NETWORK = DEFAULT


def networks() -> list[Offer]:
    """The networks of the registry, the default first, with the options that a first round has."""
    return [
        Offer(name, entry.description(), {**registry.expert_options(entry), **starters.own_options(name)})
        for name, entry in registry.entries().items()
    ]


def network_problems() -> list[str]:
    """One sentence for each network of another package that cannot be offered."""
    return registry.problems()


def recipes() -> list[Offer]:
    """The recipes of a training, the default first."""
    words = {
        "corrections": tr("Corrections: what rounds use"),
        "large-crops": tr("Large crops: for large objects"),
        "tutorial": tr("Tutorial: plain, for complete masks"),
    }
    return [Offer(name, words.get(name, name)) for name in RECIPES]


def describe_model(path: Path) -> NetworkSpec:
    """What a model file holds; raises ModelError where it is none."""
    return model_file.read_spec(path)


def model_facts(path: Path) -> ModelFacts:
    """The same in a value that needs no torch to be read, for another process; raises ModelError."""
    spec = model_file.read_spec(path)
    return ModelFacts(spec.network, spec.classes)


def convert_model(
    path: Path, out: Path, classes: tuple[str, ...], inverted: bool = False, output: str = ""
) -> ModelFacts:
    """See segdesk.nn.foreign.convert; gives what `model_facts` says of the model then."""
    spec = convert(path, out, classes, inverted=inverted, output=output)
    return ModelFacts(spec.network, spec.classes)


def model_recipe(path: Path) -> dict[str, str | int | float]:
    """How a model's images are prepared and what its outputs mean; raises ModelError where it is none."""
    spec = model_file.read_spec(path)
    return {"normalisation": spec.normalisation, **asdict(spec.preparation)}


def change_recipe(path: Path, out: Path, changes: Mapping[str, str | int | float]) -> ModelFacts:
    """See segdesk.nn.model_file; gives what `model_facts` says of the model then."""
    spec = model_file.change_recipe(path, out, changes)
    return ModelFacts(spec.network, spec.classes)


def recipe_choices() -> dict[str, tuple[str, ...]]:
    """The values that each field of a model's recipe can have; of others, any number."""
    return {"normalisation": tuple(NORMALISERS), **CHOICES}


__all__ = [
    "DEFAULT_NETWORK",
    "NetworkSpec",
    "change_recipe",
    "convert_model",
    "describe_model",
    "devices",
    "export_model",
    "inspect_model",
    "model_facts",
    "model_recipe",
    "network_problems",
    "networks",
    "onnx_usage",
    "predict",
    "recipe_choices",
    "recipes",
    "train",
]
