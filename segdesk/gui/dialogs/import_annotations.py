"""Which annotations to import, what each class becomes, and what will happen: all before anything does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QWidget,
)

from segdesk.core.classes import SegClass
from segdesk.core.translation import counted, tr
from segdesk.formats.class_mapping import Becomes, called, default_mapping
from segdesk.formats.foreign import Reading
from segdesk.formats.importers import import_formats
from segdesk.formats.taking import Choices, Conflict, Standing, Summary, summarise
from segdesk.gui.dialogs.files import existing_folder
from segdesk.gui.dialogs.form import FormDialog, named
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown

_NAMED = 3  # files of no image that are named
_MOST_CLASSES = 254


class ImportDialog(FormDialog):
    """Asks; reading and writing are others' work, who hear `wanted` and `agreed`.

    wanted: read this path in this format ("" for whichever it is).   agreed: take it in, with these choices.
    """

    wanted = Signal(Path, str)
    agreed = Signal(object)

    def __init__(self, classes: Sequence[SegClass], parent: QWidget | None = None) -> None:
        super().__init__(tr("Import annotations"), tr("Import"), parent)
        self.setMinimumWidth(75 * GRID)
        self._classes = tuple(classes)
        self._reading: Reading | None = None
        self._mapping: dict[int, DropDown] = {}
        self.path = QLineEdit()
        self.path.setPlaceholderText(tr("A folder of labels, or a file such as annotations.json"))
        named(self.path, tr("Annotations"), tr("The file or folder to read, then Enter"))
        self.path.returnPressed.connect(self._look)
        self.format = _combo(tr("Format"), [("", tr("Find out by itself"))])
        for entry in import_formats().values():
            self.format.addItem(entry.title, entry.name)
        self.format.activated.connect(self._look)
        self.standing = _combo(
            tr("They are"),
            [(Standing.CONFIRMED, tr("the truth: images are confirmed")),
             (Standing.PREDICTION, tr("predictions: to be looked at and corrected"))],
        )  # fmt: skip
        self.conflict = _combo(
            tr("Where you have corrected"),
            [(Conflict.MINE, tr("leave those images alone")),
             (Conflict.UNLABELLED, tr("fill in only what you have not corrected")),
             (Conflict.THEIRS, tr("take theirs instead of mine"))],
        )  # fmt: skip
        self.standing.activated.connect(self._summarise)
        self.conflict.activated.connect(self._summarise)
        self._form = QFormLayout()
        self._form.setSpacing(GRID)
        self._form.addRow(tr("Annotations"), self._path_row())
        self._form.addRow(tr("Format"), self.format)
        self._form.addRow(tr("They are"), self.standing)
        self._form.addRow(tr("Where you have corrected"), self.conflict)
        self.body.addLayout(self._form)
        self._classes_area = QScrollArea()
        self._classes_area.setWidgetResizable(True)
        self._classes_area.setMaximumHeight(24 * GRID)
        self._classes_area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._classes_area.hide()
        self._classes_label = QLabel(tr("Their classes become"))
        self._form.addRow(self._classes_label, self._classes_area)
        self._classes_label.hide()
        self.summary = QLabel(tr("Choose annotations: what will happen is said here before it does."))
        self.summary.setWordWrap(True)
        self.body.addWidget(self.summary)
        self.problems = QPlainTextEdit()
        self.problems.setReadOnly(True)
        self.problems.setMaximumHeight(12 * GRID)
        named(self.problems, tr("What cannot be used"))
        self.problems.hide()
        self.body.addWidget(self.problems)
        self.despite = QCheckBox(tr("Import the others without these"))
        named(self.despite, tr("Import the others without these"))
        self.despite.toggled.connect(self._allow)
        self.despite.hide()
        self.body.addWidget(self.despite)
        self.progress = QProgressBar()
        named(self.progress, tr("How far the import is"))
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.body.addWidget(self.progress)
        self.body.addStretch(1)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(button is self.go)  # Enter never means Cancel
        self.go.setEnabled(False)

    def choices(self) -> Choices:
        """As they are set now."""
        mapping = {number: box.currentData() for number, box in self._mapping.items()}
        return Choices(mapping, Standing(self.standing.currentData()), Conflict(self.conflict.currentData()))

    def choose(self, path: Path) -> None:
        """Look at this file or folder."""
        self.path.setText(str(path))
        self._look()

    def take(self, reading: Reading) -> None:
        """What was wanted has been read."""
        self._reading = reading
        self._fill_classes(reading)
        self.problems.setPlainText("\n".join(reading.problems))
        self.problems.setVisible(bool(reading.problems))
        self.despite.setChecked(False)
        self.despite.setVisible(bool(reading.problems))
        self._summarise()

    def refuse(self, sentence: str) -> None:
        """What was wanted cannot be read."""
        self._forget()
        self.summary.setText(sentence)

    def show_progress(self, fraction: float | None) -> None:
        """The import is under way; None: it is not, or not any more."""
        self.progress.setVisible(fraction is not None)
        self.progress.setRange(0, 1000)
        self.progress.setValue(round(1000 * (fraction or 0)))
        self.go.setEnabled(fraction is None and self._is_ready())

    def _on_accept(self) -> None:
        """The dialog stays until the import is done."""
        if self._is_ready():
            self.agreed.emit(self.choices())

    def _path_row(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.path, 1)
        for text, tip, slot in (
            (tr("Folder…"), tr("Choose a folder of annotations"), self._choose_folder),
            (tr("File…"), tr("Choose a file of annotations"), self._choose_file),
        ):
            button = QPushButton(text)
            button.setAutoDefault(False)
            named(button, tip)
            button.clicked.connect(slot)
            layout.addWidget(button)
        return row

    def _choose_folder(self) -> None:
        folder = existing_folder(self, tr("Choose a folder of annotations"))
        if folder is not None:
            self.choose(folder)

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Choose a file of annotations"))
        if name:
            self.choose(Path(name))

    def _look(self) -> None:
        text = self.path.text().strip()
        self._forget()
        if text:
            self.summary.setText(tr("Reading…"))
            self.wanted.emit(Path(text).expanduser(), self.format.currentData())

    def _forget(self) -> None:
        self._reading = None
        self._mapping = {}
        for widget in (self._classes_area, self._classes_label, self.problems, self.despite):
            widget.hide()
        self._allow()

    def _fill_classes(self, reading: Reading) -> None:
        mapping = default_mapping(reading.classes, self._classes)
        inside = QWidget()
        form = QFormLayout(inside)
        form.setContentsMargins(0, 0, GRID, 0)
        form.setSpacing(GRID // 2)
        self._mapping = {}
        for entry in reading.classes[: _MOST_CLASSES + 1]:
            default = mapping[entry.number]
            box = DropDown()
            named(box, tr("What {name} becomes").format(name=entry.title))
            for known in self._classes:
                box.addItem(known.name, Becomes(known.index))
            new = default.new or called(entry)
            if new.casefold() not in (c.name.casefold() for c in self._classes):
                box.addItem(tr("{name} (new class)").format(name=new), Becomes(new=new))
            box.addItem(tr("Ignore"), Becomes())
            listed = [box.itemData(row) for row in range(box.count())]
            box.setCurrentIndex(listed.index(default))
            box.activated.connect(self._summarise)
            form.addRow(QLabel(_short(entry.title)), box)
            self._mapping[entry.number] = box
        self._classes_area.setWidget(inside)
        self._classes_area.setVisible(bool(self._mapping))
        self._classes_label.setVisible(bool(self._mapping))
        self._classes_area.setMinimumHeight(min(inside.sizeHint().height(), 20 * GRID))

    def _summarise(self) -> None:
        if self._reading is not None:
            read_as = tr("Read as: {format}.").format(format=import_formats()[self._reading.format].title)
            self.summary.setText(f"{read_as} {_sentences(summarise(self._reading, self.choices()))}")
            self.adjustSize()
        self._allow()

    def _is_ready(self) -> bool:
        if self._reading is None or not summarise(self._reading, self.choices()).images:
            return False
        return not self._reading.problems or self.despite.isChecked()

    def _allow(self) -> None:
        self.go.setEnabled(self._is_ready())
        self.go.setDefault(True)


def _combo(name: str, entries: Sequence[tuple[str, str]]) -> DropDown:
    box = DropDown()
    named(box, name)
    box.setSizeAdjustPolicy(DropDown.SizeAdjustPolicy.AdjustToContentsOnFirstShow)
    for value, text in entries:
        box.addItem(text, value)
    return box


def _sentences(summary: Summary) -> str:
    parts = [counted(summary.images, tr("One image gets labels."), tr("{count} images get labels."))]
    if summary.added:
        one = tr("One of them is added to the project.")
        parts.append(counted(summary.added, one, tr("{count} of them are added to the project.")))
    if summary.kept:
        one = tr("One image stays as it is, as you have worked on it.")
        many = tr("{count} images stay as they are, as you have worked on them.")
        parts.append(counted(len(summary.kept), one, many))
    if summary.split:
        parts.append(tr("Their split into training, validation and test is kept."))
    if summary.new_classes:
        parts.append(tr("New classes: {names}.").format(names=", ".join(map(_short, summary.new_classes))))
    if summary.unmatched:
        parts.append(
            tr("{files} to no image of the project: {names}.").format(
                files=counted(len(summary.unmatched), tr("One file belongs"), tr("{count} files belong")),
                names=", ".join(map(_short, summary.unmatched[:_NAMED])),
            )
        )
    if summary.problems:
        one = tr("One entry cannot be used:")
        parts.append(counted(len(summary.problems), one, tr("{count} entries cannot be used:")))
    return " ".join(parts)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
