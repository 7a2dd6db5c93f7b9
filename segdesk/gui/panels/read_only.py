"""Why nothing can be changed in this window, and the way out of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from segdesk.core.project.claim import is_free
from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import IconMark
from segdesk.gui.workbench import Workbench

_LOOK_MS = 2000


class ReadOnlyBar(QFrame):
    """A strip above the image while somebody else has the project, or its folder is read-only.

    Once the other one is gone, the project can be taken over; so it can where the other one is on another
    computer, since nobody here knows whether it still runs.
    """

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("readOnly")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._bench = bench
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.take_over = QPushButton(tr("Take over"))
        self.take_over.setAccessibleName(tr("Take the project over"))
        self.take_over.setToolTip(tr("Work on the project here, once the other SegDesk has ended"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(IconMark(20, icon("lock-outline")), 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.take_over)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self.take_over.clicked.connect(bench.take_over)
        bench.project_changed.connect(self.renew)
        self.renew()

    @Slot()
    def renew(self) -> None:
        """Show what is true of the project that is open now."""
        project = self._bench.project
        claim = project.claim if project is not None else None
        shown = claim is not None and not claim.is_ours
        self.setVisible(shown)
        if claim is not None and claim.holder is not None:
            self.label.setText(
                tr("Read-only: another SegDesk has this project ({holder}).").format(holder=claim.holder)
            )
            self._timer.start()
        else:
            self._timer.stop()
            if shown:
                self.label.setText(
                    tr("Read-only: this folder cannot be written. Save the project elsewhere to work on it.")
                )
        self.take_over.setVisible(shown and claim is not None and claim.holder is not None)
        self.look()

    @Slot()
    def look(self) -> None:
        """See whether the other one is gone."""
        project = self._bench.project
        claim = project.claim if project is not None else None
        if claim is None or claim.holder is None:
            return
        free = is_free(claim.folder)
        self.take_over.setEnabled(free)
        if not free:
            text = tr("Close the project there first; after a crash, it can be taken over here")
        elif claim.holder.is_elsewhere:
            text = tr("Work on it here. Do this only if the other SegDesk has ended: it cannot be asked")
        else:
            text = tr("The other SegDesk has ended: work on the project here")
        self.take_over.setToolTip(text)
