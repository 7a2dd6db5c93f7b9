"""What stands above and below the compared image: which versions, how they are seen, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from segdesk.core.project import ModelVersion
from segdesk.core.translation import tr
from segdesk.gui.actions import tool_tip
from segdesk.gui.icons import icon
from segdesk.gui.panels.versions_text import version_line
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown


class ChoiceBar(QWidget):
    """The version on each side, and whether they are wiped or flipped.

    changed: another version was chosen. wipe_chosen: beside a divider, or one of them all over.
    """

    changed = Signal()
    wipe_chosen = Signal(bool)
    flipped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._versions: dict[int, ModelVersion] = {}
        self.left = _chooser(tr("Version on the left"))
        self.right = _chooser(tr("Version on the right"))
        self.wipe = _segment(tr("Wipe"), "arrow-split-vertical", tr("See one beside the other"))
        self.before_after = _segment(
            tr("Before / after"), "image-outline", tr("See one all over, and the other when you flip")
        )
        self.wipe.setChecked(True)
        group = QButtonGroup(self)
        group.addButton(self.wipe)
        group.addButton(self.before_after)
        self.flip = QPushButton(icon("swap-horizontal"), tr("Flip"))
        self.flip.setCheckable(True)
        self.flip.setProperty("segment", True)
        self.flip.setAccessibleName(tr("Flip"))
        self.flip.setToolTip(
            tool_tip(tr("Change the sides; hold the key to see the other one for a moment"), ("X",))
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.left, 1)
        layout.addWidget(self.wipe)
        layout.addWidget(self.before_after)
        layout.addWidget(self.flip)
        layout.addWidget(self.right, 1)
        self.left.activated.connect(self.changed)
        self.right.activated.connect(self.changed)
        self.wipe.toggled.connect(self.wipe_chosen)
        self.flip.clicked.connect(self.flipped)

    def fill(self, versions: Sequence[ModelVersion], chosen: tuple[int | None, int | None]) -> None:
        """Offer these versions, with two of them chosen where they are there."""
        self._versions = {version.number: version for version in versions}
        numbers = sorted(self._versions)
        for box, number, other in zip((self.left, self.right), chosen, numbers[-2:], strict=False):
            box.clear()
            for version in reversed(versions):
                box.addItem(version_line(version), version.number)
            box.setCurrentIndex(box.findData(number if number in self._versions else other))

    def numbers(self) -> tuple[int | None, int | None]:
        """The numbers of the chosen versions."""
        return self.left.currentData(), self.right.currentData()

    def versions(self) -> tuple[ModelVersion | None, ModelVersion | None]:
        """The chosen versions."""
        left, right = (self._versions.get(number or 0) for number in self.numbers())
        return left, right

    @Slot(bool)
    def show_flipped(self, on: bool) -> None:
        """The sides have changed."""
        self.flip.setChecked(on)

    @Slot()
    def toggle_wipe(self) -> None:
        """Go from one way of looking to the other."""
        (self.before_after if self.wipe.isChecked() else self.wipe).setChecked(True)


class StatusBar(QWidget):
    """One line on what came of the comparison, or how far it is. stopped, resumed: the person wants that."""

    stopped = Signal()
    resumed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(16 * GRID)
        self.bar.setAccessibleName(tr("Progress"))
        self.stop = _plain(tr("Stop"), tr("Stop predicting for this comparison"))
        self.again = _plain(tr("Try again"), tr("Predict with both versions after all"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.bar)
        layout.addWidget(self.stop)
        layout.addWidget(self.again)
        self.setMinimumHeight(6 * GRID)
        self.stop.clicked.connect(self.stopped)
        self.again.clicked.connect(self.resumed)
        self.tell("")

    def tell(self, text: str, *, busy: bool = False, problem: bool = False, again: bool = False) -> None:
        """Show a sentence; while `busy` it can be stopped, after a problem or a stop tried again."""
        self.label.setText(text)
        if self.label.property("rank") != ("problem" if problem else ""):
            self.label.setProperty("rank", "problem" if problem else "")
            self.label.style().unpolish(self.label)
            self.label.style().polish(self.label)
        self.bar.setVisible(busy)
        self.bar.setRange(0, 0)
        self.stop.setVisible(busy)
        self.again.setVisible(problem or again)

    def progress(self, fraction: float | None, text: str) -> None:
        """How far it is, 0 to 1 or None."""
        if self.stop.isHidden():
            return
        self.label.setText(text)
        if fraction is not None:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * fraction))


def _chooser(name: str) -> DropDown:
    box = DropDown()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setSizeAdjustPolicy(DropDown.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(14)
    return box


def _segment(text: str, glyph: str, tip: str) -> QPushButton:
    button = QPushButton(icon(glyph), text)
    button.setCheckable(True)
    button.setProperty("segment", True)
    button.setAccessibleName(text)
    button.setToolTip(tool_tip(tip, ("B",)))
    return button


def _plain(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    return button
