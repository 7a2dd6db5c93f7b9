"""When a training lowers its rate, and when it stops."""

from __future__ import annotations

import json

import torch

from segdesk.nn.average import Average
from segdesk.nn.plateau import Plateau
from tests.nn.makers import tiny_unet


def weights(value: float) -> dict[str, torch.Tensor]:
    return {"w": torch.tensor([value])}


def test_while_the_figure_rises_nothing_changes() -> None:
    plateau = Plateau(every=10)
    for step in range(50):
        plateau.hear(step / 100, weights(step))
    assert plateau.factor == 1.0
    assert not plateau.ended
    assert plateau.best == 0.49
    assert plateau.weights["w"] == 49


def test_it_lowers_the_rate_and_then_stops_and_keeps_the_best() -> None:
    plateau = Plateau(every=10, lowerings=2)
    plateau.hear(0.7, weights(1))
    plateau.hear(0.8, weights(2))
    factors = []
    while not plateau.ended:
        plateau.hear(0.75, weights(3))
        factors.append(plateau.factor)
        assert len(factors) < 100
    assert len(set(factors)) == 3
    assert factors == sorted(factors, reverse=True)
    assert plateau.best == 0.8
    assert plateau.weights["w"] == 2


def test_noise_is_no_rise_but_a_slow_rise_is_one() -> None:
    noisy, slow = Plateau(every=1), Plateau(every=1)
    for number in range(60):
        noisy.hear(0.8 + 0.0005 * (number % 2), weights(number))
        slow.hear(0.7 + 0.0005 * number, weights(number))
    assert noisy.ended
    assert not slow.ended
    assert slow.factor == 1.0


def test_a_constant_rate_is_never_lowered() -> None:
    plateau = Plateau(every=1, lowerings=0)
    while not plateau.ended:
        plateau.hear(0.5, weights(0))
    assert plateau.factor == 1.0


def test_the_kept_weights_do_not_change_with_the_network() -> None:
    plateau, state = Plateau(every=1), weights(5)
    plateau.hear(0.9, state)
    state["w"] += 1
    assert plateau.weights["w"] == 5


def test_it_goes_on_from_what_a_checkpoint_kept() -> None:
    whole, first = Plateau(every=1), Plateau(every=1)
    figures = [0.5, 0.7, 0.69, 0.68, 0.7, 0.69, 0.7, 0.71, 0.7]
    for number, figure in enumerate(figures):
        whole.hear(figure, weights(number))
    for number, figure in enumerate(figures[:4]):
        first.hear(figure, weights(number))
    second = Plateau(every=1)
    second.restore(first.tensors(), json.loads(json.dumps(first.facts())))
    for number, figure in enumerate(figures[4:], 4):
        second.hear(figure, weights(number))
    assert second.facts() == whole.facts()
    assert second.weights == whole.weights


def test_the_average_follows_soon_and_then_slowly() -> None:
    network = tiny_unet()
    average = Average(network, decay=0.99)

    def at(value: float, steps: int) -> float:
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.fill_(value)
        for _ in range(steps):
            average.follow(network)
        return float(next(average.network.parameters()).flatten()[0])

    assert at(1.0, 50) > 0.9  # what it began with is forgotten
    at(1.0, 3000)
    assert 0.85 < at(0.0, 10) < 0.95  # (1 - 0.01) ** 10
    assert not any(parameter.requires_grad for parameter in average.network.parameters())
    assert all(parameter.requires_grad for parameter in network.parameters())
