"""The small button beside the filter that says, and changes, how the list of samples is ordered."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.listing import Order
from segdesk.gui.theme import GRID
from segdesk.gui.workbench import Workbench


@dataclass(frozen=True)
class OrderLook:
    """What an order is called, and what its figure says of a sample."""

    name: str
    figure: str = ""


def order_look(order: Order) -> OrderLook:
    """How this order is shown, in the language in use."""
    return {
        Order.ADDED: OrderLook(tr("As added")),
        Order.NAME: OrderLook(tr("By name")),
        Order.UNCERTAINTY: OrderLook(tr("Most uncertain first"), tr("the model is {percent} unsure")),
        Order.DISAGREEMENT: OrderLook(
            tr("Most disagreement first"), tr("the last two versions differ by {percent}")
        ),
    }[order]


class OrderButton(QToolButton):
    """A menu of the orders, which wears the accent where the list is in another one than the first.

    chosen: the person took one.
    """

    chosen = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._shown: Order | None = None
        self.setFixedSize(4 * GRID, 4 * GRID)
        self.setIconSize(QSize(20, 20))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self)
        self._group = QActionGroup(self)
        self.choices: dict[Order, QAction] = {}
        for order in Order:
            look = order_look(order)
            action = menu.addAction(look.name)
            action.setCheckable(True)
            action.setData(order.value)
            self._group.addAction(action)
            self.choices[order] = action
        self.setMenu(menu)
        self._group.triggered.connect(self._on_chosen)
        bench.listing.changed.connect(self._renew)
        self._renew()

    def offer(self, switch: QAction) -> None:
        """Put a switch below the orders."""
        menu = self.menu()
        menu.addSeparator()
        menu.addAction(switch)

    @Slot(QAction)
    def _on_chosen(self, action: QAction) -> None:
        self._bench.order_by(Order(action.data()))
        self.chosen.emit()

    @Slot()
    def _renew(self) -> None:
        order = self._bench.listing.order
        if order is self._shown:
            return
        self._shown = order
        look = order_look(order)
        self.choices[order].setChecked(True)
        self.setIcon(icon("sort-variant", "text" if order is Order.ADDED else "accent"))
        self.setToolTip(tr("Order of the list: {name}").format(name=look.name))
        self.setAccessibleName(tr("Order of the list: {name}").format(name=look.name))
