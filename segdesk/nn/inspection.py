"""What a model file is, before anything is done with it."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import torch

from segdesk.core.jobs import ModelReport
from segdesk.core.project.model_files import is_foreign
from segdesk.nn import model_file
from segdesk.nn.foreign.convert import understood
from segdesk.nn.foreign.onnx_program import program
from segdesk.nn.foreign.reading import OtherOnnxError, read_weights
from segdesk.nn.networks.registry import OPAQUE
from segdesk.nn.spec import NetworkSpec


def inspect_model(path: Path) -> ModelReport:
    """Recognise a model: one of SegDesk's by its description, others by names and shapes of their tensors.

    Raises:
        ModelError: there is no such file, or it cannot be loaded; the message names what it is where that
            is known.
    """
    if not is_foreign(path):
        return _own(model_file.read_spec(path))
    try:
        weights = read_weights(path)
    except OtherOnnxError:
        return replace(_own(program(path, ())[0]), family="ONNX", classes=())
    if weights.description is not None:
        return _own(NetworkSpec.from_json(weights.description))
    family, mapped = understood(path, weights)
    spec = NetworkSpec(
        mapped.network,
        mapped.in_channels,
        ("",) * (mapped.outputs or 1),
        mapped.options,
        mapped.normalisation,
        preparation=mapped.preparation,
    )
    return replace(
        _own(spec),
        family=family.name,
        classes=(),
        outputs=mapped.outputs or 0,
        starter=mapped.outputs is None,
        # Networks that cut out any object, cut out people, or draw portraits have all the same keys.
        unclear=mapped.network == "u2net" and mapped.outputs == 1 and family.name == "U2-Net",
    )


def _own(spec: NetworkSpec) -> ModelReport:
    with torch.device("meta"):
        parameters = sum(value.numel() for value in spec.build().parameters() if value.is_floating_point())
    return ModelReport(
        spec.network,
        spec.in_channels,
        len(spec.classes),
        parameters,
        spec.normalisation,
        classes=spec.classes,
        starter=spec.starter,
        preparation=asdict(spec.preparation),
        trainable=spec.network != OPAQUE,
    )
