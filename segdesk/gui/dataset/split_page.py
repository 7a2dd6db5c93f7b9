"""How the split is drawn, and what came of it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segdesk.core.dataset.drawing import Shares
from segdesk.core.dataset.grouping import Grouping
from segdesk.core.dataset.overview import PARTS, Overview
from segdesk.core.project import Split
from segdesk.core.translation import tr
from segdesk.gui.dataset.bars import Bar, PartsBar
from segdesk.gui.dataset.looks import part_look
from segdesk.gui.dataset.splitting import Splitting, Wish
from segdesk.gui.dialogs.form import named
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown, NumberField, TextField, sentences
from segdesk.gui.workbench import Workbench

_USUAL = (70, 15, 15)


class SplitPage(QWidget):
    """The split of the open project as a whole."""

    def __init__(self, bench: Workbench, splitting: Splitting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench, self._splitting = bench, splitting
        self._found: Overview | None = None
        self._is_drawing = False
        self.parts = PartsBar(tr("Parts of the split"))
        self.counts, self.note = sentences(), sentences(quiet=True)
        self.shares = {part: _share(part, share) for part, share in zip(Split, _USUAL, strict=True)}
        self.grouping = DropDown()
        named(self.grouping, tr("Stays together"), tr("Which images are never torn apart by the split"))
        for grouping, words in {
            Grouping.HAND: tr("Groups as they are"),
            Grouping.NONE: tr("No groups"),
            Grouping.FOLDER: tr("Images of a folder"),
            Grouping.FILE: tr("Pages of a file"),
            Grouping.PATTERN: tr("Same part of the name"),
        }.items():
            self.grouping.addItem(words, grouping)
        self.pattern = TextField(r"^([^_]+)_")
        named(
            self.pattern,
            tr("Pattern of names"),
            tr("A regular expression; images in whose names it finds the same stay together"),
        )
        self.seed = NumberField(0, 999_999, "")
        named(self.seed, tr("Seed"), tr("The same seed draws the same split; another one draws another"))
        self.go = QPushButton(tr("Draw the split"))
        self.go.setProperty("accented", True)
        self.clear = QPushButton(tr("Clear"))
        named(self.clear, tr("Clear the split"), tr("Let no image be in a part; fixed ones are free again"))
        self._lay_out()
        self.go.clicked.connect(self._draw)
        self.clear.clicked.connect(splitting.clear)
        for field in self.shares.values():
            field.valueChanged.connect(self._allow)
        self.grouping.currentIndexChanged.connect(self._on_grouping)
        splitting.changed.connect(self._show_parts)
        splitting.drawing.connect(self._on_drawing)
        self._on_grouping()

    def _lay_out(self) -> None:
        shares = QHBoxLayout()
        shares.setSpacing(GRID)
        for part, field in self.shares.items():
            column = QVBoxLayout()
            column.setSpacing(2)
            label = QLabel(part_look(part).word)
            label.setProperty("rank", "quiet")
            label.setBuddy(field)
            column.addWidget(label)
            column.addWidget(field)
            shares.addLayout(column, 1)
        form = QGridLayout()
        form.setHorizontalSpacing(GRID)
        form.setVerticalSpacing(GRID)
        form.setColumnStretch(1, 1)
        self._labels: dict[QWidget, QLabel] = {}
        for row, (words, control) in enumerate(
            ((tr("Together"), self.grouping), (tr("Pattern"), self.pattern), (tr("Seed"), self.seed))
        ):
            label = self._labels[control] = QLabel(words)
            label.setBuddy(control)
            form.addWidget(label, row, 0)
            form.addWidget(control, row, 1)
        self.grouping.setMinimumContentsLength(8)
        self.grouping.setSizeAdjustPolicy(DropDown.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.go, 1)
        buttons.addWidget(self.clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.parts)
        layout.addWidget(self.counts)
        layout.addWidget(self.note)
        layout.addSpacing(GRID)
        layout.addLayout(shares)
        layout.addLayout(form)
        layout.addSpacing(GRID)
        layout.addLayout(buttons)
        layout.addStretch(1)

    def show_overview(self, found: Overview | None) -> None:
        """Show what has been found out; the parts are those of the open project as they are now."""
        self._found = found
        self._show_parts()
        self._allow()

    @Slot()
    def _show_parts(self) -> None:
        counts = dict.fromkeys(PARTS, 0)
        for sample in self._bench.samples:
            counts[sample.split] += 1
        total = len(self._bench.samples)
        is_split = counts[None] < total
        self.parts.setVisible(is_split)
        self.counts.setVisible(is_split)
        self.clear.setEnabled(is_split)
        self.parts.show_bars([_bar(part, count, total) for part, count in counts.items() if count])
        self.counts.setText(
            " · ".join(f"{part_look(part).word} {count}" for part, count in counts.items() if count)
        )
        self.note.setText(
            tr("Validation images judge the model and are not learned from. Test images take no part.")
            if is_split
            else tr(
                "Nothing is split yet: the model learns from every image that you correct."
                " Draw a split to keep some of them for validation and test."
            )
        )

    @Slot()
    def _allow(self) -> None:
        """Let the split be drawn where that makes sense, and else say why not."""
        ready = self._found is not None and self._found.is_complete
        some = any(field.value() for field in self.shares.values())
        self.go.setEnabled(ready and some and not self._is_drawing)
        named(
            self.go,
            tr("Draw the split"),
            tr("Wait until the masks are counted: each part gets its share of every class")
            if not ready
            else tr("Give one part a share at least")
            if not some
            else tr("Deal the images out so that each part gets its share of every class; fixed ones stay"),
        )

    @Slot()
    def _on_grouping(self) -> None:
        by_name = self.grouping.currentData() == Grouping.PATTERN  # Qt gives the bare text back
        self.pattern.setVisible(by_name)
        self._labels[self.pattern].setVisible(by_name)

    @Slot(bool)
    def _on_drawing(self, is_drawing: bool) -> None:
        self._is_drawing = is_drawing
        self._allow()

    @Slot()
    def _draw(self) -> None:
        if self._found is not None:
            train, validation, test = (field.value() for field in self.shares.values())
            shares = Shares(train, validation, test)
            wish = Wish(shares, Grouping(self.grouping.currentData()), self.pattern.text(), self.seed.value())
            self._splitting.draw(self._found, wish)


def _share(part: Split, share: int) -> NumberField:
    field = NumberField(0, 100, " %")
    field.setValue(share)
    field.setMinimumWidth(6 * GRID)
    name = tr("Share of {part}").format(part=part_look(part).word)
    named(field, name, tr("{name}; what counts is the proportion of the three").format(name=name))
    return field


def _bar(part: Split | None, count: int, total: int) -> Bar:
    look = part_look(part)
    tip = tr("{part}: {count} images, {share} %")
    told = tip.format(part=look.word, count=count, share=f"{100 * count / max(1, total):.1f}")
    return Bar(look.word, count, f"{100 * count / max(1, total):.0f} %", told, look.color)
