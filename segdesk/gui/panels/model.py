"""The model: where the next round starts from, what rounds have led to, and how the one under way does."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.jobs import ModelChoice
from segdesk.core.project import ModelVersion
from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.learning import Learning
from segdesk.gui.panels.curve import Curve
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown
from segdesk.gui.workbench import Workbench

_ROW = 32
_MOST_ROWS = 8
_NUMBER = Qt.ItemDataRole.UserRole


class ModelPanel(QWidget):
    """Versions with what they earned, the curve of a round, and the sentence that the last one ended with."""

    def __init__(self, bench: Workbench, learning: Learning, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._learning = learning
        self.start = DropDown()
        self.start.setAccessibleName(tr("What the next round starts from"))
        self.start.setToolTip(tr("What the next round starts from"))
        self.start.setSizeAdjustPolicy(DropDown.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.start.setMinimumContentsLength(12)
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self.outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.curve = Curve()
        self.versions = QListWidget()
        self.versions.setAccessibleName(tr("Model versions"))
        self.versions.setIconSize(QSize(18, 18))
        self.versions.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.use = QPushButton(tr("Use this version"))
        self.use.setToolTip(tr("Let the selected version predict from now on"))
        self.use.setAccessibleName(tr("Use this version"))
        self.empty = QLabel(tr("No model yet. Paint a little of each class, then press Retrain."))
        self.empty.setWordWrap(True)
        self.empty.setProperty("rank", "quiet")

        heading = QLabel(tr("Next round starts from"))
        heading.setProperty("rank", "quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID + 4)
        layout.setSpacing(GRID)
        layout.addWidget(heading)
        layout.addWidget(self.start)
        layout.addWidget(self.outcome)
        layout.addWidget(self.curve)
        layout.addWidget(self.empty)
        layout.addWidget(self.versions)
        layout.addWidget(self.use, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)

        self.start.activated.connect(self._on_start)
        self.versions.currentItemChanged.connect(self._on_selected)
        self.versions.itemDoubleClicked.connect(self._use)
        self.use.clicked.connect(self._use)
        bench.project_changed.connect(self._on_project)
        bench.versions_changed.connect(self.renew)
        learning.met.connect(self.renew)
        learning.figures.connect(self._on_figures)
        learning.outcome.connect(self._on_outcome)
        learning.changed.connect(self._on_learning)
        self._on_project()

    def sizeHint(self) -> QSize:
        return QSize(30 * GRID, 40 * GRID)

    @Slot()
    def renew(self) -> None:
        """Show the versions there are."""
        project = self._bench.project
        versions = project.versions.all() if project is not None else []
        in_use = project.versions.in_use() if project is not None else None
        self.versions.clear()
        for version in reversed(versions):
            item = QListWidgetItem(version_line(version))
            used = in_use is not None and version.number == in_use.number
            item.setIcon(icon("check-circle", "good") if used else icon("circle-outline", "quiet"))
            item.setData(_NUMBER, version.number)
            item.setSizeHint(QSize(1, _ROW))
            item.setToolTip(version_details(version, in_use=used))
            self.versions.addItem(item)
            if used:
                self.versions.setCurrentItem(item)
        self.versions.setVisible(bool(versions))
        self.versions.setFixedHeight(min(max(1, len(versions)), _MOST_ROWS) * _ROW)
        self.empty.setVisible(not versions and not self._learning.is_learning)
        self._fill_start(in_use)
        self._on_selected()

    def _fill_start(self, in_use: ModelVersion | None) -> None:
        self.start.clear()
        if in_use is not None:
            text = tr("Version {number}, in use").format(number=in_use.number)
            self.start.addItem(text, None)
        fresh = tr("Afresh: {network}")
        for network in self._learning.facts.networks:
            words = network.description
            self.start.addItem(fresh.format(network=words) if in_use is not None else words, network.name)
        if not self.start.count():
            self.start.addItem(tr("U-Net"), None)
        wanted = self._learning.start
        name = wanted.network if wanted is not None else None
        if in_use is None and name is None:
            name = self._bench.settings.values.network
        self.start.setCurrentIndex(max(0, self.start.findData(name)))
        for row in range(self.start.count()):
            self.start.setItemData(row, self.start.itemText(row), Qt.ItemDataRole.ToolTipRole)

    @Slot()
    def _on_start(self) -> None:
        name = self.start.currentData()
        self._learning.start = ModelChoice(network=name) if name is not None else None

    @Slot()
    def _on_selected(self) -> None:
        item = self.versions.currentItem()
        project = self._bench.project
        if item is None or project is None:
            self.use.hide()
            return
        number = item.data(_NUMBER)
        in_use = project.versions.in_use()
        self.use.setVisible(in_use is None or in_use.number != number)
        if not self._learning.is_learning:
            found = project.versions.get(number).round
            self.curve.show_points(found.curve if found is not None else ())

    @Slot()
    def _use(self) -> None:
        item = self.versions.currentItem()
        if item is not None and not self.use.isHidden():
            self._bench.use_version(item.data(_NUMBER))

    @Slot()
    def _on_project(self) -> None:
        project = self._bench.project
        rounds = project.versions.rounds() if project is not None else []
        self.outcome.setText(rounds[-1].note if rounds else "")
        self.outcome.setVisible(bool(self.outcome.text()))
        self.curve.show_points(())
        self.renew()

    @Slot(object)
    def _on_figures(self, figures: Mapping[str, float] | None) -> None:
        if figures is None:
            self.curve.begin()
        else:
            self.curve.add(figures)

    @Slot(str)
    def _on_outcome(self, sentence: str) -> None:
        self.outcome.setText(sentence)
        self.outcome.show()

    @Slot()
    def _on_learning(self) -> None:
        if self._learning.is_learning:
            self.outcome.hide()
            self.empty.hide()
        elif self._bench.project is not None and not self.versions.count():
            self.empty.setVisible(self.outcome.isHidden())


def version_line(version: ModelVersion) -> str:
    """A version in a few words: "Version 3 · Dice 0.78"."""
    name = tr("Version {number}").format(number=version.number)
    dice = version.round.dice_after if version.round is not None else None
    return name if dice is None else tr("{name} · Dice {dice}").format(name=name, dice=f"{dice:.2f}")


def version_details(version: ModelVersion, *, in_use: bool) -> str:
    """What is known of a version, a line each."""
    lines = [version_line(version) + (" · " + tr("in use") if in_use else "")]
    found = version.round
    if found is not None:
        lines.append(tr("Learned from {count} images").format(count=found.samples))
        lines.append(tr("Network: {name}").format(name=found.network))
    return "\n".join(lines)
