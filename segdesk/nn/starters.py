"""Starter models: weights that come with SegDesk, so that the first strokes of a project go further.

They were trained on pictures drawn by code alone (packaging/train_starter.py), never on anybody's images.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from segdesk.core.paths import resources
from segdesk.nn import model_file
from segdesk.nn.networks import registry
from segdesk.nn.networks.blocks import Network
from segdesk.nn.spec import NetworkSpec


def starter_file(network: str) -> Path | None:
    """The starter model of a network of the registry; None where there is none."""
    file = resources() / "models" / f"{network}.safetensors"
    return file if file.is_file() else None


def begin(spec: NetworkSpec, *, bare: bool = False) -> tuple[NetworkSpec, Network]:
    """A network to learn with, and its spec: from the starter that fits, whose head is fresh, or all fresh.

    bare: with random weights even where a starter fits. The spec then names what such a network begins with.
    """
    file = None if bare else starter_file(spec.network)
    if file is not None:
        theirs, network = model_file.load(file, spec.classes)
        if theirs == spec:
            return spec, network
    fresh = replace(spec, options={**registry.fresh_options(spec.network), **spec.options})
    return fresh, fresh.build()
