"""The panel: one curve or the tables at a time, what they mean in a sentence, and ways to take them along."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segdesk.core.errors import SegdeskError
from segdesk.core.translation import tr
from segdesk.gui.dialogs.files import documents
from segdesk.gui.quality.chart import Chart
from segdesk.gui.quality.figures import classes_headline
from segdesk.gui.quality.measuring import Measuring
from segdesk.gui.quality.picture import save_figure, save_tables
from segdesk.gui.quality.plots import Figure
from segdesk.gui.quality.tables import GridTable
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown, sentences
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Worker


class QualityPanel(QWidget):
    """How good the project's models are. It measures only while it is seen."""

    def __init__(self, bench: Workbench, files: Worker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.figure: Figure | None = None  # the curves on show; None where the tables are, or nothing
        self.measuring = Measuring(bench, files, self)
        self.views = DropDown()
        self.views.setAccessibleName(tr("Which figures are shown"))
        self.views.setToolTip(tr("Choose which figures are shown"))
        self.views.addItems([tr("New images"), tr("Held-out corrections"), tr("Effort"), tr("Classes")])
        self.headline = sentences()
        self.note = sentences(quiet=True)
        self.empty = sentences(quiet=True)
        self.chart = Chart()
        self.scores = GridTable(tr("How well each class is found"), narrowest=5 * GRID)
        self.confusion = GridTable(tr("What is taken for what"))
        self._tables = QWidget()
        tables = QVBoxLayout(self._tables)
        tables.setContentsMargins(0, 0, 0, 0)
        tables.setSpacing(GRID // 2)
        self._headings: list[QLabel] = []
        for table in (self.scores, self.confusion):
            heading = sentences()
            heading.setProperty("rank", "heading")
            if self._headings:
                tables.addSpacing(GRID)
            self._headings.append(heading)
            tables.addWidget(heading)
            tables.addWidget(table)
        self.csv = _button(
            tr("Save as CSV…"), tr("Write a row for each image, and tables of rounds and classes beside it")
        )
        self.png = _button(tr("Save as PNG…"), tr("Write what is shown here as a picture, dark on white"))
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.csv)
        buttons.addWidget(self.png)
        buttons.addStretch(1)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID + 4)
        layout.setSpacing(GRID)
        layout.addWidget(self.views)
        layout.addWidget(self.headline)
        layout.addWidget(self.chart, 1)
        layout.addWidget(self._tables)
        layout.addWidget(self.empty)
        layout.addWidget(self.note)
        layout.addLayout(buttons)
        layout.addStretch(0)
        self._layout = layout

        self.views.currentIndexChanged.connect(self.renew)
        self.measuring.changed.connect(self.renew)
        self.chart.chosen.connect(self._on_chosen)
        self.csv.clicked.connect(self._save_csv)
        self.png.clicked.connect(self._save_png)
        self.renew()

    def sizeHint(self) -> QSize:
        return QSize(30 * GRID, 48 * GRID)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.measuring.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.measuring.watch(False)

    @Slot()
    def renew(self) -> None:
        """Show what has been measured."""
        findings, view = self.measuring.findings, self.views.currentIndex()
        figure = findings.figures[view] if findings is not None and view < len(findings.figures) else None
        self.figure = figure
        self.csv.setEnabled(findings is not None)
        if findings is None:
            text = tr("Measuring…") if self._bench.project is not None else ""
            self._lay_out(headline="", note="", empty=text)
        elif figure is not None:
            if not figure.is_empty:
                self.chart.show_figure(figure)
            self._lay_out(
                headline=figure.headline, note=figure.note, empty=figure.empty if figure.is_empty else ""
            )
        elif findings.quality.first_predictions:
            grids = (findings.scores, findings.confusion)
            for heading, table, grid in zip(
                self._headings, (self.scores, self.confusion), grids, strict=True
            ):
                heading.setText(grid.title)
                table.show_grid(grid)
            note = tr("Rows are what you confirmed, columns what the model had said before you touched it.")
            self._lay_out(headline=classes_headline(findings.quality), note=note, empty="", tables=True)
        else:
            empty = tr("Confirm images that the model has predicted: they show which classes it mixes up.")
            self._lay_out(headline="", note="", empty=empty)

    def _lay_out(self, *, headline: str, note: str, empty: str, tables: bool = False) -> None:
        for label, text in (
            (self.headline, "" if empty else headline),
            (self.note, "" if empty else note),
            (self.empty, empty),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        shows_chart = not tables and not empty and self.figure is not None
        self.chart.setVisible(shows_chart)
        self._tables.setVisible(tables)
        self.png.setEnabled(shows_chart or tables)
        self._layout.setStretch(self._layout.count() - 1, 0 if shows_chart else 1)

    @Slot(int)
    def _on_chosen(self, sample_id: int) -> None:
        self._bench.go_to(sample_id)

    @Slot()
    def _save_csv(self) -> None:
        path = self._ask(tr("Save the figures as CSV"), ".csv", tr("Tables (*.csv)"))
        if path is not None:
            self.measuring.write_tables(path)

    @Slot()
    def _save_png(self) -> None:
        path = self._ask(tr("Save what is shown as PNG"), ".png", tr("Pictures (*.png)"))
        quality, figure = self.measuring.quality, self.figure
        if path is None or quality is None:
            return
        try:
            if figure is not None:
                save_figure(figure, path)
            else:
                save_tables(quality, path)
        except SegdeskError as error:
            self._bench.error.emit(str(error))
            return
        self._bench.message.emit(tr("Saved {path}.").format(path=path))

    def _ask(self, title: str, suffix: str, kind: str) -> Path | None:
        project = self._bench.project
        if project is None:
            return None
        suggested = documents() / f"{project.name} quality{suffix}"
        name, _ = QFileDialog.getSaveFileName(self, title, str(suggested), kind)
        if not name:
            return None
        path = Path(name)
        return path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setAccessibleName(text)
    button.setProperty("segment", True)  # two of them fit into a narrow dock
    button.setToolTip(tip)
    return button
