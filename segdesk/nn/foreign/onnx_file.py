"""ONNX files of U2-Net, whose weights become trainable again.

An ONNX file is a protocol buffer (https://onnx.ai/onnx/repo-docs/IR.html), of which a few fields are needed:
the graph's nodes in the order in which they are computed, and its stored tensors. Exporters fold batch
normalisation into the convolutions and number the tensors, so that their order alone tells layers apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

State = dict[str, Tensor]

_HEIGHTS = {"1": 7, "2": 6, "3": 5, "4": 4, "5": 4, "6": 4, "5d": 4, "4d": 4, "3d": 5, "2d": 6, "1d": 7}
_EPS = 1e-5  # what BatchNorm2d adds to the variance

# Numbers of fields: of the model, its graph, a node, and a stored tensor.
_GRAPH, _NODE, _INITIALIZER = 7, 1, 5
_NODE_INPUT, _NODE_OPERATOR = 1, 4
_DIMS, _TYPE, _FLOATS, _NAME, _RAW, _ELSEWHERE = 1, 2, 4, 8, 9, 14
_TYPES: dict[int, np.dtype[Any]] = {1: np.dtype("<f4"), 10: np.dtype("<f2")}
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5


class NotU2NetError(ValueError):
    """A sound ONNX file of another network."""


def u2net_state(data: bytes) -> State:
    """The weights of an ONNX file of U2-Net under the official names, as a `.pth` file would have them.

    Each batch normalisation does nothing, until it is trained.

    Raises:
        NotU2NetError: the convolutions are not those of a U2-Net.
        ValueError, IndexError: the file is damaged.
    """
    convs: list[list[str]] = []
    stored: dict[str, memoryview] = {}
    for graph in _messages(memoryview(data), _GRAPH):
        for number, value in _fields(graph):
            if number == _NODE and isinstance(value, memoryview):
                inputs, operator = _node(value)
                if operator in ("BatchNormalization", "ConvTranspose"):
                    raise NotU2NetError(operator)
                if operator == "Conv":
                    convs.append(inputs)
            elif number == _INITIALIZER and isinstance(value, memoryview):
                stored[_name(value)] = value
    layers = list(_layers())
    if len(convs) != len(layers):
        raise NotU2NetError(f"{len(convs)} convolutions")
    state: State = {}
    for (name, normed), inputs in zip(layers, convs, strict=True):
        if len(inputs) < 2 or any(each not in stored for each in inputs[1:]):
            raise NotU2NetError(name)
        weight = _tensor(stored[inputs[1]])
        if weight.ndim != 4:
            raise NotU2NetError(name)
        outside = weight.shape[0]
        conv = f"{name}.conv_s1" if normed else name
        state[f"{conv}.weight"] = weight
        state[f"{conv}.bias"] = _tensor(stored[inputs[2]]) if len(inputs) > 2 else torch.zeros(outside)
        if normed:
            norm = f"{name}.bn_s1"
            state[f"{norm}.weight"] = torch.ones(outside)
            state[f"{norm}.bias"] = torch.zeros(outside)
            state[f"{norm}.running_mean"] = torch.zeros(outside)
            state[f"{norm}.running_var"] = torch.full((outside,), 1.0 - _EPS)
    return state


def _layers() -> Iterator[tuple[str, bool]]:
    """All convolutions in the order of the forward pass: the official name, and whether it is normalised."""
    for stage, height in _HEIGHTS.items():
        parts = ["in", *map(str, range(1, height + 1)), *(f"{n}d" for n in range(height - 1, 0, -1))]
        yield from ((f"stage{stage}.rebnconv{part}", True) for part in parts)
    yield from ((f"side{number}", False) for number in range(1, 7))
    yield "outconv", False


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of a message: their numbers, and a number or bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        if kind == _BYTES:
            length, at = _varint(message, at)
        elif kind in (_EIGHT, _FOUR):
            length = 8 if kind == _EIGHT else 4
        else:
            raise ValueError(f"field of kind {kind}")
        if at + length > len(message):
            raise ValueError("cut off")
        yield key >> 3, message[at : at + length]
        at += length


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise ValueError("number too long")


def _messages(message: memoryview, wanted: int) -> Iterator[memoryview]:
    return (value for number, value in _fields(message) if number == wanted and isinstance(value, memoryview))


def _node(message: memoryview) -> tuple[list[str], str]:
    inputs = [bytes(value).decode() for value in _messages(message, _NODE_INPUT)]
    operator = "".join(bytes(value).decode() for value in _messages(message, _NODE_OPERATOR))
    return inputs, operator


def _name(tensor: memoryview) -> str:
    return "".join(bytes(value).decode() for value in _messages(tensor, _NAME))


def _tensor(message: memoryview) -> Tensor:
    shape: list[int] = []
    data: memoryview | None = None
    kind = _TYPES[1]
    for number, value in _fields(message):
        if number == _DIMS:
            shape += [value] if isinstance(value, int) else _varints(value)
        elif number == _TYPE and isinstance(value, int):
            if value not in _TYPES:
                raise NotU2NetError(f"numbers of type {value}")
            kind = _TYPES[value]
        elif number in (_FLOATS, _RAW) and isinstance(value, memoryview):
            data = value
        elif number == _ELSEWHERE and value:
            raise NotU2NetError("weights in another file")
    if data is None or math.prod(shape) * kind.itemsize != len(data):
        raise ValueError("a tensor without its numbers")
    values = np.frombuffer(data, kind).astype(np.float32).reshape(shape)
    return torch.from_numpy(values)


def _varints(packed: memoryview) -> list[int]:
    found, at = [], 0
    while at < len(packed):
        value, at = _varint(packed, at)
        found.append(value)
    return found
