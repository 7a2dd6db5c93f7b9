"""From a foreign checkpoint to a model of SegDesk's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch

from segdesk.core.errors import ModelError
from segdesk.core.translation import tr
from segdesk.nn import model_file
from segdesk.nn.foreign.families import recognise
from segdesk.nn.foreign.family import Family, Mapped, Source, UnlikeError, shapes_of
from segdesk.nn.foreign.reading import State, Weights, read_weights
from segdesk.nn.networks.blocks import Network
from segdesk.nn.spec import NetworkSpec

_SEED = 0


def convert(path: Path, out: Path, classes: tuple[str, ...], *, inverted: bool = False) -> NetworkSpec:
    """Read a checkpoint that another program wrote, and write it as a model of SegDesk's.

    classes: the project's, the background first. A checkpoint with one output gets the background and the
        first class; one with more must have as many outputs as there are classes.
    inverted: its single output is high in the background, as in networks that draw portraits.

    Raises:
        ModelError: the file cannot be read, is of no family that we know, or has other classes.
        SegdeskError: `out` cannot be written.
    """
    weights = read_weights(path)
    spec, state = _described(path, weights) or _foreign(path, weights, classes, inverted)
    model_file.save(out, spec, state)
    return spec


def _described(path: Path, weights: Weights) -> tuple[NetworkSpec, State] | None:
    """What we exported ourselves says what it is."""
    if weights.description is None:
        return None
    spec = NetworkSpec.from_json(weights.description)
    if shapes_of(weights.state) != shapes_of(_bare(spec, len(spec.classes)).state_dict()):
        raise _unlike(path, "SegDesk")
    return spec, weights.state


def _foreign(
    path: Path, weights: Weights, classes: tuple[str, ...], inverted: bool
) -> tuple[NetworkSpec, State]:
    family = recognise(shapes_of(weights.state), path.name)
    try:
        mapped = _mapped(family, weights)
    except UnlikeError as error:
        raise _unlike(path, family.name) from error
    spec = _spec(path, mapped, classes)
    bare = _bare(spec, mapped.outputs or len(spec.classes))
    state = mapped.state
    if mapped.outputs is None:
        state = {**_fresh(spec), **state}
    if shapes_of(state) != shapes_of(bare.state_dict()):
        raise _unlike(path, family.name)
    return spec, two_classes(state, bare.heads, inverted=inverted) if mapped.outputs == 1 else state


def _mapped(family: Family, weights: Weights) -> Mapped:
    source = Source(dict(weights.state))
    mapped = family.map(source)
    source.end()
    return mapped


def _spec(path: Path, mapped: Mapped, classes: tuple[str, ...]) -> NetworkSpec:
    names = classes if len(classes) > 1 else (tr("background"), tr("foreground"))
    if mapped.outputs == 1 or mapped.outputs is None:
        names = names[:2]
    elif mapped.outputs != len(classes):
        raise ModelError(
            tr(
                "{name} tells {theirs} classes apart besides the background, but the project has {ours}; "
                "give the project as many classes first."
            ).format(name=path.name, theirs=mapped.outputs - 1, ours=len(classes) - 1)
        )
    return NetworkSpec(
        mapped.network,
        mapped.in_channels,
        names,
        mapped.options,
        mapped.normalisation,
        starter=mapped.outputs is None,
    )


def _fresh(spec: NetworkSpec) -> State:
    """What a backbone does not have, the same each time; until it has learned, all is background."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        network = spec.build()
    heads = tuple(f"{head}." for head in network.heads)
    state = network.state_dict()
    return {key: torch.zeros_like(value) if key.startswith(heads) else value for key, value in state.items()}


def _bare(spec: NetworkSpec, outputs: int) -> Network:
    """The network with this many outputs, and without any memory for its weights."""
    with torch.device("meta"):
        return replace(spec, classes=("",) * outputs).build()


def two_classes(state: State, heads: Mapping[str, int], *, inverted: bool = False) -> State:
    """Give a network of one output, whose sigmoid is the foreground's probability, two classes.

    The background's logit is always zero: of the logits (0, x), softmax gives sigmoid(x) to the foreground,
    exactly. What reads other outputs (a fusion of side outputs) goes on reading the foreground's alone.
    inverted: the one output is the background's instead.

    heads: as `Network.heads`.
    """
    widened = dict(state)
    place = 0 if inverted else 1
    for head, groups in heads.items():
        weight, bias = state[f"{head}.weight"], state[f"{head}.bias"]
        _, inside, *kernel = weight.shape
        wide = torch.zeros(2, inside * (2 if groups else 1), *kernel)
        if groups:
            wide[place, place::2] = weight[0]
        else:
            wide[place] = weight[0]
        widened[f"{head}.weight"] = wide
        widened[f"{head}.bias"] = torch.zeros(2).index_copy(0, torch.tensor([place]), bias)
    return widened


def _unlike(path: Path, family: str) -> ModelError:
    return ModelError(
        tr("{name} has the names of {family}, but other weights; choose another model.").format(
            name=path.name, family=family
        )
    )
