"""A training in the middle, as a file: everything that it needs to go on as if nothing had happened.

The file is safetensors with JSON as metadata, so nothing is ever unpickled. It names the training that it
belongs to by a fingerprint, and carries a checksum of itself: what is read is right, or it is not used.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as serialise
from torch import Tensor

from segdesk.core.errors import SegdeskError
from segdesk.core.files import write_bytes
from segdesk.core.translation import tr
from segdesk.nn.clock import Clock
from segdesk.nn.material import Piece

_KEY = "segdesk-training"
_FORMAT = 1
_SECONDS = 120.0  # from one checkpoint to the next
_SHARE, _LEAST_STEPS = 20, 50  # of a budget of steps, a twentieth, and no fewer than these

Tensors = Mapping[str, Tensor]
Facts = Mapping[str, Any]


class Part(Protocol):
    """Something of a training that a checkpoint keeps: as tensors, and as facts that JSON can hold."""

    def tensors(self) -> dict[str, Tensor]: ...

    def facts(self) -> dict[str, Any]: ...

    def restore(self, tensors: Tensors, facts: Facts) -> None: ...


class Chance:
    """The states of the generators that decide everything but the crops."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def tensors(self) -> dict[str, Tensor]:
        return {"torch": torch.get_rng_state()}

    def facts(self) -> dict[str, Any]:
        return {"numpy": self._rng.bit_generator.state}

    def restore(self, tensors: Tensors, facts: Facts) -> None:
        torch.set_rng_state(tensors["torch"])
        self._rng.bit_generator.state = facts["numpy"]


class Anchors:
    """The labels and parts of pixels that were renewed on the way; those of confirmed samples never are."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._planes: dict[str, NDArray[np.uint8]] = {}
        for number, piece in enumerate(pieces):
            if not piece.confirmed:
                self._planes |= {f"{number}/labels": piece.labels, f"{number}/roles": piece.roles}

    def tensors(self) -> dict[str, Tensor]:
        return {
            name: torch.frombuffer(bytearray(zlib.compress(plane.tobytes(), 1)), dtype=torch.uint8)
            for name, plane in self._planes.items()
        }

    def facts(self) -> dict[str, Any]:
        return {}

    def restore(self, tensors: Tensors, facts: Facts) -> None:
        for name, plane in self._planes.items():
            stored = zlib.decompress(tensors[name].numpy().tobytes())
            plane[:] = np.frombuffer(stored, np.uint8).reshape(plane.shape)


class Checkpoint:
    """Keeps the parts of a training in a file, now and then.

    path: the file; None keeps nothing.   fingerprint: of the training, see `fingerprint`.
    parts: by name.   clock: where it has a budget of steps, files are written by these, else by the time.
    note: one sentence where the file could not be written; the training goes on without it.
    """

    def __init__(self, path: Path | None, fingerprint: str, parts: Mapping[str, Part], clock: Clock) -> None:
        self.note = ""
        self._path = path
        self._fingerprint = fingerprint
        self._parts = parts
        self._clock = clock
        self._last_done, self._last_elapsed = clock.done, clock.elapsed

    def resume(self) -> str:
        """Bring the parts to where the file left them, if there is one; gives a sentence on that."""
        if self._path is None or not self._path.exists():
            return ""
        try:
            tensors, facts = _read(self._path)
        except (OSError, SafetensorError, ValueError, KeyError, TypeError):
            return tr("The interrupted training could not be read, so learning began afresh.")
        if facts["fingerprint"] != self._fingerprint:
            return tr(
                "An interrupted training was of other corrections or settings, so learning began afresh."
            )
        for name, part in self._parts.items():
            own = {
                key.removeprefix(f"{name}:"): v for key, v in tensors.items() if key.startswith(f"{name}:")
            }
            part.restore(own, facts["parts"][name])
        self._clock.restore(facts["clock"])
        self._last_done, self._last_elapsed = self._clock.done, self._clock.elapsed
        return tr("Learning went on where it had been interrupted, after {steps} steps.").format(
            steps=self._clock.done
        )

    def keep_if_due(self) -> None:
        """Write the file if the last one is old enough."""
        if self._clock.steps is not None:
            due = self._clock.done - self._last_done >= max(_LEAST_STEPS, self._clock.steps // _SHARE)
        else:
            due = self._clock.elapsed - self._last_elapsed >= _SECONDS
        if due:
            self.keep()

    def keep(self) -> None:
        """Write the file, unless that failed before."""
        if self._path is None or self.note:
            return
        self._last_done, self._last_elapsed = self._clock.done, self._clock.elapsed
        try:
            self._write(self._path)
        except SegdeskError as error:
            self.note = str(error)

    def remove(self) -> None:
        """The training has ended: nothing of it is left, nor what a kill in the middle of writing left."""
        if self._path is None:
            return
        left = self._path.parent.glob(f".????????{self._path.suffix}")
        with suppress(
            OSError
        ):  # what stays is in nobody's way: the next training does not take it for its own
            for path in (self._path, *left):
                path.unlink(missing_ok=True)

    def _write(self, path: Path) -> None:
        tensors = {
            # Copied, since weights that share their memory cannot be stored twice.
            f"{name}:{key}": value.detach().to("cpu", copy=True).contiguous()
            for name, part in self._parts.items()
            for key, value in part.tensors().items()
        }
        facts = {
            "format": _FORMAT,
            "fingerprint": self._fingerprint,
            "clock": self._clock.facts(),
            "parts": {name: part.facts() for name, part in self._parts.items()},
        }
        text = json.dumps(facts)
        metadata = {_KEY: text, "checksum": _checksum(tensors, text)}
        write_bytes(path, serialise(tensors, metadata=metadata))


def fingerprint(values: Iterable[Any], network: Tensors, pieces: Sequence[Piece]) -> str:
    """Tells one training from another: what it starts from, what it learns, and how.

    values: recipe, seed and the like, whose `repr` says all about them.   network: the weights it starts
    from.   pieces: as they were gathered, before any anchor was renewed.
    """
    digest = hashlib.blake2b(repr((torch.__version__, *values)).encode(), digest_size=16)
    for name, value in network.items():
        digest.update(name.encode())
        digest.update(_bytes(value))
    for piece in pieces:
        digest.update(repr((piece.sample_id, piece.confirmed, piece.image.pixels.dtype)).encode())
        for plane in (piece.image.pixels, piece.labels, piece.roles):
            digest.update(repr(plane.shape).encode())
            digest.update(np.ascontiguousarray(plane).tobytes())
    return digest.hexdigest()


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    with safe_open(path, framework="pt", device="cpu") as file:
        metadata = file.metadata() or {}
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    text = metadata[_KEY]
    if metadata["checksum"] != _checksum(tensors, text):
        raise ValueError("damaged")
    facts: dict[str, Any] = json.loads(text)
    if facts["format"] != _FORMAT:
        raise ValueError("another format")
    return tensors, facts


def _checksum(tensors: Tensors, text: str) -> str:
    digest = hashlib.blake2b(text.encode(), digest_size=16)
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(_bytes(tensors[name]))
    return digest.hexdigest()


def _bytes(value: Tensor) -> bytes:
    return value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
