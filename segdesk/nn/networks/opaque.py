"""A program in an ONNX file as a network: it predicts through ONNX Runtime, and cannot learn."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import Tensor, nn

from segdesk.core.errors import ModelError
from segdesk.core.translation import tr
from segdesk.nn.networks.blocks import Network

_EPS = 1e-7


def open_session(data: bytes) -> Any:
    """A session of ONNX Runtime for the bytes of a file.

    Raises:
        ModelError: ONNX Runtime is not installed.
        ValueError: the file is damaged, or is of a kind that ONNX Runtime does not run.
    """
    if importlib.util.find_spec("onnxruntime") is None:
        raise ModelError(
            tr("This ONNX model needs ONNX Runtime to predict; install it with {command}.").format(
                command='pip install "segdesk[onnx]"'
            )
        )
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 4  # its errors come as exceptions as well
    try:
        return onnxruntime.InferenceSession(data, settings, providers=["CPUExecutionProvider"])
    except _failures() as error:
        raise ValueError(str(error)) from error


def _failures() -> tuple[type[BaseException], ...]:
    """What ONNX Runtime raises: its own exceptions are siblings, with no other class above them."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    own = [each for each in vars(state).values() if isinstance(each, type) and issubclass(each, Exception)]
    return RuntimeError, ValueError, *own


class OnnxProgram(Network):
    """Runs a program whose input is (B, in_channels, H, W) float32 and whose output is (B, outputs, h, w).

    size: bytes of the file, which is the one parameter.   outputs: channels of the program's output; where
    there is one fewer than classes, the background has none.
    values: what the program's outputs are: "logits", or probabilities by "softmax" or "sigmoid".
    fixed: it takes images of one size only.   inverted: its one output is the background's.
    """

    def __init__(
        self,
        in_channels: int,
        classes: int,
        *,
        size: int,
        outputs: int,
        values: str = "logits",
        fixed: bool = False,
        inverted: bool = False,
    ) -> None:
        super().__init__(in_channels, classes)
        self.file = nn.Parameter(torch.zeros(size, dtype=torch.uint8), requires_grad=False)
        self.stride = self.least = 1 if fixed else 32  # what most networks want, where nothing is said
        self._outputs, self._values, self._inverted = outputs, values, inverted
        self._session: Any = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_session": None}  # a copy opens its own

    def data(self) -> bytes:
        """The file."""
        return self.file.detach().cpu().numpy().tobytes()

    def logits(self, x: Tensor) -> list[Tensor]:
        said = [self.said(image) for image in x.float().cpu().numpy()]
        y = torch.from_numpy(np.concatenate(said)).to(x.device)
        if self._values == "softmax" and self._outputs > 1:
            y = y.clamp(_EPS, 1).log()
        elif self._values != "logits":
            y = torch.logit(y, _EPS)
        if y.shape[-2:] != x.shape[-2:]:
            y = functional.interpolate(y, x.shape[-2:], mode="bilinear", align_corners=False)
        if self._outputs < self.classes:
            y = torch.cat([torch.zeros_like(y[:, :1]), -y if self._inverted else y], 1)
        return [y]

    def use(self, session: Any) -> None:
        """Run this session rather than the file's own."""
        self._session = session

    def said(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """The program's first output of images, (1, outputs, h, w), for one image (channels, H, W).

        Raises:
            ModelError: it does not take the size, or has no such output; or ONNX Runtime is not installed.
        """
        if self._session is None:
            self._session = open_session(self.data())
        name = self._session.get_inputs()[0].name
        failures: tuple[type[BaseException], ...] = (*_failures(), StopIteration)
        try:
            said = next(
                each
                for each in self._session.run(None, {name: np.ascontiguousarray(image)[None]})
                if getattr(each, "ndim", 0) == 4
            )
        except failures as error:
            raise ModelError(
                tr(
                    "The ONNX model cannot predict an image of {width} x {height}; give its recipe the size "
                    "that it wants."
                ).format(width=image.shape[2], height=image.shape[1])
            ) from error
        return np.asarray(said, np.float32)
