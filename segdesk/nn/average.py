"""The running average of a network's weights, which does better than any of them at a high learning rate."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from segdesk.nn.networks.blocks import Network, freeze

_DECAY = 0.995


class Average:
    """Exponential moving average over some 1 / (1 - decay) steps (Polyak and Juditsky 1992; mean teacher,
    Tarvainen and Valpola 2017); over fewer in the beginning, so that fresh weights are soon forgotten.

    network: a copy that holds the average, ready for prediction.
    """

    def __init__(self, network: Network, decay: float = _DECAY) -> None:
        self.network = freeze(copy.deepcopy(network))
        self._decay = decay
        self._steps = 0

    def follow(self, network: Network) -> None:
        """Take in the weights after one more step; counters and the like are copied."""
        self._steps += 1
        share = 1.0 - min(self._decay, self._steps / (10.0 + self._steps))
        theirs = network.state_dict()
        mine = self.network.state_dict()
        if next(iter(mine.values())).device != next(iter(theirs.values())).device:
            self.network.to(next(iter(theirs.values())).device)
            mine = self.network.state_dict()
        floating = [name for name, value in mine.items() if value.is_floating_point()]
        torch._foreach_lerp_([mine[name] for name in floating], [theirs[name] for name in floating], share)
        for name in mine.keys() - set(floating):
            mine[name].copy_(theirs[name])

    def tensors(self) -> dict[str, Tensor]:
        """What a checkpoint keeps of it."""
        return dict(self.network.state_dict())

    def facts(self) -> dict[str, Any]:
        return {"steps": self._steps}

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Go on from what `tensors` and `facts` gave."""
        self.network.load_state_dict(dict(tensors))
        self._steps = facts["steps"]
