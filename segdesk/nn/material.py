"""What a round learns from, held in memory: pieces of images beside the part each of their pixels plays."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import ImageError, LearningError
from segdesk.core.geometry import Box
from segdesk.core.images import read_image
from segdesk.core.jobs import Job, Progress, TrainRequest, TrainSample
from segdesk.core.mask import Mask
from segdesk.core.translation import tr
from segdesk.nn.holdout import held_blocks, rich_classes
from segdesk.nn.normalise import Normalised, Pixels, channels_for
from segdesk.nn.preparation import PLAIN, Preparation, prepared, prepared_mask

# The part of a pixel in a round: none; not labelled, and background only because a mask begins with that;
# as predicted before the eyes of a person; asserted by the person; asserted and held out.
IGNORED, BLANK, ANCHOR, LEARNED, HELD = 0, 1, 2, 3, 4

_WHOLE = 2048 * 2048  # pixels; of larger images only blocks that teach something are kept
_BLOCK = 512
_MARGIN = 64
_MEMORY = 2 << 30  # bytes of pieces


@dataclass(frozen=True)
class Piece:
    """A part of one sample.

    labels: (H, W) uint8 class indices.   roles: (H, W) uint8, one of the parts above.
    """

    sample_id: int
    confirmed: bool
    image: Normalised
    labels: NDArray[np.uint8]
    roles: NDArray[np.uint8]

    @property
    def nbytes(self) -> int:
        """The memory that it takes."""
        return self.image.pixels.nbytes + self.labels.nbytes + self.roles.nbytes


@dataclass(frozen=True)
class Material:
    """All pieces of a round, and a sentence on a sample that had to be left out, if any."""

    pieces: tuple[Piece, ...]
    note: str


def gather(
    request: TrainRequest,
    channels: int | None,
    normalisation: str,
    rng: np.random.Generator,
    seconds: float | None = None,
    preparation: Preparation = PLAIN,
) -> Job[Material]:
    """Read the images of a round and decide what each pixel is for.

    Corrected samples come first and confirmed ones after them in random order, as many as the memory holds
    and, at the latest, until `seconds` have passed; the next round draws others.

    channels: how many the network reads; None leaves it to the images.
    preparation: of the model that goes on learning; images and masks get the size that it wants.

    Raises:
        LearningError: there is nothing to learn from, or a mask is damaged.
        ImageError: not one of the images can be read.
    """
    began = time.monotonic()
    reading = Progress(None, tr("Reading the samples"))
    classes = len(request.classes)
    counts = np.zeros(classes, np.int64)
    spare = np.zeros(classes, np.int64)
    anchored = False
    useful: list[TrainSample] = []
    for sample in request.samples:
        yield reading
        mask, roles = _roles(sample, classes)
        learned = roles == LEARNED
        here = np.bincount(mask.labels[learned], minlength=classes)
        if here.any():
            useful.append(sample)
            anchored |= bool((roles == ANCHOR).any())
            counts += here
            held = held_blocks(sample.sample_id, *mask.labels.shape)
            spare += np.bincount(mask.labels[learned & ~held], minlength=classes)
    if np.count_nonzero(counts) < 2 and not anchored:
        raise LearningError(
            tr("Nothing to learn from yet: paint a little of each class first, then retrain.")
        )

    pieces: list[Piece] = []
    failed: ImageError | None = None
    rich = rich_classes(spare)
    confirmed = [sample for sample in useful if sample.confirmed]
    order = [sample for sample in useful if not sample.confirmed]
    order += [confirmed[index] for index in rng.permutation(len(confirmed))]
    room = _MEMORY
    for number, sample in enumerate(order):
        yield reading
        if pieces and (room <= 0 or (seconds is not None and time.monotonic() - began > seconds)):
            break
        try:
            image = _read(sample)
        except ImageError as error:
            failed = error
            continue
        channels = channels or channels_for(image)
        mask, roles = _roles(sample, classes)
        learned = roles == LEARNED
        held = held_blocks(sample.sample_id, *mask.labels.shape) & learned
        roles[held & rich[np.where(learned, mask.labels, 0)]] = HELD
        image = prepared(image, preparation)
        if preparation.resizes:
            mask = Mask(
                prepared_mask(mask.labels, preparation, 0), prepared_mask(mask.corrected, preparation, 0)
            )
            roles = prepared_mask(roles, preparation, IGNORED)
        normalised = Normalised.of(image, channels, normalisation)
        # A large image gets twice its even share at most, so that others have their turn.
        cut = list(_cut(sample, mask, roles, normalised, rng, 2 * room // (len(order) - number)))
        room -= sum(piece.nbytes for piece in cut)
        pieces += cut
    if failed is not None and not pieces:
        raise failed
    note = tr("One sample was left out: {reason}").format(reason=failed) if failed else ""
    return Material(tuple(pieces), note)


def _roles(sample: TrainSample, classes: int) -> tuple[Mask, NDArray[np.uint8]]:
    try:
        mask = sample.mask.unpack()
    except (ValueError, zlib.error) as error:
        raise LearningError(
            tr("The mask of {name} is damaged; correct the image again.").format(name=sample.source.path.name)
        ) from error
    roles = np.full(mask.labels.shape, ANCHOR if sample.predicted else BLANK, np.uint8)
    roles[(mask.corrected == 1) | sample.confirmed] = LEARNED
    roles[mask.labels >= classes] = IGNORED
    return mask, roles


def _read(sample: TrainSample) -> Pixels:
    image = read_image(sample.source)
    if image.shape[:2] != (sample.mask.labels.height, sample.mask.labels.width):
        raise ImageError(
            tr("{name} is not of the size of its mask any more; put the original image back.").format(
                name=sample.source.path.name
            )
        )
    return image


def _cut(
    sample: TrainSample,
    mask: Mask,
    roles: NDArray[np.uint8],
    image: Normalised,
    rng: np.random.Generator,
    budget: int,
) -> Iterator[Piece]:
    """The sample as one piece; where it is large, blocks that teach something, within `budget` bytes."""
    boxes = [mask.box]
    if mask.labels.size > _WHOLE:
        corners = [(x, y) for y in range(0, image.height, _BLOCK) for x in range(0, image.width, _BLOCK)]
        blocks = [
            Box(x, y, _BLOCK, _BLOCK).grow(_MARGIN).intersect(mask.box)
            for x, y in corners
            if (roles[y : y + _BLOCK, x : x + _BLOCK] >= LEARNED).any()
        ]
        boxes = [blocks[index] for index in rng.permutation(len(blocks))]
    for number, box in enumerate(boxes):
        part = image.part(box)
        labels, part_roles = mask.labels[box.slices].copy(), roles[box.slices].copy()
        piece = Piece(sample.sample_id, sample.confirmed, part, labels, part_roles)
        budget -= piece.nbytes
        if budget < 0 and number:
            return
        yield piece
