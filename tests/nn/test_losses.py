"""The loss on partly labelled images."""

from __future__ import annotations

import pytest
import torch

from segdesk.nn.losses import masked_cross_entropy, masked_loss


def labelled(share: float, classes: int = 2) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    labels = torch.randint(0, classes, (4, 64, 64))
    return labels, (torch.rand(4, 64, 64) < share).float()


def logits_for(labels: torch.Tensor, classes: int = 2, sure: float = 12.0) -> torch.Tensor:
    return sure * torch.nn.functional.one_hot(labels, classes).permute(0, 3, 1, 2).float()


@pytest.mark.parametrize("share", [0.01, 0.05, 1.0])
@pytest.mark.parametrize("classes", [2, 5])
def test_a_perfect_output_has_no_loss_however_little_is_labelled(share: float, classes: int) -> None:
    labels, weights = labelled(share, classes)
    assert masked_loss(logits_for(labels, classes), labels, weights) < 0.02


def test_a_wrong_output_has_a_large_one() -> None:
    labels, weights = labelled(0.01)
    assert masked_loss(logits_for(1 - labels), labels, weights) > 2.0


def test_what_nobody_labelled_has_no_gradient() -> None:
    labels, weights = labelled(0.05)
    logits = torch.randn(4, 2, 64, 64, requires_grad=True)
    torch.autograd.backward(masked_loss(logits, labels, weights))
    assert logits.grad is not None
    moved = logits.grad.abs().sum(1) > 0
    assert torch.equal(moved, weights > 0)


def test_nothing_labelled_is_no_disaster() -> None:
    labels, _ = labelled(1.0)
    logits = torch.randn(4, 2, 64, 64, requires_grad=True)
    loss = masked_loss(logits, labels, torch.zeros(4, 64, 64))
    torch.autograd.backward(loss)
    assert torch.isfinite(loss)
    assert logits.grad is not None
    assert not logits.grad.any()


def test_an_anchor_pulls_a_tenth_as_hard() -> None:
    labels = torch.zeros(1, 8, 8, dtype=torch.int64)
    weights = torch.ones(1, 8, 8)
    weights[:, :, 4:] = 0.1
    logits = torch.zeros(1, 2, 8, 8, requires_grad=True)
    torch.autograd.backward(masked_loss(logits, labels, weights))
    assert logits.grad is not None
    corrected, anchored = logits.grad[0, 0, :, :4].mean(), logits.grad[0, 0, :, 4:].mean()
    assert float(anchored / corrected) == pytest.approx(0.1, rel=1e-3)


def test_with_two_classes_cross_entropy_is_the_binary_one() -> None:
    torch.manual_seed(0)
    labels = torch.randint(0, 2, (3, 16, 16))
    logits = torch.randn(3, 2, 16, 16)
    binary = torch.nn.functional.binary_cross_entropy_with_logits(logits[:, 1] - logits[:, 0], labels.float())
    assert float(masked_cross_entropy(logits, labels, torch.ones(3, 16, 16))) == pytest.approx(float(binary))


def test_cross_entropy_leaves_out_what_nobody_labelled() -> None:
    labels, weights = labelled(0.05)
    logits = torch.randn(4, 2, 64, 64)
    other = torch.where(weights > 0, labels, 1 - labels)
    assert torch.equal(
        masked_cross_entropy(logits, labels, weights), masked_cross_entropy(logits, other, weights)
    )
