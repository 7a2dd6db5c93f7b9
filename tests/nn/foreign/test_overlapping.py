"""Networks with a sigmoid a class, whose classes may overlap, and which have no output for the background."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from segdesk.core.errors import ModelError
from segdesk.nn import model_file
from segdesk.nn.foreign.convert import convert
from segdesk.nn.tiling import chances
from tests.nn.foreign import originals
from tests.nn.foreign.originals import SMALL, Original
from tests.nn.foreign.test_convert import state_of

CLASSES = ("background", "vessel", "nerve")
NETWORKS = {
    "U-Net": originals.numbered(4, 2, tutorial=True),
    "U2-Net, whose fusion reads all classes of all sides": originals.u2net(8, 2, SMALL),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_most_probable_class_above_one_half_counts(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segdesk.nn.devices.cpu_has_bfloat16", lambda: False)
    made, x = Original(), torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    NETWORKS[name](made, x)
    torch.save(made.state, tmp_path / "theirs.pth")
    spec = convert(tmp_path / "theirs.pth", tmp_path / "ours.safetensors", CLASSES, output="sigmoid")
    assert (spec.classes, spec.preparation.output) == (CLASSES, "sigmoid")
    with torch.inference_mode():
        theirs = NETWORKS[name](made, x)[0].sigmoid()[0].numpy()
    _, network = model_file.load(tmp_path / "ours.safetensors")
    said = chances(network.eval(), x[0].numpy())
    np.testing.assert_allclose(said[1:], theirs, atol=1e-5)
    labels = np.where(theirs.max(0) > 0.5, theirs.argmax(0) + 1, 0)
    clear = np.abs(theirs.max(0) - 0.5) > 1e-4
    assert np.array_equal(said.argmax(0)[clear], labels[clear])
    assert len(np.unique(labels)) == 3


def test_there_is_one_class_for_each_output(tmp_path: Path) -> None:
    torch.save(state_of(originals.numbered(4, 2, tutorial=True)), tmp_path / "theirs.pth")
    with pytest.raises(ModelError, match=r"tells 2 classes apart .* the project has 1"):
        convert(tmp_path / "theirs.pth", tmp_path / "ours.safetensors", CLASSES[:2], output="sigmoid")
    with pytest.raises(ModelError, match="tells 1 classes apart"):
        convert(tmp_path / "theirs.pth", tmp_path / "ours.safetensors", CLASSES)
