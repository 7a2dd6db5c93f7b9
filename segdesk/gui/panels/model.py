"""The model: where the next round starts from, what rounds have led to, and how the one under way does."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from segdesk.core.jobs import ModelChoice
from segdesk.core.network_choices import plain_choices
from segdesk.core.project import ModelVersion
from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.learning import Learning
from segdesk.gui.panels.curve import Curve
from segdesk.gui.panels.strip import Strip
from segdesk.gui.panels.versions_list import VersionList
from segdesk.gui.panels.versions_menu import VersionMenu
from segdesk.gui.panels.versions_verbs import VersionVerbs
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown
from segdesk.gui.workbench import Workbench


class ModelPanel(QWidget):
    """Versions with what they earned, the curve of a round, and the sentence that the last one ended with."""

    def __init__(
        self, bench: Workbench, learning: Learning, verbs: VersionVerbs, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._learning = learning
        self._verbs = verbs
        self.start = DropDown()
        self.start.setAccessibleName(tr("What the next round starts from"))
        self.start.setToolTip(tr("What the next round starts from"))
        self.start.setSizeAdjustPolicy(DropDown.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.start.setMinimumContentsLength(12)
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self.outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.curve = Curve()
        self.versions = VersionList()
        self.menu = VersionMenu(bench, verbs, self.versions)
        self.use = _ActionButton(self.menu.use)
        self.compare = _tool(self.menu.compare)
        self.more = QToolButton()
        self.more.setIcon(icon("dots-horizontal"))
        self.more.setAccessibleName(tr("More for this version"))
        self.more.setToolTip(tr("Rename, export, import or delete versions"))
        self.empty = QLabel(tr("No model yet. Paint a few of each class, then press Retrain."))
        self.empty.setWordWrap(True)
        self.empty.setProperty("rank", "quiet")
        self.bring = _ActionButton(self.menu.bring, icon("import"))
        self.bring.setProperty("flat", True)

        heading = QLabel(tr("Next round starts from"))
        heading.setProperty("rank", "quiet")
        self._orders = QWidget()
        row = QHBoxLayout(self._orders)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        row.addWidget(self.use)
        row.addStretch(1)
        row.addWidget(self.compare)
        row.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID + 4)
        layout.setSpacing(GRID)
        layout.addWidget(heading)
        layout.addWidget(self.start)
        layout.addWidget(self.outcome)
        layout.addWidget(self.empty)
        layout.addWidget(self.versions)
        layout.addWidget(self._orders)
        layout.addWidget(self.bring, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.curve)
        self.strip = Strip(bench, learning)
        layout.addWidget(self.strip)
        layout.addStretch(1)

        self.start.activated.connect(self._on_start)
        self.versions.currentItemChanged.connect(self._show_curve)
        self.versions.itemDoubleClicked.connect(self.menu.use.trigger)
        self.versions.renamed.connect(verbs.rename)
        self.more.clicked.connect(self._on_more)
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
        self.versions.fill(versions, in_use.number if in_use is not None else None)
        self.versions.setVisible(bool(versions))
        self._orders.setVisible(bool(versions))
        self.bring.setVisible(project is not None and not versions)
        self.empty.setVisible(not versions and not self._learning.is_learning)
        self._fill_start(in_use)
        self.menu.renew()
        self._show_curve()

    def _fill_start(self, in_use: ModelVersion | None) -> None:
        self.start.clear()
        if in_use is not None:
            text = tr("Version {number}, in use").format(number=in_use.number)
            self.start.addItem(text, None)
        fresh = tr("Afresh: {network}")
        plain = {choice.network: choice.title for choice in plain_choices()}
        for network in sorted(self._learning.facts.networks, key=lambda n: n.name not in plain):
            words = network.description
            if network.name in plain:
                words = tr("{title} ({network})").format(title=plain[network.name], network=words)
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
    def _show_curve(self) -> None:
        version = self.versions.current_version()
        if version is not None and not self._learning.is_learning:
            self.curve.show_points(version.curve)

    @Slot()
    def _on_more(self) -> None:
        self.menu.menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

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


def _tool(action: QAction) -> QToolButton:
    """A button without words for an action."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setAccessibleName(action.text().rstrip("…"))
    return button


class _ActionButton(QPushButton):
    """A button with words that is what an action is."""

    def __init__(self, action: QAction, glyph: QIcon | None = None) -> None:
        super().__init__()
        if glyph is not None:
            self.setIcon(glyph)
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._renew)
        self._renew()

    @Slot()
    def _renew(self) -> None:
        self.setText(self._action.text())
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self._action.text().rstrip("…"))
