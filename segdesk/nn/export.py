"""Writing a model in forms that other programs read."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from segdesk.core.errors import ModelError
from segdesk.core.files import write_bytes
from segdesk.core.translation import tr
from segdesk.nn import devices, faults, model_file
from segdesk.nn.foreign.reading import DESCRIPTION
from segdesk.nn.networks.blocks import Network, freeze
from segdesk.nn.networks.opaque import OnnxProgram
from segdesk.nn.onnx_export import onnx_bytes
from segdesk.nn.spec import NetworkSpec

_CLOSE = 1e-5  # of the logits' size, by which another order of the same sums may differ
_SIZES = ((96, 128), (77, 170), (20, 90))  # of images at which a program is tried, traced at the first


def _pth(spec: NetworkSpec, network: Network) -> bytes:
    state = {name: value.contiguous() for name, value in network.state_dict().items()}
    data = io.BytesIO()
    torch.save({"state_dict": state, DESCRIPTION: spec.to_json()}, data)
    return data.getvalue()


def _torchscript(spec: NetworkSpec, network: Network) -> bytes:
    freeze(network)
    data = io.BytesIO()
    with warnings.catch_warnings(), torch.inference_mode():
        # What tracing warns of is found out below, by comparing.
        warnings.simplefilter("ignore")
        program = torch.jit.trace(network, _example(spec, *_SIZES[0]), check_trace=False)  # type: ignore[no-untyped-call]
        for size in _SIZES:
            x = _example(spec, *size)
            ours, theirs = network(x), program(x)
            if ours.shape != theirs.shape or (ours - theirs).abs().max() > _CLOSE * (1 + ours.abs().max()):
                raise RuntimeError("another result")
        torch.jit.save(program, data, _extra_files={DESCRIPTION: spec.to_json()})
    return data.getvalue()


def _example(spec: NetworkSpec, height: int, width: int) -> Tensor:
    return torch.rand(1, spec.in_channels, height, width)


# Each gives a model's bytes, since the libraries' own writing tells of a full disk by errors of their own;
# raises RuntimeError where it would not be the same model.
FORMATS: dict[str, Callable[[NetworkSpec, Network], bytes]] = {
    "pth": _pth,
    "torchscript": _torchscript,
    "onnx": onnx_bytes,
}


@faults.told()
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
        data = FORMATS[form](spec, network)
    except RuntimeError as error:
        if devices.out_of_memory(error):
            raise  # which is no matter of the format
        raise ModelError(
            tr("The network '{network}' cannot be written exactly as {form}; choose another format.").format(
                network=spec.network, form=form
            )
        ) from error
    write_bytes(target, data)
