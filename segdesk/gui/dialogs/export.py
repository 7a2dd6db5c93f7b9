"""Which formats to export, and where to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from segdesk.core.translation import tr
from segdesk.formats.registry import ExportFormat, export_formats
from segdesk.gui.dialogs.files import existing_folder
from segdesk.gui.dialogs.form import FormDialog, named
from segdesk.gui.theme import GRID


class ExportDialog(FormDialog):
    """A box to tick for each format there is."""

    def __init__(self, folder: Path, *, has_model: bool, parent: QWidget | None = None) -> None:
        super().__init__(tr("Export"), tr("Export"), parent)
        self.setMinimumWidth(65 * GRID)
        self.boxes: dict[str, QCheckBox] = {}
        for entry in export_formats().values():
            self.body.addWidget(self._row(entry, enabled=has_model or entry.needs_labels))
        next(iter(self.boxes.values())).setChecked(True)
        self.folder = QLineEdit(str(folder))
        named(self.folder, tr("Folder to export to"), tr("A folder for each format is made in here"))
        choose = QPushButton(tr("Choose…"))
        choose.setAutoDefault(False)
        named(choose, tr("Choose a folder"))
        choose.clicked.connect(self._choose)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(QLabel(tr("Folder")))
        row.addWidget(self.folder, 1)
        row.addWidget(choose)
        self.body.addSpacing(GRID)
        self.body.addLayout(row)
        self.check = self._wrong

    def value(self) -> tuple[tuple[str, ...], Path]:
        """The names of the formats, and the folder."""
        names = tuple(name for name, box in self.boxes.items() if box.isChecked())
        return names, Path(self.folder.text()).expanduser()

    def _row(self, entry: ExportFormat, *, enabled: bool) -> QWidget:
        box = QCheckBox(entry.title)
        named(box, entry.title, entry.description)
        box.setEnabled(enabled)
        self.boxes[entry.name] = box
        words = QLabel(entry.description)
        words.setProperty("rank", "quiet")
        words.setWordWrap(True)
        words.setContentsMargins(24, 0, 0, GRID // 2)  # under the text of the box
        row = QWidget()
        layout = QVBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(box)
        layout.addWidget(words)
        return row

    def _choose(self) -> None:
        folder = existing_folder(self, tr("Folder to export to"))
        if folder is not None:
            self.folder.setText(str(folder))

    def _wrong(self) -> str | None:
        names, _ = self.value()
        if not names:
            return tr("Tick one format at least.")
        if not self.folder.text().strip():
            return tr("Choose a folder to export to.")
        return None
