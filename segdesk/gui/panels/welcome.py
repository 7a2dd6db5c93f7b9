"""The first page: ways to begin, and the projects of late."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.project import SUFFIX, is_project
from segdesk.core.settings import SettingsFile
from segdesk.core.translation import tr
from segdesk.gui.actions import Actions
from segdesk.gui.icons import icon
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import IconMark

_WAYS = ("open_images", "open_folder", "new_project", "open_project", "sample_project", "predict_folder")
_INDENT = 12  # of words, so that they stand above the icons of the buttons
_FOLDER = Qt.ItemDataRole.UserRole


class Welcome(QWidget):
    """Shown while no project is open."""

    chosen = Signal(Path)

    def __init__(self, settings: SettingsFile, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._settings = settings
        title = QLabel("SegDesk")
        title.setProperty("rank", "title")
        top = QHBoxLayout()
        top.setContentsMargins(_INDENT, 0, 0, 0)
        top.setSpacing(GRID)
        top.addWidget(IconMark(4 * GRID, icon("vector-polygon", "accent")))
        top.addWidget(title, 1)
        about = QLabel(tr("Segment images, correct by hand, and let the model learn from your corrections."))
        about.setProperty("rank", "quiet")
        about.setWordWrap(True)
        about.setContentsMargins(_INDENT, 0, 0, 0)

        ways = QVBoxLayout()
        ways.setSpacing(GRID // 2)
        ways.addWidget(_heading(tr("Begin")))
        for name in _WAYS:
            ways.addWidget(_way(actions, name))
        ways.addStretch(1)

        self.recent = QListWidget()
        self.recent.setAccessibleName(tr("Recent projects"))
        self.recent.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.recent.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.none = QLabel(tr("Projects that you work on will be listed here."))
        self.none.setProperty("rank", "quiet")
        self.none.setWordWrap(True)
        self.none.setContentsMargins(_INDENT, GRID // 2, 0, 0)
        late = QVBoxLayout()
        late.setSpacing(GRID // 2)
        late.addWidget(_heading(tr("Recent projects")))
        late.addWidget(self.none)
        late.addWidget(self.recent, 1)
        late.addStretch()

        columns = QHBoxLayout()
        columns.setSpacing(6 * GRID)
        columns.addLayout(ways, 1)
        columns.addLayout(late, 1)
        drop = QLabel(tr("Or drop images, a folder or a project anywhere in this window."))
        drop.setProperty("rank", "quiet")
        drop.setContentsMargins(_INDENT, 0, 0, 0)

        page = QFrame()
        page.setMinimumWidth(52 * GRID)
        page.setMaximumWidth(88 * GRID)
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GRID)
        inner.addLayout(top)
        inner.addWidget(about)
        inner.addSpacing(3 * GRID)
        inner.addLayout(columns, 1)
        inner.addSpacing(2 * GRID)
        inner.addWidget(drop)
        page.setFixedHeight(51 * GRID)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(page, 100)  # as wide as it may become
        across.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(across)
        outer.addStretch(3)

        self.recent.itemClicked.connect(self._on_recent)
        self.recent.itemActivated.connect(self._on_recent)
        self.renew()

    @Slot()
    def renew(self) -> None:
        """List the projects that are still there."""
        self.recent.clear()
        for name in self._settings.values.recent_projects:
            folder = Path(name)
            if is_project(folder):
                item = QListWidgetItem(icon("folder-outline", "quiet"), folder.name.removesuffix(SUFFIX))
                item.setData(_FOLDER, folder)
                item.setToolTip(str(folder))
                self.recent.addItem(item)
        self.recent.setVisible(self.recent.count() > 0)
        self.none.setVisible(self.recent.count() == 0)

    @Slot(QListWidgetItem)
    def _on_recent(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_FOLDER))


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("rank", "heading")
    label.setContentsMargins(_INDENT, 0, 0, 0)
    return label


def _way(actions: Actions, name: str) -> QPushButton:
    action = actions[name]
    button = QPushButton(action.icon(), action.text())
    button.setProperty("flat", True)
    button.setProperty("way", True)
    button.setIconSize(QSize(20, 20))
    button.setToolTip(action.toolTip())
    button.setAccessibleName(action.text())
    button.clicked.connect(action.trigger)
    return button
