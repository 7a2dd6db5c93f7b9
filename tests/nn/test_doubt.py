"""What lies beside a stroke is neither the object nor background."""

import numpy as np

from segdesk.nn.doubt import beside


def test_a_margin_is_half_as_wide_as_the_stroke() -> None:
    painted = np.zeros((100, 100), np.bool_)
    painted[20:40] = True  # a stroke of 20 pixels, across
    rows = np.flatnonzero(beside(painted)[:, 50])
    assert abs(rows[0] - 10) <= 1
    assert abs(rows[-1] - 49) <= 1


def test_a_thin_stroke_has_a_thin_margin_though_a_thick_one_joins_it() -> None:
    painted = np.zeros((100, 200), np.bool_)
    painted[40:60, :40] = True
    painted[49:51, 40:] = True
    found = beside(painted)
    assert found[31:69, 20].all()
    assert not found[:46, 100:].any()
    assert not found[54:, 100:].any()


def test_nothing_lies_beside_nothing() -> None:
    assert not beside(np.zeros((8, 8), np.bool_)).any()
