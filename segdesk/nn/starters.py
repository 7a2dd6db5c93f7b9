"""Starter models: weights that come with SegDesk, so that the first strokes of a project go further.

They were trained on pictures drawn by code alone (packaging/train_starter.py), never on anybody's images.
"""

from __future__ import annotations

from pathlib import Path

from segdesk.core.paths import resources
from segdesk.nn import model_file
from segdesk.nn.networks.blocks import Network
from segdesk.nn.spec import NetworkSpec


def starter_file(network: str) -> Path | None:
    """The starter model of a network of the registry; None where there is none."""
    file = resources() / "models" / f"{network}.safetensors"
    return file if file.is_file() else None


def begin(spec: NetworkSpec) -> Network:
    """A network to learn with: from the starter that fits, whose head is fresh, or else all of it fresh."""
    file = starter_file(spec.network)
    if file is not None:
        theirs, network = model_file.load(file, spec.classes)
        if theirs == spec:
            return network
    return spec.build()
