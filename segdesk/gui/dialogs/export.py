"""Which formats to export, and where to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.translation import tr
from segdesk.formats.fidelity import Contents, expected_losses
from segdesk.formats.items import MOST_SOFT
from segdesk.formats.optional import how_to_get, is_here
from segdesk.formats.registry import ExportFormat, export_format, export_formats
from segdesk.gui.dialogs.files import existing_folder
from segdesk.gui.dialogs.form import FormDialog, named
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import NumberField


class ExportDialog(FormDialog):
    """A box to tick for each format there is."""

    def __init__(self, folder: Path, *, has_model: bool, parent: QWidget | None = None) -> None:
        super().__init__(tr("Export"), tr("Export"), parent)
        self.setMinimumWidth(65 * GRID)
        self.boxes: dict[str, QCheckBox] = {}
        self.words: dict[str, QLabel] = {}
        self.soft_edge = NumberField(0, MOST_SOFT, tr(" px"))
        self.soft_edge.setSpecialValueText(tr("none"))
        named(
            self.soft_edge,
            tr("Soft edge of cut-outs"),
            tr("How far to either side of the edge pixels may be see-through in part, as hairs are"),
        )
        listed = QWidget()
        rows = QVBoxLayout(listed)
        rows.setContentsMargins(0, 0, GRID, 0)
        rows.setSpacing(GRID)
        for entry in export_formats().values():
            rows.addWidget(self._row(entry, enabled=has_model or entry.needs_labels))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(listed)
        area.setMinimumHeight(60 * GRID)
        self.body.addWidget(area, 1)
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
        self.compare = QCheckBox(tr("Read what was written back, and say what is not the same"))
        named(
            self.compare, self.compare.text(), tr("Nobody then finds out later what a format could not hold")
        )
        self.compare.setChecked(True)
        self.body.addSpacing(GRID)
        self.body.addLayout(row)
        self.body.addWidget(self.compare)
        self.check = self._wrong

    def value(self) -> tuple[tuple[str, ...], Path]:
        """The names of the formats, and the folder."""
        names = tuple(name for name, box in self.boxes.items() if box.isChecked())
        return names, Path(self.folder.text()).expanduser()

    def show_contents(self, found: Contents) -> None:
        """Say of each format what it will not hold of what there is."""
        for name, words in self.words.items():
            if losses := expected_losses(found, name):
                words.setText("\n".join([export_format(name).description, *losses]))

    def _row(self, entry: ExportFormat, *, enabled: bool) -> QWidget:
        box = QCheckBox(entry.title)
        named(box, entry.title, entry.description)
        missing = "" if is_here(entry.needs[0]) else how_to_get(*entry.needs)
        box.setEnabled(enabled and not missing)
        self.boxes[entry.name] = box
        loses = tr("Cannot hold: {what}").format(what=entry.loses) if entry.loses else ""
        words = QLabel("\n".join(filter(None, (entry.description, loses, missing))))
        self.words[entry.name] = words
        words.setProperty("rank", "quiet")
        words.setWordWrap(True)
        words.setContentsMargins(24, 0, 0, GRID // 2)  # under the text of the box
        row = QWidget()
        layout = QVBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(box)
        layout.addWidget(words)
        if entry.name == "cutout":
            layout.addLayout(self._soft_edge_row(box))
        return row

    def _soft_edge_row(self, box: QCheckBox) -> QHBoxLayout:
        label = QLabel(tr("Soft edge"))
        label.setBuddy(self.soft_edge)
        row = QHBoxLayout()
        row.setContentsMargins(24, 0, 0, GRID // 2)
        row.setSpacing(GRID)
        for widget in (label, self.soft_edge):
            widget.setEnabled(False)
            box.toggled.connect(widget.setEnabled)
            row.addWidget(widget)
        row.addStretch(1)
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
