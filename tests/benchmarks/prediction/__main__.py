"""What a prediction costs beside the bare network and a plain loop, how much memory it takes, and how well
it agrees with float32.

    python -m tests.benchmarks.prediction    # 4096 x 4096, U-Net 64 and U2-Net; many minutes
    python -m tests.benchmarks.prediction --side 2048 --sample 2 --network unet

All ratios are taken within one run, the three ways in turn, `--repeat` times; times are reckoned from
`--sample` megapixels for the bare network and the plain loop.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import tifffile
import torch

import segdesk.nn  # noqa: F401  (sets OpenMP up before torch is imported)
from tests.benchmarks.prediction import subject, ways

_GIB = 2**30
# Networks of the registry, as they are published and as SegDesk trains them.
_NETWORKS = ("unet-64:batch", "unet-64:group", "u2net:batch", "u2net:group")


def main() -> int:
    """Parse the command line and print a line for each network."""
    options = _parser().parse_args()
    torch.set_num_threads(options.threads)
    if options.peak:
        model, image = options.peak
        ways.peak_of_a_job(model, image, options.threads)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "picture.tif"
        tall = options.side
        if options.huge:
            _write_huge(image, options.side)
        else:
            tifffile.imwrite(image, subject.picture(tall, tall)[0], tile=(256, 256))
        for name in options.network:
            network, _, norm = name.partition(":")
            model = Path(folder) / "model.safetensors"
            subject.learned(model, network, norm or "group", options.steps)
            if not options.huge:
                _compare(name, model, image, options)
            _say(f"{name}: peak memory {_peak(model, image, options.threads) / _GIB:.2f} GiB")
    return 0


def _compare(name: str, model: Path, image: Path, options: argparse.Namespace) -> None:
    side = ways.bare_side(model)
    pixels, sample = options.side**2, int(options.sample * 1e6)
    for _ in range(options.repeat):
        ours, labels = ways.job(model, image)
        bare = ways.bare(model, side, pixels, sample)
        plain, exact, rows = ways.plain(model, image, sample)
        a, b = labels[rows] == 1, exact[rows] == 1
        dice = 2.0 * int((a & b).sum()) / max(1, int(a.sum()) + int(b.sum()))
        _say(
            f"{name}: bare {bare.wall:.1f} s (tiles of {side}), "
            f"ours {ours.wall:.1f} s, plain {plain.wall:.1f} s; "
            f"ours / bare {ours.wall / bare.wall:.3f} (processor time {ours.cpu / bare.cpu:.3f}), "
            f"plain / ours {plain.wall / ours.wall:.2f} ({plain.cpu / ours.cpu:.2f}); "
            f"Dice with float32 {dice:.4f}, share of class 1 {b.mean():.2f}"
        )


def _write_huge(path: Path, side: int) -> None:
    """A gray tiled TIFF, written tile by tile."""
    cell = subject.picture(1024, 1024)[0][..., 0].copy()

    def parts() -> object:
        count = -(-side // 1024)
        for _ in range(count * count):
            yield cell

    tifffile.imwrite(
        path, parts(), shape=(side, side), dtype=np.uint8, tile=(1024, 1024), photometric="minisblack"
    )


def _peak(model: Path, image: Path, threads: int) -> int:
    """Bytes, of a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.prediction", "--threads", str(threads)]
    done = subprocess.run(
        [*command, "--peak", str(model), str(image)], check=True, capture_output=True, text=True
    )
    return int(done.stdout)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.prediction",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--network", nargs="+", default=list(_NETWORKS), metavar="NAME[:NORM]")
    add("--side", type=int, default=4096, help="of the square picture, in pixels")
    add("--sample", type=float, default=4.0, help="megapixels that the others are timed on")
    add("--repeat", type=int, default=2)
    add("--steps", type=int, default=30, help="of learning beforehand")
    add("--threads", type=int, default=1)
    add("--huge", action="store_true", help="only the memory, of a gray tiled TIFF that is never held whole")
    add("--peak", nargs=2, type=Path, help=argparse.SUPPRESS)
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
