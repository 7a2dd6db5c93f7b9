"""The loop, always in sight: predict, confirm, retrain; the next sensible step wears the accent."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import QAction, QColor, QFont, QFontMetrics, QIcon, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from segdesk.core.patch import State
from segdesk.core.translation import tr
from segdesk.gui.actions import Actions, key_text, tool_tip
from segdesk.gui.icons import icon
from segdesk.gui.learning import Learning
from segdesk.gui.steps import Situation, Steps, steps
from segdesk.gui.theme import GRID, colors
from segdesk.gui.workbench import Workbench

_ICON = 18
_LEAST_ADVICE = 28  # letters in a line: with fewer, it would need more lines than the bar has
_QUICK = 50_000_000  # pixels that are looked through without anybody noticing


class StepButton(QPushButton):
    """A button for an action, with its key beside its name where there is room for it."""

    def __init__(self, action: QAction, glyph: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._glyph = glyph
        self._key = ""
        self.setText(action.text())
        self._action = action
        self._show_key()
        action.changed.connect(self._show_key)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(action.trigger)

    @Slot()
    def _show_key(self) -> None:
        key = key_text(self._action.shortcut().toString())
        if key != self._key:
            self._key = key
            self.updateGeometry()
            self.update()
        name = f"{self._action.text()} ({key})" if key else self._action.text()
        if name != self.accessibleName():
            self.setAccessibleName(name)

    def accent(self, on: bool) -> None:
        """Wear the accent, or not."""
        if self.property("accented") != on:
            self.setProperty("accented", on)
            self.style().unpolish(self)
            self.style().polish(self)
            self.update()

    def sizeHint(self) -> QSize:
        key = QFontMetrics(self._fonts()[1]).horizontalAdvance(self._key)
        least = self.minimumSizeHint()
        return QSize(least.width() + key + GRID, least.height())

    def minimumSizeHint(self) -> QSize:
        name = QFontMetrics(self._fonts()[0]).horizontalAdvance(self.text())
        return QSize(name + _ICON + 4 * GRID + 4, 4 * GRID + 4)

    def _fonts(self) -> tuple[QFont, QFont]:
        bold, small = QFont(self.font()), QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        small.setPointSizeF(self.font().pointSizeF() * 0.86)
        return bold, small

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        option.icon = QIcon()
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        c = colors()
        accented = bool(self.property("accented"))
        role = "faint" if not self.isEnabled() else "on_accent" if accented else "text"
        color = QColor(getattr(c, role))
        area = self.rect().adjusted(GRID + GRID // 2, 0, -GRID - GRID // 2, 0)
        glyph = QRect(area.left(), area.center().y() - _ICON // 2 + 1, _ICON, _ICON)
        icon(self._glyph, role).paint(painter, glyph)
        bold, small = self._fonts()
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(color)
        painter.setFont(bold)
        painter.drawText(
            area.adjusted(_ICON + GRID, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, self.text()
        )
        if role == "text":
            color = QColor(c.quiet)
        if self.width() >= self.sizeHint().width():
            painter.setPen(color)
            painter.setFont(small)
            painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, self._key)


class LoopBar(QWidget):
    """Advice on the left, the three steps on the right."""

    def __init__(
        self, bench: Workbench, learning: Learning, actions: Actions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("loopBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bench = bench
        self._learning = learning
        self._actions = actions
        self.shown = Steps({}, "", "")
        self.advice = QLabel()
        self.advice.setProperty("rank", "quiet")
        self.advice.setWordWrap(True)
        self.advice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.buttons = {
            "predict": StepButton(actions["predict"], "creation-outline"),
            "confirm": StepButton(actions["confirm"], "check"),
            "retrain": StepButton(actions["retrain"], "school-outline"),
        }
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.advice, 1)
        for button in self.buttons.values():
            layout.addWidget(button)
        for signal in (
            bench.project_changed,
            bench.samples_changed,
            bench.sample_changed,
            bench.picture_ready,
            bench.picture_missing,
            bench.status_changed,
            bench.versions_changed,
            learning.changed,
        ):
            signal.connect(self.renew)
        self.renew()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        buttons = sum(button.sizeHint().width() + GRID for button in self.buttons.values())
        line = _LEAST_ADVICE * self.fontMetrics().averageCharWidth()
        self.advice.setVisible(event.size().width() - buttons >= line)

    @Slot()
    def renew(self) -> None:
        """Show where the loop stands now."""
        found = self.shown = steps(self._situation())
        self.advice.setText(found.advice)
        for name, button in self.buttons.items():
            action = self._actions[name]
            why_not = found.why_not.get(name)
            button.setEnabled(why_not is None)
            button.accent(name == found.next)
            keys = [key.toString() for key in action.shortcuts()[:1]]
            button.setToolTip(tool_tip(why_not, keys) if why_not else action.toolTip())
        learning = self._learning.is_learning
        retrain = self.buttons["retrain"]
        paused = learning and self._learning.is_paused
        words = tr("Paused") if paused else tr("Learning…") if learning else self._actions["retrain"].text()
        retrain.setText(words)
        retrain.updateGeometry()

    def _situation(self) -> Situation:
        bench, counts = self._bench, self._bench.listing.counts
        on_screen = bench.current is not None and bench.picture is not None
        return Situation(
            state=bench.current.state if on_screen and bench.current is not None else None,
            model=bench.project is not None and bench.project.versions.in_use() is not None,
            corrections=counts[State.CORRECTED] + counts[State.CONFIRMED] > 0,
            fresh=self._learning.new_corrections,
            learning=self._learning.is_learning,
            paused=self._learning.is_paused,
            predicting=self._learning.predicting.is_under_way,
            by_itself=self._learning.by_itself,
            all_confirmed=0 < counts[State.CONFIRMED] == len(bench.samples),
            nothing_found=self._found_nothing(),
        )

    def _found_nothing(self) -> bool:
        document = self._bench.document
        if document is None or document.status.state is not State.PREDICTED:
            return False
        labels = document.mask.labels
        return labels.size <= _QUICK and not labels.any()
