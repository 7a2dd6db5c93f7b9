"""The one door into this room: what the window's worker and the command line use, and nothing else."""

from __future__ import annotations

from pathlib import Path

from segdesk.core.jobs import Offer
from segdesk.nn import model_file
from segdesk.nn.devices import devices
from segdesk.nn.networks.registry import DEFAULT, REGISTRY
from segdesk.nn.predict import predict
from segdesk.nn.spec import NetworkSpec
from segdesk.nn.train import train

DEFAULT_NETWORK = DEFAULT


def networks() -> list[Offer]:
    """The networks of the registry, the default first."""
    return [Offer(name, entry.description()) for name, entry in REGISTRY.items()]


def describe_model(path: Path) -> NetworkSpec:
    """What a model file holds; raises ModelError where it is none."""
    return model_file.read_spec(path)


__all__ = [
    "DEFAULT_NETWORK",
    "NetworkSpec",
    "describe_model",
    "devices",
    "networks",
    "predict",
    "train",
]
