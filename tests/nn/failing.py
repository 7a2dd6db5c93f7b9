"""An engine for the child process in which things break as they do on people's computers."""

from __future__ import annotations

from pathlib import Path

import torch

from segdesk.core.jobs import Job, Progress, TrainRequest
from segdesk.nn import faults

DRIVER = "CUDA error: unspecified launch failure\nCompile with `TORCH_USE_CUDA_DSA` to enable assertions."


@faults.guarded
def train(request: TrainRequest) -> Job[int]:
    """`steps` says what breaks; 0 is a round that goes well, and tells which process it was."""
    yield Progress(None, "Failing")
    if request.steps == 1:
        torch.empty(1 << 52, dtype=torch.uint8)  # the processor's own allocator says no
    if request.steps == 2:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")
    if request.steps == 3:
        raise torch.AcceleratorError(DRIVER)
    if request.steps == 4:
        raise RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED")
    if request.steps == 5:
        raise RuntimeError("The size of tensor a (3) must match the size of tensor b (4)")
    return 0


def model_facts(path: Path) -> None:
    """A plain call fails, too."""
    raise RuntimeError("MPS backend out of memory (MPS allocated: 9.05 GB)")
