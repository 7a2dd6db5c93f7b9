"""One step of learning, on whichever device, and what to do when its memory does not suffice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from segdesk.core.errors import LearningError
from segdesk.core.translation import tr
from segdesk.nn import devices
from segdesk.nn.device_sampling import DeviceBatch
from segdesk.nn.losses import LOSSES
from segdesk.nn.muon import Muon
from segdesk.nn.networks.blocks import Network, place
from segdesk.nn.sampling import Batch
from segdesk.nn.shared_batch import SharedBatch, can_be_shared

SMALLEST_CROP = 64
OPTIMISERS: dict[str, type[torch.optim.Adam]] = {
    "muon": Muon,
    "adamw": torch.optim.AdamW,
    "adam": torch.optim.Adam,
}


@dataclass(frozen=True)
class Plan:
    """How much is done in a step: `batch` crops of `crop` pixels a side, on `device`."""

    batch: int
    crop: int
    device: torch.device

    def smaller(self) -> Plan | None:
        """The next plan to try for want of memory: half the batch, then half the crop, then the processor."""
        if self.batch > 1:
            return Plan(self.batch // 2, self.crop, self.device)
        if self.crop >= 2 * SMALLEST_CROP:
            return Plan(1, self.crop // 2, self.device)
        if self.device.type != "cpu":
            return Plan(1, self.crop, torch.device("cpu"))
        return None


class Learner:
    """A network in training: its optimiser, its precision, and the plan that fits the memory.

    decay: weight decay.   loss, optimiser: names of LOSSES and OPTIMISERS.
    note: one sentence where the plan had to shrink, else empty.
    """

    def __init__(
        self,
        network: Network,
        plan: Plan,
        decay: float,
        *,
        loss: str = "corrections",
        optimiser: str = "adamw",
    ) -> None:
        self.network = network
        self.plan = plan
        self.note = ""
        self._decay = decay
        self._loss = LOSSES[loss]
        self._kind = OPTIMISERS[optimiser]
        self._shared: SharedBatch | None = None
        self._settle()

    def _settle(self) -> None:
        """Move to the plan's device, with a fresh optimiser."""
        device = self.plan.device
        place(self.network, device)
        self._optimiser = self._kind(
            self.network.parameters(), lr=0.0, weight_decay=self._decay, fused=device.type in ("cpu", "cuda")
        )
        self._share()
        # float16 needs its gradients scaled; bfloat16 and float32 do not.
        half = device.type == "cuda" and not torch.cuda.is_bf16_supported()
        self._scaler = torch.amp.GradScaler(device.type, enabled=half)

    def _share(self) -> None:
        """Let the processor's cores learn side by side, where that is the same."""
        self.close()
        if can_be_shared(self.network, self.plan.batch, self.plan.device):
            self._shared = SharedBatch(self.network, self.plan.batch)

    def close(self) -> None:
        """Let the threads of this learner end."""
        if self._shared is not None:
            self._shared.close()
            self._shared = None

    def step(self, batch: Batch | DeviceBatch, rate: float) -> float | None:
        """Learn from a batch at the learning rate `rate`; gives its loss.

        None where memory did not suffice: nothing was learned, and the next batch must follow the new plan.

        Raises:
            LearningError: not even the smallest plan fits.
        """
        try:
            return self._step(batch, rate)
        except (MemoryError, RuntimeError) as error:
            if not devices.out_of_memory(error):
                raise
        self._shrink()
        return None

    def _step(self, batch: Batch | DeviceBatch, rate: float) -> float:
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        device = self.plan.device
        images = _moved(batch.images, device).contiguous(memory_format=torch.channels_last)
        labels, weights = _moved(batch.labels, device), _moved(batch.weights, device)
        self.network.train()
        seen = torch.zeros(())

        def criterion(outputs: list[Tensor]) -> Tensor:
            # Deep supervision: side outputs learn the same, and the first one's loss is what a person sees.
            nonlocal seen
            losses = [self._loss(logits, labels, weights) for logits in outputs]
            seen = losses[0].detach()
            return self._scaler.scale(torch.stack(losses).sum())

        self._optimiser.zero_grad(set_to_none=True)
        if self._shared is not None:
            self._shared.learn(images, criterion)
        else:
            with devices.fast_arithmetic(device):
                outputs = self.network.outputs(images)
            torch.autograd.backward(criterion(outputs))
        self._scaler.step(self._optimiser)
        self._scaler.update()
        return float(seen)

    def tensors(self) -> dict[str, Tensor]:
        """What a checkpoint keeps: the weights, and what the optimiser remembers of each."""
        kept = {f"weight/{name}": value for name, value in self.network.state_dict().items()}
        for index, memory in self._optimiser.state_dict()["state"].items():
            kept |= {f"optimiser/{index}/{name}": value for name, value in memory.items()}
        return kept

    def facts(self) -> dict[str, Any]:
        return {
            "batch": self.plan.batch,
            "crop": self.plan.crop,
            "scaler": self._scaler.state_dict(),
            "note": self.note,
        }

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Go on from what `tensors` and `facts` gave, on the device of the present plan."""
        self.plan = Plan(facts["batch"], facts["crop"], self.plan.device)
        self.note = facts["note"]
        self._scaler.load_state_dict(facts["scaler"])
        self.network.load_state_dict(
            {name.removeprefix("weight/"): v for name, v in tensors.items() if name.startswith("weight/")}
        )
        parameters = list(self.network.parameters())
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            if key.startswith("optimiser/"):
                _, index, name = key.split("/")
                like = parameters[int(index)]
                # A fused optimiser walks through memory: its tensors must lie there as the weights do.
                placed = torch.empty_like(like).copy_(value) if value.shape == like.shape else value
                state.setdefault(int(index), {})[name] = placed.detach()
        groups = self._optimiser.state_dict()["param_groups"]
        self._optimiser.load_state_dict({"state": state, "param_groups": groups})

    def _shrink(self) -> None:
        self._optimiser.zero_grad(set_to_none=True)
        if self.plan.device.type == "cuda":
            torch.cuda.empty_cache()
        plan = self.plan.smaller()
        if plan is None:
            raise LearningError(
                tr("There is not enough memory to learn; close other programs or choose U-Net.")
            )
        moved = plan.device != self.plan.device
        self.plan = plan
        if moved:
            self._settle()
        else:
            self._share()
        self.note = (
            tr("The graphics card's memory did not suffice, so the processor took over.")
            if moved
            else tr("Memory was short, so smaller batches were used ({batch} of {crop} pixels).").format(
                batch=plan.batch, crop=plan.crop
            )
        )


def _moved(values: NDArray[Any] | Tensor, device: torch.device) -> Tensor:
    """Values as a tensor on a device; to CUDA from pinned memory, so that nobody waits for the copy."""
    if isinstance(values, Tensor):
        return values.to(device)
    tensor = torch.from_numpy(values)
    if device.type == "cuda":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)
