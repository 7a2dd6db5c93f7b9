"""Writing a model as ONNX, which other programs run without PyTorch."""

from __future__ import annotations

import importlib.util
import io
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from segdesk.core.errors import ModelError
from segdesk.core.translation import tr
from segdesk.nn.foreign.reading import DESCRIPTION
from segdesk.nn.networks.blocks import Network, freeze
from segdesk.nn.spec import NetworkSpec

IMAGE, PROBABILITIES = "image", "probabilities"
_OPSET = 17
_CLOSE = 1e-4  # how far probabilities may differ in the mean; single ones where rounding is magnified, more
_SIZES = ((96, 128), (77, 170), (20, 90))  # of images at which the file is tried, traced at the first


class _Probabilities(nn.Module):
    """A network and what turns its logits into probabilities."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        return self.network.probabilities(self.network(x))


@contextmanager
def _flooring() -> Iterator[None]:
    """Let the exporter divide whole numbers downward, as Python does: ONNX's own division goes toward zero.

    Networks reckon with sides in this way, such as -(-side // 16) for rounding up.
    """

    def divide(graph: Any, a: Any, b: Any) -> Any:
        return graph.op("Div", graph.op("Sub", a, graph.op("Mod", a, b)), b)

    exporter: Any = torch.onnx  # which does not say that it exports these two, though they are documented
    exporter.register_custom_op_symbolic("aten::floor_divide", divide, _OPSET)
    try:
        yield
    finally:
        exporter.unregister_custom_op_symbolic("aten::floor_divide", _OPSET)


def onnx_bytes(spec: NetworkSpec, network: Network) -> bytes:
    """A file from prepared images (B, channels, H, W) to probabilities (B, classes, H, W), any B, H, W.

    Its metadata say how images are prepared: "segdesk" (the model's description as JSON), "classes" (their
    names as JSON, by index) and "normalisation". Where ONNX Runtime is there, its result is compared first.

    Raises:
        ModelError: the package `onnx` is not installed.
        RuntimeError: the file would not give the same result.
    """
    if importlib.util.find_spec("onnx") is None:
        raise ModelError(
            tr("Writing ONNX needs a package more; install it with {command}.").format(
                command="pip install onnx onnxruntime"
            )
        )
    import onnx

    whole = _Probabilities(freeze(network)).eval()
    sides = {0: "batch", 2: "height", 3: "width"}
    data = io.BytesIO()
    exporter: Any = torch.onnx  # its types know of files by name alone
    with warnings.catch_warnings(), torch.inference_mode(), _flooring():
        # What tracing warns of is found out below, by comparing.
        warnings.simplefilter("ignore")
        exporter.export(
            whole,
            (_example(spec, *_SIZES[0]),),
            data,
            dynamo=False,  # the other exporter fixes the size where Python reckons with it
            opset_version=_OPSET,
            input_names=[IMAGE],
            output_names=[PROBABILITIES],
            dynamic_axes={IMAGE: sides, PROBABILITIES: sides},
        )
    model = onnx.load_from_string(data.getvalue())
    about = {
        DESCRIPTION: spec.to_json(),
        "classes": json.dumps(spec.classes),
        "normalisation": spec.normalisation,
    }
    onnx.helper.set_model_props(model, about)
    onnx.checker.check_model(model)
    whole_file: bytes = model.SerializeToString()
    if importlib.util.find_spec("onnxruntime") is not None:
        _compare(spec, whole, whole_file)
    return whole_file


def _compare(spec: NetworkSpec, whole: nn.Module, file: bytes) -> None:
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 4  # its errors come as exceptions as well
    try:
        session = onnxruntime.InferenceSession(file, settings, providers=["CPUExecutionProvider"])
        for size in _SIZES:
            x = _example(spec, *size)
            with torch.inference_mode():
                ours = whole(x)
            theirs = torch.from_numpy(session.run([PROBABILITIES], {IMAGE: x.numpy()})[0])
            if ours.shape != theirs.shape or (ours - theirs).abs().mean() > _CLOSE:
                raise RuntimeError("another result")
    except onnxruntime.capi.onnxruntime_pybind11_state.Fail as error:
        raise RuntimeError("it does not run") from error


def _example(spec: NetworkSpec, height: int, width: int) -> Tensor:
    return torch.rand(1, spec.in_channels, height, width, generator=torch.Generator().manual_seed(0))
