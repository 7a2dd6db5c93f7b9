"""The pages that are only looked at: classes, sizes, and how far the work is."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from segdesk.core.classes import SegClass
from segdesk.core.dataset.overview import Overview
from segdesk.core.patch import State
from segdesk.core.translation import tr
from segdesk.formats.report_words import duration, percent
from segdesk.gui.dataset.bars import Bar, BarList
from segdesk.gui.dataset.looks import part_look
from segdesk.gui.dataset.rows import Filter
from segdesk.gui.dataset.sizes import SizePlot
from segdesk.gui.dialogs.form import named
from segdesk.gui.states import class_name, state_look
from segdesk.gui.theme import GRID, colors
from segdesk.gui.widgets import DropDown, sentences

_MOST_SIZES = 24  # that are listed
_MOST_MISSING = 6  # classes that are named


class _Page(QWidget):
    """Words above, drawings below; what there is to say where nothing can be drawn."""

    def __init__(self, empty: str) -> None:
        super().__init__()
        self._why = empty
        self.headline = sentences()
        self.note = sentences(quiet=True)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(GRID)
        self.body.addWidget(self.headline)

    def finish(self) -> None:
        """All widgets are in place."""
        self.body.addWidget(self.note)
        self.body.addStretch(1)

    def tell(self, headline: str, note: str = "") -> None:
        """Say this; "" leaves it out."""
        for label, text in ((self.headline, headline), (self.note, note)):
            label.setText(text)
            label.setVisible(bool(text))


class ClassesPage(_Page):
    """How much there is of each class."""

    def __init__(self) -> None:
        super().__init__(tr("Label something first: then it is known which classes are rare."))
        self._found: Overview | None = None
        self.measure = DropDown()
        named(self.measure, tr("What the bars show"))
        self.measure.addItems([tr("Share of the pixels"), tr("Images with it"), tr("Objects")])
        self.bars = BarList(tr("Balance of the classes"))
        self.body.addWidget(self.measure)
        self.body.addWidget(self.bars)
        self.finish()
        self.measure.currentIndexChanged.connect(self._draw)

    def show_overview(self, found: Overview | None) -> None:
        """Show this from now on."""
        self._found = found
        self._draw()

    @Slot()
    def _draw(self) -> None:
        found = self._found
        there = found is not None and bool(found.contents)
        self.measure.setVisible(there)
        self.bars.setVisible(there)
        if found is None or not there:
            self.tell("" if found is None else self._why)
            return
        self.bars.show_bars([self._bar(found, c) for c in found.classes if c.index])
        rest = tr("{share} of all labelled pixels are background.")
        self.tell(rest.format(share=percent(found.balance[0].share)), _missing(found))

    def _bar(self, found: Overview, c: SegClass) -> Bar:
        figures = found.balance[c.index]
        objects = "–" if figures.objects is None else str(figures.objects)
        values = (figures.share, figures.images, figures.objects or 0)
        texts = (percent(figures.share), str(figures.images), objects)
        name, which = class_name(c), self.measure.currentIndex()
        tip = tr("{name}: {share} of the pixels, in {images} images, {objects} objects")
        lines = [tip.format(name=name, share=percent(figures.share), images=figures.images, objects=objects)]
        if found.is_split:
            lines += [
                tr("{part}: {share} of the pixels, in {images} images").format(
                    part=part_look(part).word,
                    share=percent(balance[c.index].share),
                    images=balance[c.index].images,
                )
                for part, balance in found.balance_by_part.items()
            ]
        return Bar(name, values[which], texts[which], "\n".join(lines), QColor(*c.color))


class SizesPage(_Page):
    """How large the images are."""

    def __init__(self) -> None:
        super().__init__(tr("Add images first."))
        self.plot = SizePlot()
        self.bars = BarList(tr("The most frequent sizes"))
        self.body.addWidget(self.plot)
        self.body.addWidget(self.bars)
        self.finish()

    def show_overview(self, found: Overview | None) -> None:
        """Show this from now on."""
        sizes = found.sizes if found is not None else ()
        self.plot.setVisible(bool(sizes))
        self.bars.setVisible(bool(sizes))
        if not sizes:
            self.tell("" if found is None else self._why)
            return
        self.plot.show_sizes(sizes)
        accent = QColor(colors().accent)
        self.bars.show_bars(
            [
                Bar(f"{w} × {h}", count, str(count), tr("{count} images").format(count=count), accent)
                for (w, h), count in sizes[:_MOST_SIZES]
            ]
        )
        more = len(sizes) - _MOST_SIZES
        self.tell(
            tr("All images are of one size.")
            if len(sizes) == 1
            else tr("{count} different sizes").format(count=len(sizes)),
            tr("{count} more sizes are not listed.").format(count=more) if more > 0 else "",
        )


class WorkPage(_Page):
    """How far the images are, what they took, and which are worth a look.

    wanted: a Filter that a person wants to see the images of.
    """

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__("")
        self.bars = BarList(tr("How far the images are"))
        self.body.addWidget(self.bars)
        self.remarks: dict[Filter, QPushButton] = {}
        for which in (Filter.LEARNED, Filter.DUPLICATES, Filter.UNCORRECTED):
            button = QPushButton()
            button.setProperty("way", True)
            button.clicked.connect(self._on_remark)
            self.remarks[which] = button
            self.body.addWidget(button)
        self.finish()

    def show_overview(self, found: Overview | None) -> None:
        """Show this from now on."""
        self.bars.setVisible(found is not None)
        for which, button in self.remarks.items():
            text = _remark(found, which) if found is not None else ""
            button.setText(text)
            button.setVisible(bool(text))
            named(button, text, tr("List these images"))
        if found is None:
            self.tell("")
            return
        c = colors()
        self.bars.show_bars(
            [
                Bar(
                    state_look(state).word,
                    count,
                    str(count),
                    tr("{state}: {count} images").format(state=state_look(state).word, count=count),
                    QColor(getattr(c, state_look(state).role)),
                )
                for state, count in found.states.items()
            ]
        )
        times = sorted(s.seconds for s in found.samples if s.state is State.CONFIRMED and s.seconds > 0)
        text = tr("{time} of annotation").format(time=duration(found.seconds))
        if times:
            middle = duration(times[len(times) // 2])
            text += "; " + tr("{time} for a confirmed image in the middle").format(time=middle)
        self.tell(text)

    @Slot()
    def _on_remark(self) -> None:
        for which, button in self.remarks.items():
            if button is self.sender():
                self.wanted.emit(which)


def _remark(found: Overview, which: Filter) -> str:
    count, text = {
        Filter.LEARNED: (
            len(found.learned_test),
            tr("{count} test images were learned from by the version in use"),
        ),
        Filter.DUPLICATES: (len(found.duplicates), tr("{count} images are there more than once")),
        Filter.UNCORRECTED: (len(found.uncorrected), tr("{count} images without corrections")),
    }[which]
    return text.format(count=count) if count else ""


def _missing(found: Overview) -> str:
    """Which classes a part lacks although they are somewhere."""
    if not found.is_split:
        return ""
    lines = []
    for part, balance in found.balance_by_part.items():
        lacking = [
            c
            for c in found.classes
            if c.index and found.balance[c.index].images and not balance[c.index].images
        ]
        if part is not None and found.parts[part].images and lacking:
            names = ", ".join(class_name(c) for c in lacking[:_MOST_MISSING])
            dots = ", …" if len(lacking) > _MOST_MISSING else ""
            lines.append(tr("Not in {part}: {names}").format(part=part_look(part).word, names=names + dots))
    return "\n".join(lines)
