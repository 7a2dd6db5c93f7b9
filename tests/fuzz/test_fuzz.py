"""No broken file does anything to a reader but make it say so: a short run, by chance and by hypothesis.

`python -m tests.fuzz.readers all 600` feeds each reader for ten minutes.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.core.errors import SegdeskError
from tests.fuzz.readers import AWKWARD, KINDS, READERS, NotHereError, broken, feed

_QUICK = ("record", "settings", "mask", "model header")

changes = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.floats(0, 1, exclude_max=True),
        st.one_of(st.binary(max_size=12), st.sampled_from(AWKWARD)),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("name", _QUICK)
@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(changes=changes)
def test_broken_files(name: str, changes: list[tuple[str, float, bytes]]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        path = folder / f"broken{READERS[name].suffix}"
        path.write_bytes(broken(READERS[name].seed(folder), changes))
        READERS[name].read(path)
    except SegdeskError as error:
        assert str(error)
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", [name for name in READERS if name not in _QUICK])
def test_broken_files_that_take_a_while(name: str, tmp_path: Path) -> None:
    try:
        assert feed(name, 0.15, 11, tmp_path) > 0
    except NotHereError as error:
        pytest.skip(str(error))
