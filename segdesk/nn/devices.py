"""Where networks run: which devices there are, and what makes each of them fast."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch

from segdesk.core.errors import ModelError
from segdesk.core.jobs import Offer
from segdesk.core.translation import tr

KINDS = ("auto", "cpu", "cuda", "mps")


def devices() -> list[Offer]:
    """The devices of this computer, the fastest first."""
    found = []
    if torch.cuda.is_available():
        found = [
            Offer(f"cuda:{index}", torch.cuda.get_device_name(index))
            for index in range(torch.cuda.device_count())
        ]
    if torch.backends.mps.is_available():
        found.append(Offer("mps", tr("graphics processor (Metal)")))
    kind = tr("with bfloat16") if cpu_has_bfloat16() else tr("without bfloat16")
    threads = tr("processor, {threads} threads, {kind}").format(threads=torch.get_num_threads(), kind=kind)
    return [*found, Offer("cpu", threads)]


def choose(name: str) -> torch.device:
    """The device of a request: "auto" takes the fastest, the others must be there.

    Raises:
        ModelError: this computer has no such device.
    """
    available = [device.name for device in devices()]
    if name == "auto":
        return torch.device(available[0])
    if name in available or any(device.startswith(f"{name}:") for device in available):
        return torch.device(name)
    raise ModelError(
        tr("This computer has no device '{name}'; choose one of {names}.").format(
            name=name, names=", ".join(["auto", *available])
        )
    )


def cpu_has_bfloat16() -> bool:
    """Whether the processor computes in bfloat16 by itself; emulated, it would only be slower."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def fast_arithmetic(device: torch.device) -> AbstractContextManager[None]:
    """Half precision where the device is faster with it, and float32 elsewhere."""
    if device.type == "cuda":
        kind = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
        return torch.autocast("cuda", kind)
    return torch.autocast("cpu", torch.bfloat16, enabled=device.type == "cpu" and cpu_has_bfloat16())


def let_go(device: torch.device) -> None:
    """Give back what a graphics card holds for nothing that is still in use."""
    if device.type == "cuda":
        torch.cuda.empty_cache()


# What the allocators say; those of processors differ by system, and libraries have words of their own.
_MEMORY = ("not enough memory", "can't allocate memory", "out of memory", "std::bad_alloc", "alloc_failed")
_DEVICE = ("cuda", "cudnn", "cublas", "cusolver", "cufft", "hip error", "hiperror", "miopen", "mps backend",
           "metal", "nvrtc", "nccl", "xpu", "driver")  # fmt: skip


def out_of_memory(error: BaseException) -> bool:
    """Whether something failed for want of memory, on whichever device."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _MEMORY)


def failed(error: BaseException) -> bool:
    """Whether a device or its driver gave up, as far as torch tells."""
    if isinstance(error, torch.AcceleratorError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _DEVICE)
