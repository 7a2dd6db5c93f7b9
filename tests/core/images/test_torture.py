"""Files that break openers: each opens at its size or is refused in words; none hangs or eats memory."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from segdesk.core.images import ImageSource, inspect_image, read_image
from tests.data import data_dir

MOST_MEMORY = 1.5e9
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit of memory to set for a process")
def test_every_file_opens_or_is_refused() -> None:
    folder = data_dir("torture")
    table = folder / "expected.tsv"
    child = subprocess.run(
        [
            sys.executable,
            str(Path(__file__).with_name("torture_child.py")),
            str(folder / "images"),
            str(table),
        ],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        timeout=300,
        check=False,
    )
    reports = [json.loads(line) for line in child.stdout.decode("utf-8").splitlines()]
    last = reports[-1].get("file") if reports else None
    assert child.returncode == 0, f"died after {last}: {child.stderr.decode('utf-8', 'replace')[-2000:]}"
    assert child.stderr == b"", "decoders are to keep quiet"
    assert reports.pop()["peak"] < MOST_MEMORY

    with table.open(encoding="utf-8", newline="") as lines:
        expected = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(reports) == len(expected) > 100
    wrong = [
        f"{row['file']}: {problem}" for row, report in zip(expected, reports, strict=True)
        if (problem := what_is_wrong(row, report))
    ]  # fmt: skip
    assert not wrong, "\n".join(wrong)


def what_is_wrong(row: dict[str, str], report: dict[str, Any]) -> str | None:
    if "refused" in report:
        if row["expect"] == "open":
            return f"refused: {report['refused']}"
        return None if Path(row["file"]).name in report["refused"] else f"not named: {report['refused']}"
    if row["expect"] == "reject":
        return "opened"
    if report["promised"] != report["given"]:
        return f"inspecting gave {report['promised']}, reading {report['given']}"
    if row["expect"] == "open" and report["size"] != [int(row["upright_width"]), int(row["upright_height"])]:
        return f"opened as {report['size']}"
    return None


def test_the_same_picture_in_many_formats_looks_the_same() -> None:
    folder = data_dir("torture") / "images"
    truth = read_image(ImageSource(folder / "png_rgb_reference.png")).astype(int)
    for name, tolerance in {
        "bmp_24.bmp": 0,
        "tiff_bigtiff_bigendian.tif": 0,
        "tiff_deflate_tiled.tif": 0,
        "tiff_lzw_predictor.tif": 0,
        "tiff_zstd.tif": 0,
        "jpeg_444_q100.jpg": 2,
        "jpeg_cmyk.jpg": 12,
        "tiff_cmyk.tif": 12,
        "png_palette.png": 25,
        "tiff_palette.tif": 25,
        "webp_lossy.webp": 15,
    }.items():
        difference = abs(read_image(ImageSource(folder / name)).astype(int) - truth).mean()
        assert difference <= tolerance, f"{name} differs by {difference}"


def test_pages_are_counted_and_loops_end() -> None:
    folder = data_dir("torture") / "images"
    for name, pages in {
        "tiff_multipage_rgb.tif": 5,
        "tiff_multipage_mixed_sizes.tif": 3,
        "pillow_g4-multi.tiff": 3,
        "gif_animated.gif": 6,
        "png_animated.png": 6,
        "webp_animated.webp": 6,
        "qupath_cells-2z.ome.tif": 2,
        "tiff_imagej_hyperstack.tif": 3,
        "tiff_pyramid_tiled_jpeg.tif": 1,
        "tiff_ifd_loop.tif": 1,
        "pillow_multipage_multiple_frame_loop.tiff": 2,
    }.items():
        assert inspect_image(folder / name).pages == pages, name
