"""The question from which size on objects are kept, with how many would go."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QWidget

from segdesk.core.mask import Mask
from segdesk.core.objects.choosing import areas
from segdesk.core.translation import tr
from segdesk.gui.dialogs.form import FormDialog, named
from segdesk.gui.widgets import NumberField

_LARGEST = 100_000_000


class DropDialog(FormDialog):
    """Asks for a number of pixels; `value` is the answer."""

    def __init__(self, mask: Mask, class_index: int, class_name: str, parent: QWidget | None = None) -> None:
        super().__init__(tr("Drop small objects"), tr("Drop"), parent)
        self._areas = np.sort(areas(mask.labels, class_index, mask.borders))
        self.body.addWidget(
            QLabel(tr("Of the class {name}, drop objects smaller than").format(name=class_name))
        )
        self.pixels = NumberField(1, _LARGEST, " px")
        if len(self._areas):
            few = int(np.median(self._areas) // 4)
            self.pixels.setValue(max(few, int(self._areas[0])) + 1)  # at least one would go
        named(self.pixels, tr("Smallest size"), tr("Objects with fewer pixels become background"))
        self.body.addWidget(self.pixels)
        self.count = QLabel()
        self.count.setProperty("rank", "quiet")
        self.body.addWidget(self.count)
        self.pixels.setKeyboardTracking(True)
        self.pixels.valueChanged.connect(self._on_value)
        self._on_value()

    def value(self) -> int:
        """Pixels that an object must have to be kept."""
        return self.pixels.value()

    @Slot()
    def _on_value(self) -> None:
        gone = int(np.searchsorted(self._areas, self.value()))
        self.count.setText(tr("{gone} of {count} would go.").format(gone=gone, count=len(self._areas)))
        self.go.setEnabled(gone > 0)
