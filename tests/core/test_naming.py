"""Names sort as people count, and samples get names that every system takes and no other sample has."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdesk.core.images import ImageSource
from segdesk.core.naming import natural_key, unique_stems


def stems(*names: str) -> list[str]:
    return unique_stems([ImageSource(Path(name)) for name in names])


def test_numbers_sort_by_value_and_words_without_case() -> None:
    names = ["img10", "IMG2", "img1", "b", "A", "img2a", "img", "7", "10", "9"]
    assert sorted(names, key=natural_key) == [
        "7", "9", "10", "A", "b", "img", "img1", "IMG2", "img2a", "img10",
    ]  # fmt: skip


def test_leading_zeros_do_not_change_the_order_of_numbers() -> None:
    assert sorted(["f010", "f9", "f0008"], key=natural_key) == ["f0008", "f9", "f010"]


def test_digits_of_other_scripts_and_endless_numbers_sort_too() -> None:
    assert sorted(["图١٠", "图٩"], key=natural_key) == ["图٩", "图١٠"]
    assert natural_key("9" * 6000) < natural_key("1" + "0" * 6000)


@given(st.text(), st.text())
def test_only_equal_texts_have_equal_keys(one: str, other: str) -> None:
    assert (natural_key(one) == natural_key(other)) == (one == other)


def test_only_the_last_suffix_is_cut() -> None:
    assert stems("a/two.dots.in.name.png", "a/two.dots.other.png", "cells.ome.tif", "noext", "-rf.png") == [
        "two.dots.in.name", "two.dots.other", "cells.ome", "noext", "-rf",
    ]  # fmt: skip


def test_names_in_any_script_survive() -> None:
    names = [
        "中文文件名_视网膜图像",
        "emoji_🔬_cell",
        "Ünïcödé café",
        "مرحبا",
        "spaces  and 100% #1 & 'q' [x] (y)",
    ]
    assert stems(*(name + ".png" for name in names)) == names


def test_files_that_share_a_stem_are_told_apart() -> None:
    assert stems("same.png", "same.jpg", "x/SAME.jpg", "y/same.png", "z/same.png") == [
        "same", "same-jpg", "SAME-jpg-2", "same-2", "same-3",
    ]  # fmt: skip


def test_a_file_keeps_a_name_that_another_would_have_been_given() -> None:
    assert stems("same.png", "same.jpg", "same-jpg.png") == ["same", "same-jpg-2", "same-jpg"]


def test_composed_and_decomposed_letters_are_one_name() -> None:
    composed, decomposed = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))
    one, other = stems(f"a/{composed}.png", f"b/{decomposed}.png")
    assert unicodedata.normalize("NFC", one) != unicodedata.normalize("NFC", other)


def test_pages_are_numbered_only_where_there_are_several() -> None:
    stack, single = Path("stack.tif"), Path("single.tif")
    sources = [
        ImageSource(stack, 0),
        ImageSource(single, 3),
        ImageSource(stack, 11),
        ImageSource(Path("stack.png")),
    ]
    assert unique_stems(sources) == ["stack-p001", "single", "stack-p012", "stack-png"]


def test_a_page_does_not_take_the_name_of_a_file() -> None:
    stack = Path("stack.tif")
    names = unique_stems([ImageSource(Path("stack-p001.png")), ImageSource(stack, 0), ImageSource(stack, 1)])
    assert names == ["stack-p001", "stack-p001-2", "stack-p002"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("CON.png", "CON_"),
        ("nul.tar.png", "nul_.tar"),
        ("com1.png", "com1_"),
        ("console.png", "console"),
        ('a<b>c:d"e|f?g*h\\i.png', "a_b_c_d_e_f_g_h_i"),
        ("tab\tnew\nline.png", "tab_new_line"),
        ("ends with dots...png", "ends with dots__"),
        ("space .png", "space_"),
        ("\udcff.png", "_"),
    ],
)
def test_what_a_system_forbids_is_replaced(name: str, safe: str) -> None:
    assert stems(name) == [safe]


def test_very_long_names_leave_room_and_stay_apart() -> None:
    names = stems("视" * 80 + "a.png", "视" * 80 + "b.png")
    assert len(set(names)) == 2
    assert all(len(name.encode()) <= 210 for name in names)


@given(st.lists(st.tuples(st.text("aA.-2p01 /", min_size=1, max_size=8), st.integers(0, 2)), max_size=12))
def test_no_two_samples_ever_share_a_name(drawn: list[tuple[str, int]]) -> None:
    sources = [ImageSource(Path("folder") / (name + ".png"), page) for name, page in drawn]
    names = unique_stems(sources)
    assert len({name.casefold() for name in names}) == len(sources)
    assert names == unique_stems(sources)


def test_thousands_of_files_of_one_name_take_no_time() -> None:
    names = stems(*(f"{number}/image.png" for number in range(20_000)))
    assert len(set(names)) == 20_000
    assert names[-1] == "image-20000"
