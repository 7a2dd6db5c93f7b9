"""Model files: safetensors whose metadata rebuild the network. Nothing is ever unpickled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as serialise
from torch import Tensor

from segdesk.core.errors import ModelError
from segdesk.core.files import write_bytes
from segdesk.core.translation import tr
from segdesk.nn.networks.blocks import Network, adopt
from segdesk.nn.normalise import NORMALISERS
from segdesk.nn.spec import NetworkSpec

_KEY = "segdesk"


def save(path: Path, spec: NetworkSpec, state: Mapping[str, Tensor]) -> None:
    """Write a model, all or nothing; the weights are stored as they are, on the processor.

    Raises:
        SegdeskError: the file cannot be written.
    """
    tensors = {name: value.detach().cpu().contiguous() for name, value in state.items()}
    # As bytes, since the library's own writing tells of a full disk by an error of its own.
    write_bytes(path, serialise(tensors, metadata={_KEY: spec.to_json()}))


def read_spec(path: Path) -> NetworkSpec:
    """What a model file holds, without its weights.

    Raises:
        ModelError: there is no such file, or it is no model of SegDesk's.
    """
    return _open(path, weights=False)[0]


def change_recipe(path: Path, out: Path, changes: Mapping[str, str | int | float]) -> NetworkSpec:
    """Write the same model with another recipe: fields of Preparation, and "normalisation".

    Raises:
        ModelError: the model cannot be read, or there is no such recipe.
        SegdeskError: `out` cannot be written.
    """
    spec, state = _open(path, weights=True)
    rest = dict(changes)
    normalisation = str(rest.pop("normalisation", spec.normalisation))
    if normalisation not in NORMALISERS:
        raise ModelError(
            tr("There is no normalisation '{name}'; choose one of {names}.").format(
                name=normalisation, names=", ".join(NORMALISERS)
            )
        )
    preparation = spec.preparation.changed(rest)
    if preparation.output == "saliency" and len(spec.classes) > 2:
        raise ModelError(tr("Saliency needs a model of one class; choose another output."))
    spec = replace(spec, normalisation=normalisation, preparation=preparation)
    save(out, spec, state)
    return spec


def is_starter(path: Path | None) -> bool:
    """Whether the model brings no classes of its own; raises ModelError as `read_spec` does."""
    return path is not None and read_spec(path).starter


def load(path: Path, classes: tuple[str, ...] | None = None) -> tuple[NetworkSpec, Network]:
    """Rebuild a network with its weights, on the processor.

    classes: names by index; where there are more than the model knows, its head is widened: the old outputs
        are kept and the new ones are fresh. Of a starter, all of the head is fresh.

    Raises:
        ModelError: there is no such file, it is no model of SegDesk's, or its weights do not fit its network.
    """
    spec, state = _open(path, weights=True)
    known = len(spec.classes)
    fresh = spec.starter and classes is not None
    if classes is not None:
        spec = replace(spec, classes=classes, starter=False)
    try:
        # Sizes are compared without any memory first: a damaged description could ask for all there is.
        with torch.device("meta"):
            bare = replace(spec, classes=spec.classes[:1] * known).build()
        if {k: v.shape for k, v in bare.state_dict().items()} != {k: v.shape for k, v in state.items()}:
            raise RuntimeError("other weights")
        network = spec.build()
        adopt(network, state, known, fresh_heads=fresh)
    except RuntimeError as error:
        raise ModelError(
            tr("The weights in {name} do not fit the network they name; choose another model.").format(
                name=path.name
            )
        ) from error
    return spec, network


def _open(path: Path, weights: bool) -> tuple[NetworkSpec, dict[str, Tensor]]:
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            metadata = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()} if weights else {}  # noqa: SIM118
    except FileNotFoundError as error:
        raise ModelError(tr("There is no model {path}; choose another one.").format(path=path)) from error
    except (SafetensorError, OSError) as error:
        raise ModelError(
            tr("{name} is not a model that SegDesk can read, or it is damaged; choose another one.").format(
                name=path.name
            )
        ) from error
    if _KEY not in metadata:
        raise ModelError(
            tr(
                "{name} was not made by SegDesk and does not say which network it is; choose another one."
            ).format(name=path.name)
        )
    return NetworkSpec.from_json(metadata[_KEY]), state
