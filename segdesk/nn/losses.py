"""The losses on partly labelled images: what nobody labelled takes no part in them."""

from __future__ import annotations

from collections.abc import Callable

import torch.nn.functional as functional
from torch import Tensor


def masked_loss(logits: Tensor, labels: Tensor, weights: Tensor, smooth: float = 1.0) -> Tensor:
    """Cross-entropy over the sum of weights, plus soft Dice over the whole batch inside the weights.

    A perfect output has a loss near 0 however few pixels are labelled: the others are in no denominator,
    and logits are never multiplied.

    logits: (B, classes, H, W).   labels: (B, H, W) int64, below `classes` also where the weight is 0.
    weights: (B, H, W), 0 and up.   smooth: added above and below in Dice, in pixels.
    """
    log_chance = functional.log_softmax(logits.float(), dim=1)
    cross_entropy = _weighted_entropy(log_chance, labels, weights)

    chance = log_chance.exp()
    over = (0, 2, 3)
    truth = functional.one_hot(labels, logits.shape[1]).permute(0, 3, 1, 2)
    weighted = weights[:, None]
    both = (chance * truth * weighted).sum(over)
    either = (chance * weighted).sum(over) + (truth * weighted).sum(over)
    dice = 1.0 - ((2.0 * both + smooth) / (either + smooth)).mean()
    total: Tensor = cross_entropy + dice
    return total


def masked_cross_entropy(logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    """Cross-entropy over the sum of weights, alone; shapes and values as in `masked_loss`.

    With two classes it is the binary cross-entropy of the difference of the two logits.
    """
    return _weighted_entropy(functional.log_softmax(logits.float(), dim=1), labels, weights)


def _weighted_entropy(log_chance: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    chosen = log_chance.gather(1, labels[:, None])[:, 0]
    return -(chosen * weights).sum() / weights.sum().clamp_min(1e-6)


Loss = Callable[[Tensor, Tensor, Tensor], Tensor]

LOSSES: dict[str, Loss] = {"corrections": masked_loss, "cross-entropy": masked_cross_entropy}
