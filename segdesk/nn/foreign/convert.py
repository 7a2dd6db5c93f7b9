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
from segdesk.nn.foreign.onnx_program import names_for, program
from segdesk.nn.foreign.reading import OtherOnnxError, State, Weights, read_weights
from segdesk.nn.networks.blocks import Network
from segdesk.nn.spec import NetworkSpec

_SEED = 0


def convert(
    path: Path, out: Path, classes: tuple[str, ...], *, inverted: bool = False, output: str = ""
) -> NetworkSpec:
    """Read a checkpoint that another program wrote, and write it as a model of SegDesk's.

    classes: the project's, the background first. A checkpoint with one output gets the background and the
        first class; one with more must have as many outputs as there are classes.
    inverted: its single output is high in the background, as in networks that draw portraits.
    output: what several outputs mean, one of segdesk.nn.preparation's OUTPUTS; "sigmoid" has none for the
        background, so there is one fewer than there are classes. "" leaves it to the family.

    An ONNX file of another network than U2-Net becomes a model that predicts, and cannot learn.

    Raises:
        ModelError: the file cannot be read, is of no family that we know, or has other classes.
        SegdeskError: `out` cannot be written.
    """
    try:
        weights = read_weights(path)
    except OtherOnnxError:
        spec, state = program(path, classes, inverted=inverted, output=output)
    else:
        spec, state = _described(path, weights) or _foreign(path, weights, classes, inverted, output)
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
    path: Path, weights: Weights, classes: tuple[str, ...], inverted: bool, output: str
) -> tuple[NetworkSpec, State]:
    family, mapped = understood(path, weights)
    spec = _spec(path, mapped, classes, output)
    bare = _bare(spec, mapped.outputs or len(spec.classes))
    state = mapped.state
    if mapped.outputs is None:
        state = {**_fresh(spec), **state}
    if shapes_of(state) != shapes_of(bare.state_dict()):
        raise _unlike(path, family.name)
    if mapped.outputs == 1 or (mapped.outputs is not None and output == "sigmoid"):
        state = with_background(state, bare.heads, inverted=inverted)
    return spec, state


def understood(path: Path, weights: Weights) -> tuple[Family, Mapped]:
    """Which family foreign weights are of, and what they are in our terms.

    Raises:
        ModelError: of none that SegDesk loads, or their shapes are not what the family has.
    """
    family = recognise(shapes_of(weights.state), path.name)
    source = Source(dict(weights.state))
    try:
        mapped = family.map(source)
        source.end()
    except UnlikeError as error:
        raise _unlike(path, family.name) from error
    if path.suffix.lower() == ".onnx" and mapped.preparation.whole:
        # The program that U2-Net's ONNX files are published for scales in its own way.
        mapped = replace(mapped, preparation=replace(mapped.preparation, filter="lanczos"))
    return family, mapped


def _spec(path: Path, mapped: Mapped, classes: tuple[str, ...], output: str) -> NetworkSpec:
    names = names_for(path, mapped.outputs, classes, apart=output == "sigmoid")
    preparation = mapped.preparation.changed({"output": output} if output else {})
    return NetworkSpec(
        mapped.network,
        mapped.in_channels,
        names,
        mapped.options,
        mapped.normalisation,
        starter=mapped.outputs is None,
        preparation=preparation,
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


def with_background(state: State, heads: Mapping[str, int], *, inverted: bool = False) -> State:
    """Put the background before the outputs of a network that has a sigmoid for each of its classes.

    Its logit is always zero: of the logits (0, x), softmax gives sigmoid(x) to x, exactly, and of several
    the most probable class is the largest whose sigmoid is over one half. What reads other outputs (a fusion
    of side outputs) goes on reading those of the classes alone.
    inverted: the one output is the background's instead, and the foreground's logit is zero.

    heads: as `Network.heads`.
    """
    widened = dict(state)
    for head, groups in heads.items():
        weight, bias = state[f"{head}.weight"], state[f"{head}.bias"]
        outside, inside, *kernel = weight.shape
        there = slice(0, 1) if inverted else slice(1, outside + 1)
        if groups:
            wide = torch.zeros(outside + 1, groups, outside + 1, *kernel)
            wide[there, :, there] = weight.reshape(outside, groups, outside, *kernel)
        else:
            wide = torch.zeros(outside + 1, inside, *kernel)
            wide[there] = weight
        widened[f"{head}.weight"] = wide.flatten(1, 2) if groups else wide
        widened[f"{head}.bias"] = torch.zeros(outside + 1)
        widened[f"{head}.bias"][there] = bias
    return widened


def _unlike(path: Path, family: str) -> ModelError:
    return ModelError(
        tr("{name} has the names of {family}, but other weights; choose another model.").format(
            name=path.name, family=family
        )
    )
