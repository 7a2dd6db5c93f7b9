"""Which pages of files of several pages become samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QWidget,
)

from segdesk.core.translation import tr
from segdesk.gui.dialogs.form import FormDialog, named
from segdesk.gui.theme import GRID
from segdesk.gui.workbench import Workbench


class PagesDialog(FormDialog):
    """A line for each file: its name, how many pages it has, and the ones to take."""

    def __init__(
        self, files: Mapping[Path, int], parent: QWidget | None = None, *, stacked: bool = True
    ) -> None:
        """stacked: whether the list shows the pages of a file as one entry until now."""
        super().__init__(tr("Choose pages"), tr("Add"), parent)
        self.setMinimumSize(56 * GRID, 30 * GRID)
        self._files = dict(files)
        self.fields: dict[Path, QLineEdit] = {}
        words = QLabel(tr("These files have several pages. Which ones do you want, such as 1-5, 8?"))
        words.setWordWrap(True)
        self.body.addWidget(words)
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        for row, (path, count) in enumerate(self._files.items()):
            field = QLineEdit(f"1-{count}")
            field.setFixedWidth(20 * GRID)
            named(field, tr("Pages of {name}").format(name=path.name))
            self.fields[path] = field
            name = QLabel(path.name)
            name.setToolTip(str(path))
            pages = QLabel(tr("{count} pages").format(count=count))
            pages.setProperty("rank", "quiet")
            for column, widget in enumerate((name, pages, field)):
                grid.addWidget(widget, row, column)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(len(self._files), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(rows)
        self.body.addWidget(area, 1)
        self.stacked = QRadioButton(tr("One stack per file"))
        named(
            self.stacked,
            self.stacked.text(),
            tr("The list shows the file as one entry that opens and closes"),
        )
        self.apart = QRadioButton(tr("Each page an image of its own"))
        named(self.apart, self.apart.text(), tr("The list shows every page as a row, among the other images"))
        (self.stacked if stacked else self.apart).setChecked(True)
        choice = QHBoxLayout()
        choice.setSpacing(2 * GRID)
        choice.addWidget(QLabel(tr("In the list:")))
        choice.addWidget(self.stacked)
        choice.addWidget(self.apart)
        choice.addStretch(1)
        self.body.addLayout(choice)
        self.check = self._wrong

    def value(self) -> dict[Path, Sequence[int]]:
        """The pages to take of each file, counted from 0."""
        return {
            path: parse_pages(self.fields[path].text(), count) or () for path, count in self._files.items()
        }

    def _wrong(self) -> str | None:
        for path, count in self._files.items():
            if parse_pages(self.fields[path].text(), count) is None:
                return tr("{name} has the pages 1 to {count}; write them such as 1-5, 8.").format(
                    name=path.name, count=count
                )
        return None


def parse_pages(text: str, count: int) -> list[int] | None:
    """The pages that "1-5, 8" means, counted from 0; empty text means none; None where it makes no sense."""
    pages: set[int] = set()
    for part in filter(None, (p.strip() for p in text.replace(";", ",").split(","))):
        first, dash, last = (p.strip() for p in part.partition("-"))
        if not first.isdecimal() or (dash and not last.isdecimal()):
            return None
        low, high = int(first), int(last) if dash else int(first)
        if not 1 <= low <= high <= count:
            return None
        pages.update(range(low - 1, high))
    return sorted(pages)


def pick_pages(
    files: Mapping[Path, int], bench: Workbench, parent: QWidget
) -> Mapping[Path, Sequence[int]] | None:
    """Ask which pages to take, and how to list them; None where the person wants none of it."""
    dialog = PagesDialog(files, parent, stacked=bench.listing.stacked)
    if not dialog.exec():
        return None
    bench.stack_pages(dialog.stacked.isChecked())
    return dialog.value()
