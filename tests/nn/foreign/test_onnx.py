"""ONNX files of U2-Net become models that can be trained again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from segdesk.core.errors import ModelError
from segdesk.nn import model_file
from segdesk.nn.foreign.convert import convert
from tests.nn.foreign.originals import SMALL, Original, u2net

CLASSES = ("background", "object")


class Folded(Original):
    """As an exporter leaves it: the normalisations have gone into the convolutions."""

    def norm(self, name: str, x: Tensor) -> Tensor:
        return x


def varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def message(*fields: tuple[int, int | str | bytes]) -> bytes:
    """A protocol buffer of these fields."""
    found = b""
    for number, value in fields:
        if isinstance(value, int):
            found += varint(number << 3) + varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            found += varint(number << 3 | 2) + varint(len(data)) + data
    return found


def onnx(state: dict[str, Tensor], *, operator: str = "Conv", packed: bool = False) -> bytes:
    """Convolutions in the order of the state, with numbered tensors, the tensors first in the file."""
    nodes, tensors = b"", b""
    for number, value in enumerate(state.values()):
        dims = [(1, b"".join(map(varint, value.shape)))] if packed else [(1, n) for n in value.shape]
        data = np.ascontiguousarray(value.numpy()).astype("<f4").tobytes()
        tensors += message((5, message(*dims, (2, 1), (8, f"t{number}"), (4 if packed else 9, data))))
        if value.ndim == 4:
            inputs = [(1, f"x{number}"), (1, f"t{number}"), (1, f"t{number + 1}")]
            nodes += message((1, message(*inputs, (2, f"y{number}"), (4, operator))))
            nodes += message((1, message((1, f"y{number}"), (2, f"z{number}"), (4, "Relu"))))
    return message((1, 8), (2, "exporter"), (7, tensors + nodes), (8, message((2, 11))))


def folded(classes: int = 1) -> tuple[Folded, Tensor]:
    made, x = Folded(), torch.randn(1, 3, 77, 69, generator=torch.Generator().manual_seed(1))
    u2net(8, classes, SMALL)(made, x)
    return made, x


@pytest.mark.parametrize("packed", [False, True])
def test_it_says_the_same_and_learns(packed: bool, tmp_path: Path) -> None:
    made, x = folded()
    (tmp_path / "u2netp.onnx").write_bytes(onnx(made.state, packed=packed))
    spec = convert(tmp_path / "u2netp.onnx", tmp_path / "m.safetensors", CLASSES)
    assert (spec.network, spec.normalisation) == ("u2net-small", "imagenet-max")
    _, network = model_file.load(tmp_path / "m.safetensors")
    with torch.inference_mode():
        for ours, theirs in zip(network.eval().outputs(x), u2net(8, 1, SMALL)(made, x), strict=True):
            assert (ours[:, 1:] - theirs).abs().max() <= 1e-6 * max(1.0, float(theirs.abs().max()))
    torch.autograd.backward(network.train()(torch.randn(2, 3, 64, 64)).square().mean())
    assert all(p.grad is not None for p in network.parameters())


def test_other_networks_and_broken_files(tmp_path: Path) -> None:
    path, out = tmp_path / "x.onnx", tmp_path / "m.safetensors"
    whole = folded()[0].state
    few = dict(list(whole.items())[:20])
    for data in (onnx(few), onnx(whole, operator="ConvTranspose"), b""):
        path.write_bytes(data)
        with pytest.raises(ModelError, match=r"is no U2-Net|is damaged"):
            convert(path, out, CLASSES)
    data = onnx(whole)
    random = np.random.default_rng(0)
    for broken in (data[:1000], data[:-1], b"\xff" * 30, *(random.bytes(200) for _ in range(30))):
        path.write_bytes(broken)
        with pytest.raises(ModelError, match=r"x\.onnx"):
            convert(path, out, CLASSES)
    assert not out.exists()
