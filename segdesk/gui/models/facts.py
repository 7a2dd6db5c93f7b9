"""What is known of a model, as a small table of words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from segdesk.core.jobs import ModelReport, Offer
from segdesk.core.translation import tr
from segdesk.gui.models.recipe_words import recipe_of, recipe_sentence
from segdesk.gui.models.words import (
    channels_text,
    classes_text,
    network_title,
    parameters_text,
    retrain_text,
)
from segdesk.gui.theme import GRID

Facts = list[tuple[str, str]]


def facts_of(report: ModelReport, networks: Sequence[Offer], size: str = "", origin: str = "") -> Facts:
    """(what, how) pairs; those that are unknown are left out."""
    family = report.family
    network = network_title(report.network, networks)
    how_large = " · ".join(filter(None, (size, parameters_text(report.parameters))))
    rows = [
        (tr("Family"), family),
        (tr("Network"), network),
        (tr("Reads"), channels_text(report.channels)),
        (tr("Classes"), classes_text(report)),
        (tr("Recipe"), recipe_sentence(recipe_of(report))),
        (tr("Size"), how_large),
        (tr("Retrainable"), retrain_text(report)),
        (tr("Came from"), origin),
    ]
    return [(what, how) for what, how in rows if how]


class FactsView(QWidget):
    """Two columns of words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID)
        self._grid.setColumnStretch(1, 1)
        self.facts: Facts = []

    def show_facts(self, facts: Facts) -> None:
        """Show these in place of what was shown before."""
        if facts == self.facts:
            return
        self.facts = facts
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for row, (what, how) in enumerate(facts):
            name = QLabel(what)
            name.setProperty("rank", "quiet")
            value = QLabel(how)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(f"{what}: {how}")
            self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, row, 1)
