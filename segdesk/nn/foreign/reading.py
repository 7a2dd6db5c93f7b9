"""Reading a foreign file of weights without running anything that is in it."""

from __future__ import annotations

import pickle
import struct
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from segdesk.core.errors import ModelError
from segdesk.core.limits import raised
from segdesk.core.translation import tr
from segdesk.nn.foreign.onnx_file import NotU2NetError, u2net_state

State = dict[str, Tensor]
DESCRIPTION = "segdesk"  # where our own exports keep the model's description

_LARGEST = 4 << 30  # bytes; the largest network that we know has 0.6 GB
_WRAPPERS = ("state_dict", "model_state_dict", "model", "net", "network")
_PREFIXES = ("module.", "_orig_mod.", "model.", "net.")
_ZIP, _PICKLE = b"PK\x03\x04", b"\x80"

# What the readers of damaged files are known to raise.
_DAMAGE = (
    SafetensorError,
    pickle.UnpicklingError,
    zipfile.BadZipFile,
    struct.error,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,  # and UnicodeDecodeError, which is one
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    AssertionError,
    OverflowError,
    MemoryError,
)


class OtherOnnxError(ModelError):
    """A sound ONNX file whose weights are not known to be of a network of ours."""


@dataclass(frozen=True)
class Weights:
    """The tensors of a file by name, and the description that SegDesk gave them, if it wrote the file."""

    state: State
    description: str | None = None


def read_weights(path: Path) -> Weights:
    """Read a `.pth` (zip or legacy), `.pt`, `.ckpt`, `.safetensors` or U2-Net's `.onnx` file.

    Pickles are read with torch's restricted reader, which makes tensors and plain containers and calls
    nothing else. Wrappers ("state_dict" and the like) and prefixes ("module.") are taken off; values that
    are no tensors are left out; floating point becomes float32.

    Raises:
        ModelError: there is no such file, it is damaged or too large, holds no weights, or more than weights.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(9)
    except FileNotFoundError as error:
        raise ModelError(tr("There is no model {path}; choose another one.").format(path=path)) from error
    except OSError as error:
        raise ModelError(
            tr("The model file {name} cannot be read ({reason}); choose another one.").format(
                name=path.name, reason=error.strerror or error
            )
        ) from error
    if size > raised(_LARGEST):
        raise ModelError(
            tr(
                "{name} is larger than any model should be;"
                " choose another one, or raise the limit in the settings."
            ).format(name=path.name)
        )
    if path.suffix.lower() == ".onnx":
        return _checked(path, _onnx(path))
    if head.startswith((_ZIP, _PICKLE)):
        return _checked(path, _unpickled(path, head))
    if head[8:9] == b"{":
        return _checked(path, _safetensors(path))
    raise ModelError(
        tr("{name} is no file of weights that SegDesk can read; choose another one.").format(name=path.name)
    )


def _safetensors(path: Path) -> Any:
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except _DAMAGE as error:
        raise _damaged(path) from error


def _onnx(path: Path) -> Any:
    try:
        return u2net_state(path.read_bytes())
    except NotU2NetError as error:
        raise OtherOnnxError(
            tr("{name} is no U2-Net; of ONNX files, SegDesk can load only those of U2-Net.").format(
                name=path.name
            )
        ) from error
    except _DAMAGE as error:
        raise _damaged(path) from error


def _unpickled(path: Path, head: bytes) -> Any:
    try:
        if head.startswith(_ZIP):
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
            if any(name.endswith("/constants.pkl") for name in names):
                raise ModelError(
                    tr("{name} is a TorchScript program; save its weights (state_dict) instead.").format(
                        name=path.name
                    )
                )
            if not any(name.endswith("/data.pkl") for name in names):
                raise ModelError(
                    tr("{name} is no file of weights that SegDesk can read; choose another one.").format(
                        name=path.name
                    )
                )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as that a pickle is newer than torch's own
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if "Unsupported" in str(error) or "GLOBAL" in str(error):
            raise ModelError(
                tr(
                    "{name} holds more than weights, and reading it could run a program, so it was not read; "
                    "save its weights alone (state_dict)."
                ).format(name=path.name)
            ) from error
        raise _damaged(path) from error
    except _DAMAGE as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> ModelError:
    return ModelError(tr("{name} is damaged or incomplete; get the file again.").format(name=path.name))


def _checked(path: Path, found: Any) -> Weights:
    found, description = _unwrapped(found)
    if not isinstance(found, Mapping):
        found = {}
    state = {str(key): value for key, value in found.items() if isinstance(value, Tensor)}
    if not state:
        raise ModelError(tr("{name} holds no weights; choose another file.").format(name=path.name))
    if not all(_is_plain(value) for value in state.values()):
        raise _damaged(path)
    while prefix := next((p for p in _PREFIXES if all(key.startswith(p) for key in state)), None):
        state = {key[len(prefix) :]: value for key, value in state.items()}
    return Weights(
        {key: value.float() if value.is_floating_point() else value for key, value in state.items()},
        description,
    )


def _unwrapped(found: Any) -> tuple[Any, str | None]:
    description = None
    for _ in range(4):  # nobody wraps deeper, and a file could be its own wrapper
        if not isinstance(found, Mapping):
            break
        if isinstance(said := found.get(DESCRIPTION), str):
            description = said
        inner = next((found[key] for key in _WRAPPERS if isinstance(found.get(key), Mapping)), None)
        if inner is None:
            break
        found = inner
    return found, description


def _is_plain(tensor: Tensor) -> bool:
    """Whether each number is stored: a few bytes could claim to be a tensor larger than the memory."""
    return (
        tensor.layout == torch.strided
        and tensor.device.type == "cpu"
        and not tensor.is_quantized
        and not tensor.is_complex()
        and tensor.numel() * tensor.element_size() <= tensor.untyped_storage().nbytes()
    )
