"""A new project: its name and place, its classes, its images and the network it begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from segdesk.core.jobs import Offer
from segdesk.core.network_choices import Option
from segdesk.core.project import SUFFIX
from segdesk.core.translation import tr
from segdesk.gui.dialogs.files import image_files
from segdesk.gui.dialogs.form import FormDialog, named
from segdesk.gui.models.network_choice import NetworkChoice
from segdesk.gui.theme import GRID


@dataclass(frozen=True)
class NewProject:
    """What was asked for; network: None where the default will do. options: what differs from its own."""

    folder: Path
    classes: tuple[str, ...]
    images: tuple[Path, ...]
    network: str | None
    options: Mapping[str, Option] = field(default_factory=dict)


class NewProjectDialog(FormDialog):
    """Everything has a sensible value already, so that Create works at once."""

    def __init__(self, place: Path, networks: Sequence[Offer], parent: QWidget | None = None) -> None:
        super().__init__(tr("New project"), tr("Create"), parent)
        self.setMinimumWidth(65 * GRID)
        self._images: tuple[Path, ...] = ()
        self.name = QLineEdit(tr("My project"))
        named(self.name, tr("Name of the project"))
        self.place = QLineEdit(str(place))
        named(self.place, tr("Folder that the project will be in"))
        self.classes = QLineEdit(tr("object"))
        named(self.classes, tr("Names of the classes, with commas between them"))
        self.images = QLabel(tr("None yet; they can be added later, too"))
        self.images.setProperty("rank", "quiet")
        self.network = NetworkChoice(networks)

        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID + GRID // 2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("Name"), self.name)
        form.addRow(tr("Place"), _with_button(self.place, tr("Choose…"), self._choose_place))
        form.addRow(tr("Classes"), self.classes)
        form.addRow(tr("Images"), _with_button(self.images, tr("Choose…"), self._choose_images))
        form.addRow(tr("Model"), self.network)
        self.body.addLayout(form)
        self.check = self._wrong
        self.name.selectAll()

    def value(self) -> NewProject:
        """What the fields say."""
        names = tuple(filter(None, (part.strip() for part in self.classes.text().split(","))))
        return NewProject(self._folder(), names, self._images, *self.network.value())

    def _folder(self) -> Path:
        return (
            Path(self.place.text()).expanduser() / f"{self.name.text().strip().removesuffix(SUFFIX)}{SUFFIX}"
        )

    def _wrong(self) -> str | None:
        name = self.name.text().strip()
        if not name or any(c in name for c in '/\\:*?"<>|'):
            return tr('The name is empty, or has one of the characters / \\ : * ? " < > | in it.')
        if self._folder().exists():
            return tr("There is a project of this name already; choose another name.")
        names = [n.casefold() for n in self.value().classes]
        if not names:
            return tr("A project needs one class at least.")
        if len(set(names)) < len(names) or "background" in names:
            return tr("Each class needs a name of its own, and the background is there already.")
        return None

    def _choose_place(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Place of the project"), self.place.text())
        if folder:
            self.place.setText(folder)

    def _choose_images(self) -> None:
        files = image_files(self)
        if files:
            self._images = tuple(files)
            many = tr("{count} images").format(count=len(files))
            self.images.setText(tr("1 image") if len(files) == 1 else many)


def _with_button(field: QWidget, text: str, slot: object) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GRID)
    layout.addWidget(field, 1)
    button = QPushButton(text)
    button.setAutoDefault(False)
    named(button, text)
    button.clicked.connect(slot)
    layout.addWidget(button)
    return row
