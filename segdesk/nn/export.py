"""Writing a model in forms that other programs read."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from segdesk.core.errors import ModelError
from segdesk.core.files import atomic_write, write_bytes
from segdesk.core.translation import tr
from segdesk.nn import model_file
from segdesk.nn.foreign.reading import DESCRIPTION
from segdesk.nn.networks.blocks import Network, freeze
from segdesk.nn.networks.opaque import OnnxProgram
from segdesk.nn.onnx_export import write_onnx
from segdesk.nn.spec import NetworkSpec

_CLOSE = 1e-5  # of the logits' size, by which another order of the same sums may differ
_SIZES = ((96, 128), (77, 170), (20, 90))  # of images at which a program is tried, traced at the first


def _pth(spec: NetworkSpec, network: Network, temporary: Path) -> None:
    state = {name: value.contiguous() for name, value in network.state_dict().items()}
    torch.save({"state_dict": state, DESCRIPTION: spec.to_json()}, temporary)


def _torchscript(spec: NetworkSpec, network: Network, temporary: Path) -> None:
    freeze(network)
    with warnings.catch_warnings(), torch.inference_mode():
        # What tracing warns of is found out below, by comparing.
        warnings.simplefilter("ignore")
        program = torch.jit.trace(network, _example(spec, *_SIZES[0]), check_trace=False)  # type: ignore[no-untyped-call]
        for size in _SIZES:
            x = _example(spec, *size)
            ours, theirs = network(x), program(x)
            if ours.shape != theirs.shape or (ours - theirs).abs().max() > _CLOSE * (1 + ours.abs().max()):
                raise RuntimeError("another result")
        torch.jit.save(program, temporary, _extra_files={DESCRIPTION: spec.to_json()})


def _example(spec: NetworkSpec, height: int, width: int) -> Tensor:
    return torch.rand(1, spec.in_channels, height, width)


# Each writes a model to a temporary path; raises RuntimeError where it would not be the same model.
FORMATS: dict[str, Callable[[NetworkSpec, Network, Path], None]] = {
    "pth": _pth,
    "torchscript": _torchscript,
    "onnx": write_onnx,
}


def export_model(file: Path, target: Path, form: str) -> None:
    """Write a model file in another form, all or nothing.

    "pth": a dict with "state_dict" and "segdesk" (the model's description as JSON), for `torch.load` with
    `weights_only=True`; SegDesk imports it again. "torchscript": a program from prepared images (B, channels,
    H, W) float32 of any size to logits (B, classes, H, W), with the description as the extra file "segdesk".
    "onnx": see segdesk.nn.onnx_export.

    Raises:
        ModelError: the model cannot be read, or this form cannot say what its network does.
        SegdeskError: the target cannot be written.
    """
    spec, network = model_file.load(file)
    if isinstance(network, OnnxProgram):
        if form != "onnx":
            raise ModelError(tr("An ONNX model can be exported as ONNX only; choose that format."))
        write_bytes(target, network.data())
        return
    try:
        with atomic_write(target) as temporary:
            FORMATS[form](spec, network, temporary)
    except RuntimeError as error:
        raise ModelError(
            tr("The network '{network}' cannot be written exactly as {form}; choose another format.").format(
                network=spec.network, form=form
            )
        ) from error
