"""What a person prefers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QWidget

from segdesk.core.jobs import Offer
from segdesk.core.limits import MOST
from segdesk.core.paths import resources
from segdesk.core.settings import Settings
from segdesk.core.translation import tr
from segdesk.gui.dialogs.form import FormDialog, named
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown, NumberField


class SettingsDialog(FormDialog):
    """Theme, language, on what a round learns and for how long, and when one begins by itself."""

    def __init__(
        self,
        settings: Settings,
        devices: Sequence[Offer],
        recipes: Sequence[Offer],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tr("Settings"), tr("Apply"), parent)
        self.setMinimumWidth(56 * GRID)
        themes = [("system", tr("As the system")), ("light", tr("Light")), ("dark", tr("Dark"))]
        self.theme = _choice(tr("Appearance"), themes, settings.theme)
        self.language = _choice(
            tr("Language"),
            [("system", tr("As the system")), *((code, _language_name(code)) for code in languages())],
            settings.language,
        )
        self.language.setToolTip(tr("Takes effect when SegDesk is started again"))
        names = [("auto", tr("The fastest one")), *((d.name, d.description) for d in devices)]
        self.device = _choice(tr("Compute on"), names, settings.device)
        self.seconds = NumberField(0, 3600, tr(" s"))
        self.seconds.setSpecialValueText(tr("As long as suits the device"))
        self.seconds.setValue(settings.round_seconds)
        named(self.seconds, tr("How long a round learns"))
        # The engine may not have said yet what there is.
        found = [(recipe.name, recipe.description) for recipe in recipes]
        as_before = [(settings.recipe, tr("As chosen before"))]
        self.recipe = _choice(tr("Training to the end"), found or as_before, settings.recipe)
        self.recipe.setToolTip(tr("How it learns when it trains until it stops improving"))
        self.by_itself = QCheckBox(tr("after"))
        self.by_itself.setChecked(settings.learn_by_itself)
        named(self.by_itself, tr("Learn by itself"), tr("Begin a round when enough corrections have come in"))
        self.corrections = NumberField(1, 1000, tr(" corrections"))
        self.corrections.setValue(settings.corrections_per_round)
        named(self.corrections, tr("How many corrections a round begins after"))
        self.rebuild = QCheckBox(tr("after"))
        self.rebuild.setChecked(settings.rebuild_when_idle)
        named(
            self.rebuild,
            tr("Rebuild the model when idle"),
            tr("Learn the model anew while nobody uses the window; the better one stays in use"),
        )
        self.minutes = NumberField(1, 24 * 60, tr(" min"))
        self.minutes.setValue(settings.idle_minutes)
        named(self.minutes, tr("How long nobody uses the window before the model is rebuilt"))
        self.backups = NumberField(0, 1000, tr(" days"))
        self.backups.setSpecialValueText(tr("None"))
        self.backups.setValue(settings.backups)
        named(
            self.backups,
            tr("Backups"),
            tr("How many daily copies of a project's database are kept"),
        )
        self.image_memory = NumberField(256, 1_000_000, tr(" MB"))
        self.image_memory.setValue(settings.image_memory)
        named(
            self.image_memory,
            tr("Memory for images"),
            tr("How much memory the images that were looked at last may take, beside the masks"),
        )
        self.limits = NumberField(1, MOST, tr(" times the usual"))
        self.limits.setValue(settings.limits)
        named(
            self.limits,
            tr("Largest files"),
            tr("How large images, annotations and models may be; small limits protect from hostile files"),
        )
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID + GRID // 2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("Appearance"), self.theme)
        form.addRow(tr("Language"), self.language)
        form.addRow(tr("Compute on"), self.device)
        form.addRow(tr("A round learns for"), self.seconds)
        form.addRow(tr("Training to the end"), self.recipe)
        form.addRow(tr("Learn by itself"), _switched(self.by_itself, self.corrections))
        form.addRow(tr("Rebuild the model when idle"), _switched(self.rebuild, self.minutes))
        form.addRow(tr("Backups"), self.backups)
        form.addRow(tr("Memory for images"), self.image_memory)
        form.addRow(tr("Largest files"), self.limits)
        self.body.addLayout(form)

    def value(self) -> dict[str, Any]:
        """The settings by name."""
        return {
            "theme": self.theme.currentData(),
            "language": self.language.currentData(),
            "device": self.device.currentData(),
            "round_seconds": self.seconds.value(),
            "recipe": self.recipe.currentData(),
            "learn_by_itself": self.by_itself.isChecked(),
            "corrections_per_round": self.corrections.value(),
            "rebuild_when_idle": self.rebuild.isChecked(),
            "idle_minutes": self.minutes.value(),
            "image_memory": self.image_memory.value(),
            "limits": self.limits.value(),
            "backups": self.backups.value(),
        }


def languages() -> list[str]:
    """English, and what is shipped besides."""
    found = (path.parents[1].name for path in (resources() / "translations").glob("*/LC_MESSAGES/segdesk.mo"))
    return ["en", *sorted(found)]


def _language_name(code: str) -> str:
    if code == "en":
        return "English"  # Qt knows it as American only
    name = QLocale(code).nativeLanguageName()
    return name[:1].upper() + name[1:] if name else code


def _choice(name: str, entries: list[tuple[str, str]], chosen: str) -> DropDown:
    box = DropDown()
    named(box, name)
    for value, text in entries:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    return box


def _switched(switch: QCheckBox, number: NumberField) -> QHBoxLayout:
    """A number that counts only where the box before it is checked."""
    number.setEnabled(switch.isChecked())
    switch.toggled.connect(number.setEnabled)
    row = QHBoxLayout()
    row.setSpacing(GRID)
    row.addWidget(switch)
    row.addWidget(number, 1)
    return row
