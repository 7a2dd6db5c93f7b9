"""What a round learns from, held in memory: pieces of images beside the part each of their pixels plays."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import ImageError, LearningError
from segdesk.core.geometry import Box
from segdesk.core.images import open_regions, read_image
from segdesk.core.jobs import Job, Progress, TrainRequest, TrainSample
from segdesk.core.mask import BACKGROUND, Mask
from segdesk.core.translation import tr
from segdesk.nn.doubt import beside
from segdesk.nn.holdout import held_blocks, held_in, rich_classes
from segdesk.nn.large import BLOCK, blocks, is_large, look_around, measured, planes, read_like
from segdesk.nn.normalise import Normalised, Pixels, channels_for
from segdesk.nn.preparation import PLAIN, Preparation, prepared, prepared_mask

# The part of a pixel in a round: none; not labelled, and background only because a mask begins with that;
# as predicted before the eyes of a person; asserted by the person; asserted and held out.
IGNORED, BLANK, ANCHOR, LEARNED, HELD = 0, 1, 2, 3, 4

_WHOLE = 2048 * 2048  # pixels; of larger images only blocks that teach something are kept
_MARGIN = 64
_MEMORY = 2 << 30  # bytes of pieces
_TOLD = 5  # samples that are named where they had to be left out


@dataclass(frozen=True)
class Piece:
    """A part of one sample.

    labels: (H, W) uint8 class indices.   roles: (H, W) uint8, one of the parts above.
    held: it is of a sample that nothing is learned from.
    """

    sample_id: int
    confirmed: bool
    image: Normalised
    labels: NDArray[np.uint8]
    roles: NDArray[np.uint8]
    held: bool = False

    @property
    def nbytes(self) -> int:
        """The memory that it takes."""
        return self.image.pixels.nbytes + self.labels.nbytes + self.roles.nbytes


@dataclass(frozen=True)
class Material:
    """All pieces of a round, and a note on samples that had to be left out, if any."""

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
        useful_here = anchored_here = False
        for labels, roles, apart in _taught(sample, classes):
            learned = roles == LEARNED
            here = np.bincount(labels[learned], minlength=classes)
            useful_here |= bool(here.any() or (sample.held and (roles == HELD).any()))
            anchored_here |= bool((roles == ANCHOR).any())
            counts += here
            spare += np.bincount(labels[learned & ~apart], minlength=classes)
        if useful_here:
            useful.append(sample)
            anchored |= anchored_here
    if np.count_nonzero(counts) < 2 and not anchored:
        raise LearningError(_too_little(counts, request.classes))

    pieces: list[Piece] = []
    failed: list[ImageError] = []
    rich = rich_classes(spare)
    confirmed = [sample for sample in useful if sample.confirmed]
    order = [sample for sample in useful if not sample.confirmed]
    order += [confirmed[index] for index in rng.permutation(len(confirmed))]
    room = _MEMORY
    for number, sample in enumerate(order):
        yield reading
        late = room <= 0 or (seconds is not None and time.monotonic() - began > seconds)
        if late and any(not piece.held for piece in pieces):
            break
        share = 2 * room // (len(order) - number)  # of the room, so that others have their turn
        try:
            if is_large(sample) and not preparation.changes_pixels:
                cut = _cut_from_file(sample, classes, channels, normalisation, rich, rng, share)
                if cut is not None:
                    channels = channels or next((piece.image.channels for piece in cut), None)
                    room -= sum(piece.nbytes for piece in cut)
                    pieces += cut
                    continue
            image = _read(sample)
        except ImageError as error:
            failed.append(error)
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
        # A large image gets twice its even share at most.
        cut = list(_cut(sample, mask, roles, normalised, rng, share))
        room -= sum(piece.nbytes for piece in cut)
        pieces += cut
    if failed and all(piece.held for piece in pieces):
        raise failed[0]
    return Material(tuple(pieces), _left_out(failed))


def _too_little(counts: NDArray[np.int64], classes: Sequence[str]) -> str:
    """Why nothing can be learned from so many pixels of each class: none, or all of one."""
    painted = np.flatnonzero(counts)
    if not len(painted):
        return tr("Nothing to learn from yet: paint a little of each class first, then retrain.")
    if painted[0] == BACKGROUND:
        return tr("Only background is marked yet: paint a little of another class, too, then retrain.")
    text = tr("Only {name} is painted yet: mark a little background, too, with the eraser, then retrain.")
    return text.format(name=classes[painted[0]])


def _left_out(failed: Sequence[ImageError]) -> str:
    """Which samples could not be read, as long as that can be said in a few words."""
    if not failed:
        return ""
    reasons = " ".join(str(error) for error in failed[:_TOLD])
    if len(failed) == 1:
        return tr("One sample was left out: {reason}").format(reason=reasons)
    return tr("{count} samples were left out: {reasons}").format(count=len(failed), reasons=reasons)


def _roles(sample: TrainSample, classes: int) -> tuple[Mask, NDArray[np.uint8]]:
    try:
        mask = sample.mask.unpack()
    except (ValueError, zlib.error) as error:
        raise LearningError(
            tr("The mask of {name} is damaged; correct the image again.").format(name=sample.source.path.name)
        ) from error
    return mask, _roles_of(sample, mask.labels, mask.corrected, classes)


def _roles_of(
    sample: TrainSample, labels: NDArray[np.uint8], corrected: NDArray[np.uint8], classes: int
) -> NDArray[np.uint8]:
    """The part that each pixel plays, of a mask or of a part of one."""
    roles = np.full(labels.shape, ANCHOR if sample.predicted else BLANK, np.uint8)
    roles[(corrected == 1) | sample.confirmed] = LEARNED
    roles[labels >= classes] = IGNORED
    if sample.held:
        roles = np.where(roles == LEARNED, np.uint8(HELD), np.uint8(IGNORED))
    return roles


def _doubt(labels: NDArray[np.uint8], roles: NDArray[np.uint8]) -> None:
    """Ignore, in place, what is background only because the stroke along it does not cover it.

    After 60 steps from the starter model, Dice with this and without it was .83 and .71 on squares of which
    only the middle was painted; after a first round .32 and .21 on roots and .57 both on vessels (two seeds
    each), .59 and .60 on nuclei and .50 and .52 on membranes (four seeds each, which differ by .05).
    """
    blank = roles == BLANK
    if blank.any():
        roles[blank & beside((roles >= LEARNED) & (labels != BACKGROUND))] = IGNORED


def _taught(
    sample: TrainSample, classes: int
) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.bool_]]]:
    """What a person has said: labels, roles, and what is held out; of a large sample, block by block."""
    if not is_large(sample):
        mask, roles = _roles(sample, classes)
        yield mask.labels, roles, held_blocks(sample.sample_id, *mask.labels.shape)
        return
    for box in blocks(sample):
        part = planes(sample, box)
        roles = _roles_of(sample, part.labels, part.corrected, classes)
        yield part.labels, roles, held_in(sample.sample_id, box)


def _cut_from_file(
    sample: TrainSample,
    classes: int,
    channels: int | None,
    normalisation: str,
    rich: NDArray[np.bool_],
    rng: np.random.Generator,
    budget: int,
) -> list[Piece] | None:
    """The blocks of a large sample that teach something, one by one; None where its file is read whole."""
    bounds = Box(0, 0, sample.mask.labels.width, sample.mask.labels.height)
    pieces: list[Piece] = []
    with open_regions(sample.source) as regions:
        if not regions.is_piecewise:
            return None
        if regions.box != bounds:
            raise _another_size(sample)
        like = measured(regions, channels or channels_for(look_around(regions)), normalisation)
        found = list(blocks(sample))
        for index in rng.permutation(len(found)):
            box = found[index].grow(_MARGIN).intersect(bounds)
            part = planes(sample, box)
            roles = _roles_of(sample, part.labels, part.corrected, classes)
            learned = roles == LEARNED
            apart = held_in(sample.sample_id, box) & learned
            roles[apart & rich[np.where(learned, part.labels, 0)]] = HELD
            if not (roles >= LEARNED).any():
                continue
            image = read_like(regions, box, like)
            _doubt(part.labels, roles)
            piece = Piece(sample.sample_id, sample.confirmed, image, part.labels, roles, sample.held)
            budget -= piece.nbytes
            if budget < 0 and pieces:
                break
            pieces.append(piece)
    return pieces


def _read(sample: TrainSample) -> Pixels:
    image = read_image(sample.source)
    if image.shape[:2] != (sample.mask.labels.height, sample.mask.labels.width):
        raise _another_size(sample)
    return image


def _another_size(sample: TrainSample) -> ImageError:
    return ImageError(
        tr("{name} is not of the size of its mask any more; put the original image back.").format(
            name=sample.source.path.name
        )
    )


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
        corners = [(x, y) for y in range(0, image.height, BLOCK) for x in range(0, image.width, BLOCK)]
        blocks = [
            Box(x, y, BLOCK, BLOCK).grow(_MARGIN).intersect(mask.box)
            for x, y in corners
            if (roles[y : y + BLOCK, x : x + BLOCK] >= LEARNED).any()
        ]
        boxes = [blocks[index] for index in rng.permutation(len(blocks))]
    for number, box in enumerate(boxes):
        part = image.part(box)
        labels, part_roles = mask.labels[box.slices].copy(), roles[box.slices].copy()
        _doubt(labels, part_roles)
        piece = Piece(sample.sample_id, sample.confirmed, part, labels, part_roles, sample.held)
        budget -= piece.nbytes
        if budget < 0 and number:
            return
        yield piece
