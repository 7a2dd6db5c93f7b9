"""The objects of the image on screen by number, with their measurements, kept up to date in a thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segdesk.core.errors import SegdeskError
from segdesk.core.geometry import Box
from segdesk.core.mask import Plane
from segdesk.core.measure import ObjectTable, measure_objects, merged
from segdesk.core.objects.anchors import Anchors
from segdesk.core.objects.found import FoundObject
from segdesk.core.objects.numbering import Numbering
from segdesk.core.painting import Point
from segdesk.gui.objects.hues import indices
from segdesk.gui.threads import pool_of
from segdesk.gui.workbench import Workbench

MOST_PIXELS = 32_000_000  # of an image whose objects are numbered: measuring takes tens of bytes a pixel
_SETTLE_MS = 120  # several changes in a row are looked at once


@dataclass(frozen=True)
class Page:
    """What was found in one state of the mask.

    revision: of the document. hues: (height, width) colour indices of the objects.
    anchors: what ties them to their numbers.
    """

    sample_id: int
    revision: int
    numbering: Numbering
    table: ObjectTable
    hues: Plane
    anchors: Anchors


class ObjectBook(QObject):
    """Numbers and measures objects in a thread while somebody looks at them.

    changed: `page` is another one; None while nothing is known. Only what a change has touched is done again.
    """

    changed = Signal()

    _done = Signal(int, object)

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.page: Page | None = None
        self._bench = bench
        self._watchers: set[str] = set()
        self._stale: Box | None = None  # what has changed since the page; None: nothing
        self._number = 0
        self._busy = False
        self._pool = pool_of(self)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._start)
        self._done.connect(self._on_done)
        bench.sample_changed.connect(self._on_sample)
        bench.picture_ready.connect(self._on_picture)
        bench.document_changed.connect(self._on_change)

    def watch(self, who: str, *, looks: bool) -> None:
        """Somebody looks at the objects from now on, or no longer."""
        self._watchers = self._watchers | {who} if looks else self._watchers - {who}
        if self._watchers:
            self._start()

    @property
    def is_too_large(self) -> bool:
        """Whether the image has more pixels than MOST_PIXELS."""
        document = self._bench.document
        return document is not None and document.mask.labels.size > MOST_PIXELS

    def get(self, number: int) -> FoundObject | None:
        """The object of this number."""
        page = self.page
        return page.numbering.get(number) if page is not None and number in page.numbering.boxes else None

    def number_at(self, point: Point) -> int:
        """The number of the object under a place of the image; 0 for none."""
        return self.page.numbering.number_at(point) if self.page is not None else 0

    def close(self) -> None:
        """Wait for what is under way."""
        self._number += 1
        self._watchers = set()
        self._settle.stop()
        self._pool.clear()
        self._pool.waitForDone()

    @Slot()
    def _on_sample(self) -> None:
        self._number += 1
        self._stale = None
        self._busy = False
        self._settle.stop()
        if self.page is not None:
            self.page = None
            self.changed.emit()

    @Slot(object)
    def _on_picture(self, _: object) -> None:
        self._start()

    @Slot(object)
    def _on_change(self, box: Box) -> None:
        self._stale = box if self._stale is None else self._stale.unite(box)
        if self._watchers:
            self._settle.start()

    @Slot()
    def _start(self) -> None:
        document, picture, page = self._bench.document, self._bench.picture, self.page
        project = self._bench.project
        if self._busy or not self._watchers or document is None or picture is None or project is None:
            return
        if self.is_too_large or (page is not None and self._stale is None):
            return
        if document.is_editing:
            self._settle.start()
            return
        box, self._stale = self._stale, None
        raw = picture.pixels  # None: read in parts, and too large to look at all of it here
        mask, part = document.mask, document.mask.box
        if page is not None and box is not None:
            part = page.numbering.reach(box)  # nobody else looks at it now
        borders = mask.borders[part.slices].copy() if mask.borders is not None else None
        anchors = project.numbers.of(document.sample.id) if page is None else None
        self._busy = True
        self._pool.start(
            _work(
                self._done.emit,
                self._number,
                page,
                mask.labels[part.slices].copy(),
                borders,
                anchors,
                box,
                raw,
                document.sample.id,
                document.revision,
            )
        )

    @Slot(int, object)
    def _on_done(self, number: int, page: Page) -> None:
        if number != self._number:
            return
        self._busy = False
        self.page = page
        self._keep_numbers(page)
        self.changed.emit()
        if self._stale is not None:
            self._settle.start()

    def _keep_numbers(self, page: Page) -> None:
        """What has been seen keeps its number, also when the project is opened again."""
        project = self._bench.project
        if project is not None and project.refusal is None:
            try:
                project.numbers.keep(page.sample_id, page.anchors)
            except SegdeskError as error:
                self._bench.error.emit(str(error))


def _work(
    tell: Callable[[int, object], object],
    number: int,
    page: Page | None,
    labels: Plane,
    borders: Plane | None,
    anchors: Anchors | None,
    box: Box | None,
    raw: NDArray[Any] | None,
    sample_id: int,
    revision: int,
) -> Callable[[], None]:
    def work() -> None:
        if page is None or box is None:
            numbering = Numbering(labels, borders, anchors)
            table = measure_objects(numbering.ids, labels, raw)
            hues = indices(numbering.ids)
        else:
            numbering, hues = page.numbering, page.hues.copy()
            table = _brought_up(page.table, numbering, labels, borders, box, raw, hues)
        tell(number, Page(sample_id, revision, numbering, table, hues, numbering.anchors))

    return work


def _brought_up(
    table: ObjectTable,
    numbering: Numbering,
    part: Plane,
    borders: Plane | None,
    box: Box,
    raw: NDArray[Any] | None,
    hues: Plane,
) -> ObjectTable:
    """The table after a change in a box; brings numbering and hues up to date as well."""
    what = numbering.update_part(part, box, borders)
    if what.box.is_empty:
        return table
    ids = numbering.ids[what.box.slices]
    hues[what.box.slices] = indices(ids)
    changed = np.where(np.isin(ids, list(what.found)), ids, 0).astype(np.int32)
    image = raw[what.box.slices] if raw is not None else None
    more = measure_objects(changed, part, image, corner=(what.box.x, what.box.y))
    return merged(table, what.gone, more)
