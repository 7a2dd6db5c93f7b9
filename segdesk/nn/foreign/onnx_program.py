"""Any ONNX file that segments images, as a model that predicts."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import torch

from segdesk.core.errors import ModelError
from segdesk.core.translation import tr
from segdesk.nn.foreign.reading import DESCRIPTION, State
from segdesk.nn.networks.opaque import OnnxProgram, open_session
from segdesk.nn.networks.registry import OPAQUE
from segdesk.nn.preparation import PLAIN, Preparation
from segdesk.nn.spec import NetworkSpec

_SIDE = 256  # of the image that a program of any size is tried on
_GRAY, _COLOUR = 1, 3


def program(
    path: Path, classes: tuple[str, ...], *, inverted: bool = False, output: str = ""
) -> tuple[NetworkSpec, State]:
    """Try an ONNX file and tell what it is: one input (N, C, H, W), and first an output (N, outputs, h, w).

    Its recipe is a guess (colours from 0 to 1) unless SegDesk wrote the file. Whether its outputs are
    probabilities shows in their values.

    classes: of the project, the background first; none leaves them without names.   inverted, output: as in
    segdesk.nn.foreign.convert.

    Raises:
        ModelError: the file is damaged or does something else, or ONNX Runtime is not installed.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(tr("{name} cannot be read; choose another file.").format(name=path.name)) from error
    if importlib.util.find_spec("onnxruntime") is None:
        raise ModelError(
            tr("{name} is no U2-Net; other ONNX models need ONNX Runtime: {command}.").format(
                name=path.name, command='pip install "segdesk[onnx]"'
            )
        )
    try:
        session = open_session(data)
    except ValueError as error:
        raise ModelError(
            tr("{name} is damaged, or ONNX Runtime cannot run it; get the file again.").format(name=path.name)
        ) from error
    own = session.get_modelmeta().custom_metadata_map.get(DESCRIPTION)
    described = NetworkSpec.from_json(own) if own is not None else None
    channels, height, width = _input(path, session)
    network = OnnxProgram(channels, 1, size=0, outputs=1, fixed=bool(height))
    network.use(session)
    noise = np.random.default_rng(0).random((1, channels, height or _SIDE, width or _SIDE), np.float32)
    said = network.said(noise[0])
    outputs, values = said.shape[1], _values(said)
    names = (
        names_for(path, outputs, described.classes if described else classes, apart=output == "sigmoid")
        if classes or described
        else ("",) * max(2, outputs)
    )
    preparation = PLAIN
    if described:
        preparation = described.preparation
    elif height:
        preparation = Preparation(size="stretch", height=height, width=width)
    spec = NetworkSpec(
        OPAQUE,
        channels,
        names,
        {
            "size": len(data),
            "outputs": outputs,
            "values": values,
            "fixed": bool(height),
            "inverted": inverted and outputs == 1,
        },
        described.normalisation if described else "range",
        preparation=preparation.changed({"output": output} if output else {}),
    )
    return spec, {"file": torch.from_numpy(np.frombuffer(data, np.uint8).copy())}


def names_for(path: Path, outputs: int | None, classes: tuple[str, ...], *, apart: bool) -> tuple[str, ...]:
    """Which classes the outputs of a foreign network are: one is the first class, several are all of them.

    apart: there is none for the background.   outputs: None of a network that has none yet.

    Raises:
        ModelError: the project has other classes.
    """
    names = classes if len(classes) > 1 else (tr("background"), tr("foreground"))
    if outputs is None or outputs == 1:
        return names[:2]
    theirs = outputs if apart else outputs - 1
    if theirs != len(classes) - 1:
        raise ModelError(
            tr(
                "{name} tells {theirs} classes apart besides the background, but the project has {ours}; "
                "give the project as many classes first."
            ).format(name=path.name, theirs=theirs, ours=len(classes) - 1)
        )
    return names


def _input(path: Path, session: Any) -> tuple[int, int, int]:
    """Channels, height and width of what the program reads; the sides are 0 where any will do."""
    inputs = session.get_inputs()
    shape = list(inputs[0].shape) if len(inputs) == 1 else []
    if (
        len(shape) != 4
        or inputs[0].type != "tensor(float)"
        or (shape[0] not in (1, None) and not isinstance(shape[0], str))
    ):
        raise _other(path)
    channels, height, width = (each if isinstance(each, int) and each > 0 else 0 for each in shape[1:])
    if bool(height) != bool(width):
        raise _other(path)
    channels = channels or _COLOUR
    if channels > 64:  # images last: (N, H, W, C)
        raise _other(path)
    return channels, height, width


def _values(said: Any) -> str:
    """What a program's outputs are, from those for noise: logits go beyond 0 to 1."""
    if said.min() < 0 or said.max() > 1:
        return "logits"
    return "softmax" if said.shape[1] > 1 and np.allclose(said.sum(1), 1, atol=1e-3) else "sigmoid"


def _other(path: Path) -> ModelError:
    return ModelError(
        tr(
            "{name} does not read one image of shape (N, C, H, W), so it is no model that segments; choose "
            "another file."
        ).format(name=path.name)
    )
