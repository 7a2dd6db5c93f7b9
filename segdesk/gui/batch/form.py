"""What a person chooses before a folder is predicted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from segdesk.core.project import Project
from segdesk.core.project.model_files import MODEL_SUFFIX, is_foreign
from segdesk.core.translation import tr
from segdesk.gui.batch.run import Wanted
from segdesk.gui.dialogs.files import existing_folder
from segdesk.gui.dialogs.form import named
from segdesk.gui.models.entries import Entry, Kind, groups
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown


class BatchForm(QWidget):
    """A line for each choice; `value` gives them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._brought: list[Path] = []  # model files that are in no list
        self._suggested = ""
        self.model = DropDown()
        named(self.model, tr("Model"), tr("The model that predicts"))
        self.bring = _button(tr("Choose…"), tr("Choose a model file"), self._choose_model)
        self.images = QLineEdit()
        named(self.images, tr("Folder of images"), tr("The folder whose images are predicted"))
        choose_images = _button(tr("Choose…"), tr("Choose the folder of images"), self._choose_images)
        self.recursive = QCheckBox(tr("Folders within it, too"))
        named(self.recursive, self.recursive.text(), tr("Results are put into folders of the same names"))
        self.recursive.setChecked(True)
        self.patterns = QLineEdit()
        self.patterns.setPlaceholderText(tr("All images; or such as *.tif, day1/*"))
        named(
            self.patterns,
            tr("Only images called"),
            tr("Patterns with * and ?, apart by commas; with a folder before them, only in folders like it"),
        )
        self.out = QLineEdit()
        named(self.out, tr("Folder for results"), tr("The folder that gets masks, overlays and the table"))
        choose_out = _button(tr("Choose…"), tr("Choose the folder for results"), self._choose_out)
        masks = QLabel(tr("A mask of each image, its pixels the numbers of classes"))
        masks.setProperty("rank", "quiet")
        self.overlays = QCheckBox(tr("Overlays: images with their masks over them"))
        named(self.overlays, self.overlays.text(), tr("To look at; they go into a folder beside the masks"))
        self.measure = QCheckBox(tr("Measurements of all objects, as"))
        named(self.measure, tr("Measurements of all objects"), tr("One table over all images"))
        self.table = DropDown()
        for text, ending in ((tr("CSV"), ".csv"), (tr("Excel"), ".xlsx"), (tr("Parquet"), ".parquet")):
            self.table.addItem(text, ending)
        named(self.table, tr("Kind of table"))
        self.table.setEnabled(False)
        self.again = QCheckBox(tr("Predict everything anew"))
        named(self.again, self.again.text(), tr("Otherwise, what an earlier batch has done stays"))
        self.watch = QCheckBox(tr("Go on with images that arrive"))
        named(self.watch, self.watch.text(), tr("Watch the folder until you stop it"))
        self._lay_out(choose_images, choose_out, masks)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.measure.toggled.connect(self.table.setEnabled)
        self.images.textChanged.connect(self._suggest)

    def _lay_out(self, choose_images: QPushButton, choose_out: QPushButton, masks: QLabel) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        grid.setColumnStretch(1, 1)
        table = QHBoxLayout()
        table.setSpacing(GRID)
        table.addWidget(self.measure)
        table.addWidget(self.table)
        table.addStretch(1)
        rows: list[tuple[str, QWidget | QHBoxLayout, QWidget | None]] = [
            (tr("Model"), self.model, self.bring),
            (tr("Images"), self.images, choose_images),
            ("", self.recursive, None),
            (tr("Called"), self.patterns, None),
            (tr("Results"), self.out, choose_out),
            ("", masks, None),
            ("", self.overlays, None),
            ("", table, None),
            (tr("Also"), self.watch, None),
            ("", self.again, None),
        ]
        for row, (text, field, button) in enumerate(rows):
            label = QLabel(text)
            grid.addWidget(label, row, 0)
            if isinstance(field, QWidget):
                label.setBuddy(field)
                grid.addWidget(field, row, 1)
            else:
                grid.addLayout(field, row, 1)
            if button is not None:
                grid.addWidget(button, row, 2)

    def show_models(self, project: Project | None) -> None:
        """List the models there are at this moment; the one that was chosen stays so."""
        chosen = self.model.currentData()
        entries = [e for group in groups((), project) for e in group.entries if _can_predict(e)]
        self.model.clear()
        for entry in entries:
            self.model.addItem(entry.title, entry.file)
            self.model.setItemData(self.model.count() - 1, entry.line, Qt.ItemDataRole.ToolTipRole)
        for path in self._brought:
            self.model.addItem(path.stem, path)
            self.model.setItemData(self.model.count() - 1, str(path), Qt.ItemDataRole.ToolTipRole)
        if not self.model.count():
            self.model.addItem(tr("None yet: choose a file"), None)
        known = [self.model.itemData(row) for row in range(self.model.count())]
        used = next((e.file for e in entries if e.in_use), known[0])
        self.model.setCurrentIndex(known.index(chosen if chosen in known and chosen is not None else used))

    def take_model(self, path: Path) -> None:
        """Choose a model file, wherever it is."""
        row = self.model.findData(path)
        if row < 0:
            self._brought.append(path)
            if self.model.itemData(0) is None:
                self.model.clear()
            self.model.addItem(path.stem, path)
            row = self.model.count() - 1
            self.model.setItemData(row, str(path), Qt.ItemDataRole.ToolTipRole)
        self.model.setCurrentIndex(row)

    def value(self, device: str) -> Wanted | str:
        """What is wanted, or a sentence on what is missing."""
        model = self.model.currentData()
        images, out = (Path(field.text().strip()).expanduser() for field in (self.images, self.out))
        if model is None:
            return tr("Choose a model that has learned something.")
        if not self.images.text().strip():
            return tr("Choose the folder of images.")
        if not images.is_dir():
            return tr("There is no folder {folder}; choose another one.").format(folder=images)
        if not self.out.text().strip():
            return tr("Choose a folder for the results.")
        return Wanted(
            model,
            images,
            out,
            tuple(filter(None, (part.strip() for part in self.patterns.text().split(",")))),
            self.recursive.isChecked(),
            self.overlays.isChecked(),
            self.table.currentData() if self.measure.isChecked() else "",
            self.again.isChecked(),
            self.watch.isChecked(),
            device,
        )

    @Slot(str)
    def _suggest(self, text: str) -> None:
        """Results go beside the images, unless the person has said otherwise."""
        if self.out.text() == self._suggested:
            folder = Path(text.strip())
            name = tr("{name} predicted").format(name=folder.name)
            self._suggested = str(folder.with_name(name)) if folder.name else ""
            self.out.setText(self._suggested)

    @Slot()
    def _choose_model(self) -> None:
        pattern = tr("Models ({endings})").format(endings=f"*{MODEL_SUFFIX}")
        name, _ = QFileDialog.getOpenFileName(self, tr("Choose a model file"), "", pattern)
        if name:
            self.take_model(Path(name))

    @Slot()
    def _choose_images(self) -> None:
        self._fill(self.images, tr("Choose the folder of images"))

    @Slot()
    def _choose_out(self) -> None:
        self._fill(self.out, tr("Choose the folder for results"))

    def _fill(self, field: QLineEdit, title: str) -> None:
        folder = existing_folder(self, title)
        if folder is not None:
            field.setText(str(folder))


def _can_predict(entry: Entry) -> bool:
    return (
        entry.kind in (Kind.VERSION, Kind.MINE)
        and entry.file is not None
        and entry.file.suffix.lower() == MODEL_SUFFIX
        and not is_foreign(entry.file)
    )


def _button(text: str, name: str, slot: object) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    named(button, name)
    button.clicked.connect(slot)
    return button
