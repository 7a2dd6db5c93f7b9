"""Images for the screen: the one being worked on, its neighbour in advance, and thumbnails."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from segdesk.core.errors import ImageError, SegdeskError
from segdesk.core.images import ImageSource, Picture, open_picture, thumbnail, to_display
from segdesk.core.images.tile_cache import tiles
from segdesk.core.project import Sample
from segdesk.core.translation import tr
from segdesk.gui.qimage import to_qimage
from segdesk.gui.report import sentence
from segdesk.gui.threads import pool_of

THUMBNAIL = 128  # longer side, in device pixels

_AT_ONCE = 4_000_000  # pixels that are decoded fast enough for the GUI thread
_MOST_KEPT = 32  # images; who goes back further waits a moment, and small ones do not pile up
_THUMBNAILS = 16 * 2**20  # bytes of them: several screens full
_MOST_WANTED = 64


def read_picture(sample: Sample) -> Picture:
    """Open a sample's image.

    Raises:
        ImageError: it is gone, cannot be read, or has another size than it had.
    """
    picture = open_picture(sample.source)
    if (picture.height, picture.width) != (sample.height, sample.width):
        picture.regions.close()
        raise ImageError(
            tr("{name} has changed its size since it was added; put the old file back or remove it here.")
            .format(name=sample.source.path.name)
        )  # fmt: skip
    return picture


def small_copy(source: ImageSource, size: int) -> NDArray[np.uint8]:
    """An image as it is shown, reduced until no side exceeds `size` pixels.

    Raises:
        ImageError: it is gone or cannot be read.
    """
    picture = open_picture(source)
    with picture.regions:
        shown = picture.display if picture.overview is None else to_display(picture.overview.sample)
        return thumbnail(shown, size)


class Pictures(QObject):
    """Reads the images of samples, large ones in the background, and keeps the latest few.

    They may take as much memory as the pieces of those that are read in parts.
    """

    loaded = Signal(int, object)
    failed = Signal(int, str)

    _read = Signal(int, object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = pool_of(self)
        self._kept: OrderedDict[int, Picture] = OrderedDict()
        self._under_way: set[int] = set()
        self._generation = 0
        self._read.connect(self._on_read)

    def load(self, sample: Sample) -> None:
        """Tell `loaded` or `failed` about this sample: before returning, unless the image is a large one."""
        if sample.id in self._kept:
            self._kept.move_to_end(sample.id)
            self.loaded.emit(sample.id, self._kept[sample.id])
        elif sample.width * sample.height <= _AT_ONCE:
            picture, problem = _try_to_read(sample)
            self._on_read(sample.id, picture, problem)
        else:
            self.prefetch(sample)

    def prefetch(self, sample: Sample) -> None:
        """Read an image in the background, since it may be wanted soon."""
        if sample.id in self._kept or sample.id in self._under_way:
            return
        self._under_way.add(sample.id)
        generation = self._generation

        def work() -> None:
            picture, problem = _try_to_read(sample)
            if generation == self._generation:
                self._read.emit(sample.id, picture, problem)

        self._pool.start(work)

    def forget(self, sample_id: int | None = None) -> None:
        """Read this image (None: any) anew when it is asked for again."""
        if sample_id is not None:
            self._kept.pop(sample_id, None)
            return
        self._generation += 1
        self._kept.clear()
        self._under_way.clear()

    def close(self) -> None:
        """Wait for what is being read."""
        self._generation += 1
        self._pool.clear()
        self._pool.waitForDone()

    @Slot(int, object, str)
    def _on_read(self, sample_id: int, picture: Picture | None, problem: str) -> None:
        self._under_way.discard(sample_id)
        if picture is None:
            if sample_id not in self._kept:  # else its file came back while it was being read in advance
                self.failed.emit(sample_id, problem)
            return
        self._kept[sample_id] = picture
        while len(self._kept) > 1 and (
            len(self._kept) > _MOST_KEPT or sum(p.size for p in self._kept.values()) > tiles.budget
        ):
            self._kept.popitem(last=False)
        self.loaded.emit(sample_id, picture)


class Thumbnails(QObject):
    """Small images for the list, made in the background for the rows that were looked at last."""

    ready = Signal(int)

    _made = Signal(int, int, object, QImage)

    def __init__(self, parent: QObject | None = None, budget: int = _THUMBNAILS) -> None:
        """budget: bytes of thumbnails that are kept."""
        super().__init__(parent)
        self._budget = budget
        self._pool = pool_of(self)
        self._kept: OrderedDict[int, tuple[ImageSource, QImage]] = OrderedDict()
        self._size = 0  # bytes of those
        self._wanted: OrderedDict[int, ImageSource] = OrderedDict()
        self._making: int | None = None  # the sample whose thumbnail is under way
        self._outdated = False  # its file has gone or come back since
        self._generation = 0
        self._made.connect(self._on_made)

    def get(self, sample: Sample) -> QImage | None:
        """The thumbnail; None while it is being made; a null image where the file cannot be read."""
        source, image = self._kept.get(sample.id, (None, None))
        if source == sample.source:
            self._kept.move_to_end(sample.id)
        else:  # there is none yet, or the file was found in another place
            image = None
            self._wanted[sample.id] = sample.source
            self._wanted.move_to_end(sample.id)
            while len(self._wanted) > _MOST_WANTED:
                self._wanted.popitem(last=False)
            self._start()
        return image

    def renew(self, sample_id: int, *, broken: bool) -> None:
        """The file can be read again (broken: it could not), or no longer: make its thumbnail anew."""
        _, image = self._kept.get(sample_id, (None, None))
        self._outdated |= sample_id == self._making
        if image is not None and image.isNull() == broken:
            self._drop(sample_id)
            self.ready.emit(sample_id)

    def forget(self) -> None:
        """Another project: other samples have these ids."""
        self._generation += 1
        self._kept.clear()
        self._size = 0
        self._wanted.clear()

    def close(self) -> None:
        """Wait for the one that is being made."""
        self.forget()
        self._pool.clear()
        self._pool.waitForDone()

    def _start(self) -> None:
        if self._making is not None or not self._wanted:
            return
        sample_id, source = self._wanted.popitem()
        self._making, self._outdated = sample_id, False
        generation = self._generation
        self._pool.start(_made_by(self._made.emit, generation, sample_id, source))

    def _keep(self, sample_id: int, source: ImageSource, image: QImage) -> None:
        """Keep a thumbnail; those that were not looked at for longest make room."""
        self._drop(sample_id)
        self._kept[sample_id] = source, image
        self._size += image.sizeInBytes()
        while self._size > self._budget and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))

    def _drop(self, sample_id: int) -> None:
        _, image = self._kept.pop(sample_id, (None, None))
        self._size -= image.sizeInBytes() if image is not None else 0

    @Slot(int, int, object, QImage)
    def _on_made(self, generation: int, sample_id: int, source: ImageSource, image: QImage) -> None:
        self._making = None
        if generation == self._generation and self._outdated:
            self._wanted.setdefault(sample_id, source)
        elif generation == self._generation:
            self._keep(sample_id, source, image)
            self.ready.emit(sample_id)
        self._start()


def _try_to_read(sample: Sample) -> tuple[Picture | None, str]:
    try:
        return read_picture(sample), ""
    except (SegdeskError, MemoryError) as error:
        return None, sentence(error)


def _made_by(
    tell: Callable[[int, int, ImageSource, QImage], object],
    generation: int,
    sample_id: int,
    source: ImageSource,
) -> Callable[[], None]:
    def work() -> None:
        try:
            image = to_qimage(small_copy(source, THUMBNAIL))
        except (SegdeskError, MemoryError):
            image = QImage()
        tell(generation, sample_id, source, image)

    return work
