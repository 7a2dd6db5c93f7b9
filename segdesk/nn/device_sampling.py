"""The same batches, cut and changed on a graphics card, where the pieces stay from beginning to end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor

from segdesk.nn import devices
from segdesk.nn.ahead import Ahead
from segdesk.nn.augment import shading
from segdesk.nn.material import IGNORED, Piece
from segdesk.nn.sampling import Batch, Choice, Sampler


@dataclass(frozen=True)
class DeviceBatch:
    """A Batch as tensors of a device: images (B, C, S, S), labels (B, S, S) int64, weights (B, S, S)."""

    images: Tensor
    labels: Tensor
    weights: Tensor


class Batches(Protocol):
    """Where a training takes its batches from, and a part of what a checkpoint keeps."""

    def batch(self, size: int, crop: int) -> Batch | DeviceBatch: ...

    def renewed(self) -> None: ...

    def close(self) -> None: ...

    def tensors(self) -> dict[str, Tensor]: ...

    def facts(self) -> dict[str, Any]: ...

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None: ...


def batches(sampler: Sampler, pieces: Sequence[Piece], device: torch.device) -> Batches:
    """The fastest way to a sampler's batches on a device; elsewhere than on CUDA, they are drawn here."""
    if device.type == "cpu":
        return sampler
    if device.type == "cuda":
        try:
            return DeviceSampler(sampler, pieces, device)
        except RuntimeError as error:
            if not devices.out_of_memory(error):
                raise
            torch.cuda.empty_cache()
    return Ahead(sampler)


class DeviceSampler:
    """Chooses as a sampler does, with its generator in the same order, and cuts on a device.

    The batches are those of the sampler, up to the rounding of resized and shaded pixels. Pixels stay as
    they are stored where they have 8 bits, and are float32 otherwise.
    """

    def __init__(self, sampler: Sampler, pieces: Sequence[Piece], device: torch.device) -> None:
        self._sampler = sampler
        self._pieces = tuple(pieces)
        self._weights = torch.from_numpy(sampler.weights).to(device)
        self._images = {id(piece): _Image.of(piece, device) for piece in pieces}
        self._planes = {id(piece): _planes(piece).to(device) for piece in pieces}

    def batch(self, size: int, crop: int) -> DeviceBatch:
        """Draw `size` crops of `crop` pixels a side."""
        crops = [self._cut(choice, crop) for choice in self._sampler.choices(size, crop)]
        images = torch.stack([image for image, _ in crops])
        labels, roles = torch.stack([planes for _, planes in crops]).long().unbind(1)
        weights = self._weights[roles]
        return DeviceBatch(images, torch.where(weights > 0, labels, 0), weights)

    def _cut(self, choice: Choice, crop: int) -> tuple[Tensor, Tensor]:
        """Image (C, crop, crop) and its labels and roles (2, crop, crop)."""
        part, side, rng = (..., *choice.box.slices), choice.side, self._sampler.rng
        image = self._images[id(choice.piece)].read(part)
        planes = self._planes[id(choice.piece)][part]
        if choice.box.width < side or choice.box.height < side:
            rows, columns = (
                torch.from_numpy(np.pad(np.arange(length), (0, side - length), "symmetric")).to(image.device)
                for length in (choice.box.height, choice.box.width)
            )
            image, planes = (plane[:, rows][:, :, columns] for plane in (image, planes))
            planes[1, choice.box.height :] = IGNORED
            planes[1, :, choice.box.width :] = IGNORED
        if side != crop:
            image = functional.interpolate(image[None], (crop, crop), mode="bilinear", align_corners=False)[0]
            # Indices below 256 are exact as floating point, which every device can resize.
            planes = functional.interpolate(planes[None].float(), (crop, crop), mode="nearest")[0].byte()
        if self._sampler.turns:
            quarters, mirror = int(rng.integers(4)), bool(rng.integers(2))
            image, planes = (torch.rot90(plane, quarters, (1, 2)) for plane in (image, planes))
            if mirror:
                image, planes = image.flip(-1), planes.flip(-1)
        gain, offset = shading(rng, self._sampler.shading)
        return image * gain + offset, planes

    def renewed(self) -> None:
        """Take over the labels and roles of the pieces that can have changed."""
        for piece in self._pieces:
            if not piece.confirmed:
                self._planes[id(piece)].copy_(_planes(piece))

    def close(self) -> None:
        """Let the device's memory go."""
        self._images.clear()
        self._planes.clear()

    def tensors(self) -> dict[str, Tensor]:
        return self._sampler.tensors()

    def facts(self) -> dict[str, Any]:
        return self._sampler.facts()

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Go on from what `facts` gave."""
        self._sampler.restore(tensors, facts)
        self.renewed()


@dataclass(frozen=True)
class _Image:
    """A piece's `Normalised` on a device: pixels (C, H, W), centre and spread (C, 1, 1)."""

    pixels: Tensor
    centre: Tensor
    spread: Tensor
    channels: int

    @classmethod
    def of(cls, piece: Piece, device: torch.device) -> _Image:
        stored = piece.image.pixels
        values = stored if stored.dtype == np.uint8 else stored.astype(np.float32)
        pixels = torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1))).to(device)
        centre, spread = (
            torch.from_numpy(each)[:, None, None].to(device)
            for each in (piece.image.centre, piece.image.spread)
        )
        return cls(pixels, centre, spread, piece.image.channels)

    def read(self, part: tuple[Any, ...]) -> Tensor:
        """What `Normalised.read` gives of a part."""
        values = (self.pixels[part].float() - self.centre) / self.spread
        values = torch.nan_to_num(values, posinf=0.0, neginf=0.0).clamp(-10.0, 10.0)
        missing = self.channels - values.shape[0]
        if missing and values.shape[0] == 1:
            return values.expand(self.channels, -1, -1)
        return functional.pad(values, (0, 0, 0, 0, 0, missing)) if missing else values


def _planes(piece: Piece) -> Tensor:
    """Labels and roles, (2, H, W) uint8."""
    return torch.from_numpy(np.stack([piece.labels, piece.roles]))
