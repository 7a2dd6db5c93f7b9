"""Images between two mirrors."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from segdesk.nn.networks.blocks import mirror

MARGINS = (((1, 2), (0, 3)), ((92, 99), (92, 120)), ((0, 0), (0, 40)))


@pytest.mark.parametrize("size", [(7, 9), (200, 3), (2, 1), (1, 1)])
@pytest.mark.parametrize(("rows", "columns"), MARGINS)
def test_any_margin_of_any_image(
    size: tuple[int, int], rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    image = np.random.default_rng(0).random(size, dtype=np.float32)
    ours = mirror(torch.from_numpy(image)[None, None], rows, columns)
    assert np.array_equal(ours[0, 0].numpy(), np.pad(image, (rows, columns), mode="reflect"))


def test_gradients_reach_every_pixel_as_often_as_it_is_seen() -> None:
    image = torch.ones(1, 1, 2, 3, requires_grad=True)
    torch.autograd.backward(mirror(image, (4, 4), (4, 5)).sum())
    assert image.grad is not None
    assert float(image.grad.sum()) == (2 + 8) * (3 + 9)
    assert bool((image.grad > 0).all())
