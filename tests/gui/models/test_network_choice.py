"""Choosing a network in plain words, and with the options that experts have."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.jobs import ModelChoice, Offer
from segdesk.core.network_choices import options_from_text, options_to_text, plain_choices
from segdesk.gui.dialogs.new_project import NewProjectDialog
from segdesk.gui.models.network_choice import NetworkChoice
from segdesk.gui.window import MainWindow
from tests.gui.conftest import paint, retrain
from tests.gui.fake_engine import FakeEngine

NETWORKS = (
    Offer("unet", "U-Net: small", {"width": 16, "depth": 4, "norm": "group", "up": "transpose"}),
    Offer("unet-32", "U-Net, wide: slower", {"width": 32, "depth": 4, "norm": "group", "up": "transpose"}),
    Offer("u2net-small", "U2-Net, small: whole objects", {"width": 64, "norm": "group"}),
)


def shown(qtbot: QtBot, **chosen: object) -> NetworkChoice:
    choice = NetworkChoice(NETWORKS, **chosen)  # type: ignore[arg-type]
    qtbot.addWidget(choice)
    choice.show()
    return choice


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(10, 8))  # type: ignore[call-overload]


def test_the_plain_words_name_networks_that_there_are() -> None:
    assert [choice.title for choice in plain_choices()] == ["Fast", "Accurate", "Cut out the main object"]
    assert {choice.network for choice in plain_choices()} == {offer.name for offer in NETWORKS}


def test_fast_is_chosen_and_the_rest_is_folded_away(qtbot: QtBot) -> None:
    choice = shown(qtbot)
    assert choice.value() == ("unet", {})
    assert not choice.panel.isVisible()
    click(choice.plain["u2net-small"])
    assert choice.value() == ("u2net-small", {})


def test_an_expert_changes_what_the_network_has(qtbot: QtBot) -> None:
    choice = shown(qtbot)
    click(choice.plain["unet-32"])
    QTest.mouseClick(choice.expert, Qt.MouseButton.LeftButton)
    assert choice.network.currentData() == "unet-32"
    assert choice.width_.value() == 32
    assert choice.value() == ("unet-32", {})
    choice.width_.setValue(24)
    choice.up.setCurrentIndex(choice.up.findData("bilinear"))
    assert choice.value() == ("unet-32", {"width": 24, "up": "bilinear"})
    choice.network.setCurrentIndex(choice.network.findData("u2net-small"))
    choice.network.activated.emit(choice.network.currentIndex())
    assert not choice.depth_.isVisible()
    assert choice.value() == ("u2net-small", {})
    QTest.mouseClick(choice.expert, Qt.MouseButton.LeftButton)
    assert choice.value() == ("unet-32", {})  # the plain choice counts again


def test_what_was_chosen_before_is_shown(qtbot: QtBot) -> None:
    choice = shown(qtbot, network="unet", options={"width": 8})
    assert choice.panel.isVisible()
    assert choice.value() == ("unet", {"width": 8})


def test_options_survive_the_settings() -> None:
    options: dict[str, int | float | str | bool] = {"width": 24, "norm": "batch"}
    assert options_from_text(options_to_text(options)) == options
    assert options_from_text(("nonsense",)) == {}


def test_a_new_project_learns_with_what_was_chosen(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, tmp_path: Path
) -> None:
    dialog = NewProjectDialog(tmp_path, window.learning.facts.networks, window)
    qtbot.addWidget(dialog)
    dialog.show()
    QTest.mouseClick(dialog.network.expert, Qt.MouseButton.LeftButton)
    dialog.network.width_.setValue(24)
    new = dialog.value()
    assert (new.network, dict(new.options)) == ("unet", {"width": 24})


def test_the_first_round_is_asked_for_with_the_options(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    project_window.bench.settings.change(network="unet", network_options=("width=24",))
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    assert engine.trained[-1].start == ModelChoice(network="unet", options={"width": 24})
