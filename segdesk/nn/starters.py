"""Starter models: weights that come with SegDesk, so that the first strokes of a project go further.

They were trained on pictures drawn by code alone (packaging/train_starter.py), never on anybody's images.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from segdesk.core.paths import resources
from segdesk.nn import model_file
from segdesk.nn.networks.blocks import Network
from segdesk.nn.networks.entry import Option
from segdesk.nn.spec import NetworkSpec


def starter_file(network: str) -> Path | None:
    """The starter model of a network of the registry; None where there is none."""
    file = resources() / "models" / f"{network}.safetensors"
    return file if file.is_file() else None


def own_options(network: str) -> dict[str, Option]:
    """How the starter of a network normalises, which holds unless somebody says how; {} without a starter."""
    file = starter_file(network)
    norm = model_file.read_spec(file).options.get("norm") if file is not None else None
    return {} if norm is None else {"norm": norm}


def begin(spec: NetworkSpec) -> tuple[NetworkSpec, Network]:
    """A network to learn with, and its spec: from the starter that fits, with a fresh head, or all fresh.

    Where the spec does not say how to normalise, the starter does.
    """
    file = starter_file(spec.network)
    if file is not None:
        theirs, network = model_file.load(file, spec.classes)
        if theirs == replace(spec, options={**own_options(spec.network), **spec.options}):
            return theirs, network
    return spec, spec.build()
