"""The recipe of a model, to be looked at and changed."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from segdesk.core.jobs import ModelReport
from segdesk.core.translation import tr
from segdesk.gui.dialogs.form import FormDialog, named
from segdesk.gui.models.escape import EscapeCloses
from segdesk.gui.models.facts import FactsView
from segdesk.gui.models.recipe_words import Value, choices, recipe_lines, recipe_of, titles
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DecimalField, DropDown, NumberField

_LONGEST = 8192
_FIXED = ("stretch", "letterbox")


class RecipeSheet(FormDialog):
    """Stays beside the window. saved: the person wants these parts (a dict) to be what they are now."""

    saved = Signal(object)

    def __init__(self, title: str, report: ModelReport, why_not: str, after: str, parent: QWidget) -> None:
        """why_not: why it can only be looked at; "" where it can be changed. after: what saving does."""
        super().__init__(tr("Recipe of {name}").format(name=title), tr("Save"), parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(68 * GRID)
        self._before = recipe_of(report)
        words = QLabel(tr("Every image goes through these steps before the model sees it."))
        words.setWordWrap(True)
        self.body.addWidget(words)
        self.fields: dict[str, QWidget] = {}
        self.facts = FactsView()
        hint = QLabel(why_not or after)
        hint.setWordWrap(True)
        hint.setProperty("rank", "quiet")
        if why_not:
            self.facts.show_facts(recipe_lines(self._before))
            self.body.addWidget(self.facts)
            self.go.hide()
        else:
            self.facts.hide()
            self._form = QFormLayout()
            self._form.setHorizontalSpacing(2 * GRID)
            self._form.setVerticalSpacing(GRID)
            self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
            self._fill()
            self.body.addLayout(self._form)
            self.check = self._wrong
            self.accepted.connect(self._on_accepted)
        self.body.addWidget(hint)
        EscapeCloses(self)

    def _fill(self) -> None:
        words, names = choices(), titles()
        for part, title in names.items():
            box = DropDown()
            named(box, title)
            for value, text in words[part].items():
                box.addItem(text, value)
            box.setSizeAdjustPolicy(DropDown.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setCurrentIndex(max(0, box.findData(self._before[part])))
            self._add(part, title, box)
            if part == "size":
                for side, word in (("width", tr("Width")), ("height", tr("Height"))):
                    pixels = NumberField(1, _LONGEST, tr(" px"))
                    pixels.setValue(int(self._before[side]) or 320)
                    named(pixels, word)
                    self._add(side, word, pixels)
                factor = DecimalField(0.01, 10, 2)
                factor.setValue(float(self._before["scale"]))
                named(factor, tr("Factor"), tr("How many times as long the sides become"))
                self._add("scale", tr("Factor"), factor)
                box.currentIndexChanged.connect(self._renew)
        self._renew()

    def _add(self, part: str, title: str, field: QWidget) -> None:
        self.fields[part] = field
        self._form.addRow(title, field)

    @Slot()
    def _renew(self) -> None:
        size = self.value()["size"]
        for part, shown in (
            ("width", size in _FIXED),
            ("height", size in _FIXED),
            ("scale", size == "scale"),
            ("filter", size != "any"),
        ):
            if part in self.fields:
                self._form.setRowVisible(self.fields[part], shown)
        if self.isVisible():
            self.adjustSize()

    def value(self) -> dict[str, Value]:
        """The whole recipe as the fields say it."""
        recipe = dict(self._before)
        for part, field in self.fields.items():
            if isinstance(field, DropDown):
                recipe[part] = str(field.currentData())
            elif isinstance(field, NumberField | DecimalField):
                recipe[part] = field.value()
        if recipe.get("size") not in _FIXED:
            recipe |= {"width": self._before["width"], "height": self._before["height"]}
        return recipe

    def changes(self) -> Mapping[str, Value]:
        """What differs from before."""
        return {part: value for part, value in self.value().items() if value != self._before[part]}

    def _wrong(self) -> str | None:
        recipe = self.value()
        if recipe["output"] == "saliency" and recipe["size"] not in _FIXED:
            return tr("Stretching the output needs the whole image at once; choose a fixed size.")
        return None

    def _on_accepted(self) -> None:
        if changes := self.changes():
            self.saved.emit(changes)
