"""The one door into this room: what the window's worker and the command line use, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from segdesk.nn import model_file
from segdesk.nn.devices import Device, devices
from segdesk.nn.networks.registry import DEFAULT, REGISTRY
from segdesk.nn.predict import predict
from segdesk.nn.spec import NetworkSpec
from segdesk.nn.train import train

DEFAULT_NETWORK = DEFAULT


@dataclass(frozen=True)
class NetworkChoice:
    """A network that can be chosen: its name for requests, and plain words on what it is good for."""

    name: str
    description: str


def networks() -> list[NetworkChoice]:
    """The networks of the registry, the default first."""
    return [NetworkChoice(name, entry.description()) for name, entry in REGISTRY.items()]


def describe_model(path: Path) -> NetworkSpec:
    """What a model file holds; raises ModelError where it is none."""
    return model_file.read_spec(path)


__all__ = [
    "DEFAULT_NETWORK",
    "Device",
    "NetworkChoice",
    "NetworkSpec",
    "describe_model",
    "devices",
    "networks",
    "predict",
    "train",
]
