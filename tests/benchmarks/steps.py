"""Steps of learning: SegDesk's against a plain eager loop in float32, in one run.

    python -m tests.benchmarks.steps
    python -m tests.benchmarks.steps --network unet-32:group --repeat 5 --curve 60

Both start from the same weights and learn the same batches with the same loss and AdamW. With `--curve` the
losses of both are compared over so many steps of small crops.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import torch

import segdesk.nn  # noqa: F401  (sets OpenMP up before torch is imported)
from segdesk.nn.learner import Learner, Plan
from segdesk.nn.losses import masked_loss
from segdesk.nn.networks import registry
from segdesk.nn.networks.blocks import Network
from segdesk.nn.sampling import Batch
from tests.benchmarks.prediction import subject

_NETWORKS = ("unet-32:group", "unet-64:group", "u2net:group", "unet-64:batch", "u2net:batch")
_RATE, _DECAY = 1e-3, 1e-4

Step = Callable[[Batch], float]


def main() -> int:
    """Parse the command line and print a line for each network."""
    options = _parser().parse_args()
    torch.set_num_threads(options.threads)
    image, truth = subject.picture(1024, 1024)
    values = ((image - image.mean()) / image.std()).transpose(2, 0, 1).astype(np.float32)
    for name in options.network:
        plain, ours = _both(name, options.batch, options.side)
        batch = _batch(values, truth, options.batch, options.side, np.random.default_rng(0))
        plain(batch), ours(batch)
        pairs = [(_seconds(plain, batch), _seconds(ours, batch)) for _ in range(options.repeat)]
        ratios = sorted(slow / fast for slow, fast in pairs)
        line = (
            f"{name}: plain {statistics.median(slow for slow, _ in pairs):.2f} s a step, "
            f"ours {statistics.median(fast for _, fast in pairs):.2f} s; "
            f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        )
        sys.stdout.write(f"{line}{_curves(name, values, truth, options.curve)}\n")
        sys.stdout.flush()
    return 0


def _both(name: str, batch: int, side: int) -> tuple[Step, Step]:
    kind, _, norm = name.partition(":")
    torch.manual_seed(0)
    network = registry.build(kind, 3, 2, {"norm": norm or "group"})
    plain = _plain(copy.deepcopy(network))
    learner = Learner(network, Plan(batch, side, torch.device("cpu")), _DECAY)

    def ours(drawn: Batch) -> float:
        loss = learner.step(drawn, _RATE)
        assert loss is not None
        return loss

    return plain, ours


def _plain(network: Network) -> Step:
    network.train()
    optimiser = torch.optim.AdamW(network.parameters(), _RATE, weight_decay=_DECAY)

    def step(batch: Batch) -> float:
        images, labels, weights = map(torch.from_numpy, (batch.images, batch.labels, batch.weights))
        losses = [masked_loss(logits, labels, weights) for logits in network.outputs(images)]
        optimiser.zero_grad()
        torch.autograd.backward(torch.stack(losses).sum())
        optimiser.step()
        return float(losses[0].detach())

    return step


def _batch(values: np.ndarray, truth: np.ndarray, count: int, side: int, rng: np.random.Generator) -> Batch:
    places = rng.integers(0, truth.shape[0] - side, (count, 2))
    crops = [(slice(y, y + side), slice(x, x + side)) for y, x in places]
    return Batch(
        np.stack([values[:, rows, columns] for rows, columns in crops]),
        np.stack([truth[crop] for crop in crops]).astype(np.int64),
        np.ones((count, side, side), np.float32),
    )


def _seconds(step: Step, batch: Batch) -> float:
    began = time.perf_counter()
    step(batch)
    return time.perf_counter() - began


def _curves(name: str, values: np.ndarray, truth: np.ndarray, steps: int) -> str:
    """The mean loss of the last quarter of `steps` of each way, in words; nothing without steps."""
    if not steps:
        return ""
    ends = []
    for step in _both(name, 2, 64):
        rng = np.random.default_rng(1)
        losses = [step(_batch(values, truth, 2, 64, rng)) for _ in range(steps)]
        ends.append(statistics.mean(losses[-max(1, steps // 4) :]))
    return f"; loss at the end plain {ends[0]:.3f}, ours {ends[1]:.3f}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.steps",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--network", nargs="+", default=list(_NETWORKS), metavar="NAME[:NORM]")
    add("--side", type=int, default=256, help="of the crops, in pixels")
    add("--batch", type=int, default=3)
    add("--repeat", type=int, default=3)
    add("--curve", type=int, default=0, metavar="STEPS")
    add("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
