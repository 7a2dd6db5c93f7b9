"""Choosing a network: three in plain words, and all of them with their options for experts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFormLayout,
    QLabel,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.jobs import Offer
from segdesk.core.network_choices import Option, plain_choices
from segdesk.core.translation import tr
from segdesk.gui.dialogs.form import named
from segdesk.gui.icons import icon
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown, NumberField

_MOST_WIDTH, _MOST_DEPTH = 128, 6


class NetworkChoice(QWidget):
    """changed: something else is chosen.

    Where the expert options are open, they count; otherwise the plain choice does.
    """

    changed = Signal()

    def __init__(
        self,
        networks: Sequence[Offer],
        network: str = "",
        options: Mapping[str, Option] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """network, options: what is chosen to begin with; the first plain choice where nobody has chosen."""
        super().__init__(parent)
        self._offers = {offer.name: offer for offer in networks}
        self.plain: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for choice in plain_choices():
            if networks and choice.network not in self._offers:
                continue
            button = QRadioButton(choice.title)
            named(button, choice.title, choice.sentence)
            button.setAccessibleDescription(choice.sentence)
            sentence = QLabel(choice.sentence)
            sentence.setWordWrap(True)
            sentence.setProperty("rank", "quiet")
            sentence.setContentsMargins(3 * GRID, 0, 0, 0)
            sentence.setBuddy(button)
            both = QVBoxLayout()
            both.setSpacing(2)
            both.addWidget(button)
            both.addWidget(sentence)
            layout.addLayout(both)
            self._group.addButton(button)
            self.plain[choice.network] = button
        self.expert = QToolButton()
        self.expert.setText(tr("Expert options"))
        self.expert.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.expert.setCheckable(True)
        named(self.expert, tr("Expert options"), tr("Choose among all networks, and change them"))
        self.network = DropDown()
        named(self.network, tr("Network"), tr("All networks that SegDesk knows"))
        for offer in networks:
            self.network.addItem(offer.description, offer.name)
        self.network.setSizeAdjustPolicy(DropDown.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.width_ = NumberField(1, _MOST_WIDTH, tr(" channels"))
        named(self.width_, tr("Width"), tr("Channels of the first level; more see more, and take longer"))
        self.depth_ = NumberField(1, _MOST_DEPTH, tr(" times"))
        named(
            self.depth_, tr("Depth"), tr("How often the size is halved; deeper sees further around a pixel")
        )
        self.norm = _choice(
            tr("Normalisation"),
            tr("Fixed and groups learn from a few corrections; batches are what published networks have"),
            [
                ("fixed", tr("fixed at the start")),
                ("group", tr("groups")),
                ("batch", tr("batches")),
                ("none", tr("none")),
            ],
        )
        self.up = _choice(
            tr("Upsampling"),
            tr("How the size is doubled again on the way up"),
            [("transpose", tr("learned")), ("bilinear", tr("bilinear")), ("nearest", tr("nearest pixel"))],
        )
        self._fields: dict[str, QWidget] = {
            "width": self.width_, "depth": self.depth_, "norm": self.norm, "up": self.up
        }  # fmt: skip
        self.panel = QWidget()
        self._form = QFormLayout(self.panel)
        self._form.setContentsMargins(3 * GRID, 0, 0, 0)
        self._form.setHorizontalSpacing(2 * GRID)
        self._form.setVerticalSpacing(GRID)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.addRow(tr("Network"), self.network)
        for name, field in self._fields.items():
            self._form.addRow(
                {
                    "width": tr("Width"),
                    "depth": tr("Depth"),
                    "norm": tr("Normalisation"),
                    "up": tr("Upsampling"),
                }[name],
                field,
            )
        layout.addWidget(self.expert)
        layout.addWidget(self.panel)
        self.expert.setVisible(bool(networks))
        self._begin(network, dict(options or {}))
        self._group.buttonClicked.connect(self._on_plain)
        self.expert.toggled.connect(self._on_expert)
        self.network.activated.connect(self._on_network)

    def value(self) -> tuple[str | None, dict[str, Option]]:
        """The network's name in the registry, and the options that differ from its own."""
        if not self.expert.isChecked():
            return next((name for name, button in self.plain.items() if button.isChecked()), None), {}
        name = self.network.currentData()
        usual = self._usual()
        options: dict[str, Option] = {}
        for option, field in self._fields.items():
            chosen = field.value() if isinstance(field, NumberField) else _data(field)
            if option in usual and chosen != usual[option]:
                options[option] = chosen
        return name, options

    def _usual(self) -> Mapping[str, Option]:
        offer = self._offers.get(self.network.currentData())
        return offer.options if offer is not None else {}

    def _begin(self, network: str, options: Mapping[str, Option]) -> None:
        plain = self.plain.get(network)
        folded = not options and (plain is not None or network not in self._offers)
        chosen = plain or next(iter(self.plain.values()), None)
        if chosen is not None:
            chosen.setChecked(True)
        self.network.setCurrentIndex(max(0, self.network.findData(network)))
        self._fill(options)
        self.expert.setChecked(not folded)
        self._fold()

    def _fill(self, options: Mapping[str, Option]) -> None:
        """Show what the network is unless somebody changes it, and hide what it does not have."""
        usual = {**self._usual(), **options}
        for name, field in self._fields.items():
            self._form.setRowVisible(field, name in usual)
            if name not in usual:
                continue
            if isinstance(field, NumberField):
                field.setValue(int(usual[name]))
            elif isinstance(field, DropDown):
                field.setCurrentIndex(max(0, field.findData(usual[name])))

    def _fold(self) -> None:
        is_open = self.expert.isChecked()
        self.expert.setIcon(icon("chevron-down" if is_open else "chevron-right", "quiet"))
        self.panel.setVisible(is_open)
        for button in self.plain.values():
            button.setEnabled(not is_open)
        window = self.window()
        if window.isVisible():
            window.adjustSize()

    def _on_plain(self) -> None:
        name, _ = self.value()
        self.network.setCurrentIndex(max(0, self.network.findData(name)))
        self._fill({})
        self.changed.emit()

    @Slot(bool)
    def _on_expert(self, _: bool) -> None:
        self._fold()
        self.changed.emit()

    @Slot()
    def _on_network(self) -> None:
        self._fill({})
        self.changed.emit()


def _choice(name: str, tip: str, entries: Sequence[tuple[str, str]]) -> DropDown:
    box = DropDown()
    named(box, name, tip)
    for value, text in entries:
        box.addItem(text, value)
    return box


def _data(field: QWidget) -> str:
    return str(field.currentData()) if isinstance(field, DropDown) else ""
