"""Muon: AdamW, except that the steps of the convolutions' weights are orthogonal.

A short training is held up by its gradients: nearly all of each lies in a few directions, and the others,
which tell apart what looks alike, hardly move. An orthogonal step goes as far in each direction.
(Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"; the length of a step is that
of Liu et al. 2025, "Muon is scalable for LLM training", so that AdamW's learning rates serve both.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from segdesk.nn import devices

_MOMENTUM = 0.9
_LENGTH = 0.2  # root mean square of a step, in units of the learning rate, as one of AdamW has it
# The shorter side of a matrix that is turned. Turning the largest of a small U-Net as well takes four times
# as long, and membranes were found as well without it (0.80 and 0.81, one seed each).
_SMALLEST, _LARGEST = 16, 128
_SMALL = 32  # rows, up to which a processor is faster in float32
_TURNS = 5
# Of the polynomial that turns: all singular values come near 1, and the small ones soonest.
_LINEAR, _CUBIC, _QUINTIC = 3.4445, -4.7750, 2.0315


class Muon(torch.optim.AdamW):
    """Steps of convolutions' weights are orthogonal matrices; what is no matrix goes as with AdamW."""

    def __init__(self, params: Iterable[Tensor], lr: float, weight_decay: float, fused: bool) -> None:
        super().__init__(params, lr=lr, weight_decay=weight_decay, fused=fused)
        self._step_supports_amp_scaling = False  # gradients come here unscaled, or not at all

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> Any:
        """One step, by the parameters' gradients."""
        turned = [
            (parameter, parameter.grad, group)
            for group in self.param_groups
            for parameter in group["params"]
            if parameter.grad is not None and _is_turned(parameter)
        ]
        for parameter, _, _ in turned:
            parameter.grad = None  # which AdamW leaves alone
        loss = super().step(closure)
        for parameter, gradient, group in turned:
            state = self.state[parameter]
            if not state:
                state["step"] = torch.zeros(())  # every state of AdamW has one
                state["momentum"] = torch.zeros_like(parameter)
            momentum = state["momentum"].lerp_(gradient, 1 - _MOMENTUM)
            # A look ahead (Nesterov). Columns in the order of memory: which comes first makes no difference.
            ahead = gradient.lerp(momentum, _MOMENTUM).permute(0, 2, 3, 1)
            step = orthogonal(ahead.flatten(1)).reshape(ahead.shape).permute(0, 3, 1, 2)
            length = group["lr"] * _LENGTH * math.sqrt(max(ahead.shape[0], ahead[0].numel()))
            parameter.mul_(1 - group["lr"] * group["weight_decay"]).add_(step, alpha=-length)
            parameter.grad = gradient
        return loss


def orthogonal(matrix: Tensor) -> Tensor:
    """The orthogonal matrix that is nearest, roughly: singular values come to lie between 0.5 and 1.3.

    Those below a hundredth of the norm stay smaller: each turn enlarges them 3.4 times, and there are five.

    matrix: (rows, columns), any; a matrix of zeros stays one. Computed in half precision where that is fast.
    """
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    x = wide / (wide.norm() + 1e-7)
    if _is_fast_in_half(x):
        x = x.to(torch.bfloat16)
    x = x.contiguous()
    for _ in range(_TURNS):
        squared = x @ x.T
        both = torch.addmm(squared, squared, squared, beta=_CUBIC, alpha=_QUINTIC)
        x = torch.addmm(x, both, x, beta=_LINEAR)
    turned: Tensor = x.to(matrix.dtype)
    return turned if matrix.shape[0] <= matrix.shape[1] else turned.T


def _is_fast_in_half(x: Tensor) -> bool:
    if x.device.type == "cpu":
        return len(x) > _SMALL and devices.cpu_has_bfloat16()
    return x.device.type == "cuda"


def _is_turned(parameter: Tensor) -> bool:
    return parameter.ndim == 4 and _SMALLEST <= min(parameter.shape[0], parameter[0].numel()) <= _LARGEST
