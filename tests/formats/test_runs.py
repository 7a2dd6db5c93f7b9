"""Run lengths are those of COCO's own library."""

from __future__ import annotations

import numpy as np
import pytest
from pycocotools import mask as reference

from segdesk.formats.runs import Encoded, as_text, decode_runs, encode_objects

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (7, 1), (3, 4), (40, 23), (64, 64)])
@pytest.mark.parametrize("most", [1, 4, 300, 70_000])
@pytest.mark.parametrize("density", [0.0, 0.2, 0.9, 1.0])
def test_each_object_is_encoded_as_pycocotools_does(
    shape: tuple[int, int], most: int, density: float
) -> None:
    rng = np.random.default_rng(most)
    ids = (rng.integers(1, most + 1, shape) * (rng.random(shape) < density)).astype(np.int32)
    found = encode_objects(ids)
    assert set(found) == set(np.unique(ids).tolist()) - {0}
    for number, runs in found.items():
        mask = ids == number
        assert runs.area == mask.sum()
        ours = reference.frPyObjects({"size": list(shape), "counts": runs.counts.tolist()}, *shape)
        assert ours == reference.encode(np.asfortranarray(mask.astype(np.uint8)))
        assert np.array_equal(decode_runs(runs.counts, *shape), mask)
    texts = [", ".join(map(str, runs.counts.tolist())) for runs in found.values()]
    assert list(as_text(list(found.values()))) == texts


def test_an_object_runs_on_from_one_column_to_the_next() -> None:
    ids = np.array([[0, 5, 0], [5, 5, 7]], np.int32)
    found = encode_objects(ids)
    assert found[5].counts.tolist() == [1, 3, 2]
    assert found[7].counts.tolist() == [5, 1]


def test_lengths_of_all_sizes_are_written_as_they_are() -> None:
    lengths = [0, 9, 10, 99, 100, 999, 1000, 1001, 10_000, 999_999, 1_000_000, 2_147_483_648]
    for most in range(1, len(lengths) + 1):
        runs = [Encoded(np.array(lengths[:most], np.int64), 1), Encoded(np.array([0], np.int64), 1)]
        assert list(as_text(runs)) == [", ".join(map(str, lengths[:most])), "0"]
