"""Opens every file of a folder named in a list, as a child that may die: `torture_child.py FOLDER LIST`.

One JSON line a file on stdout, and one last line with the most memory that it took.
"""

from __future__ import annotations

import csv
import json
import resource
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import Any

SECONDS = 20
ADDRESS_SPACE = 8 * 2**30


def main(folder: Path, table: Path) -> None:
    from segdesk.core.errors import ImageError
    from segdesk.core.images import ImageSource, inspect_image, read_image, thumbnail, to_display

    warnings.simplefilter("error")
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    with table.open(encoding="utf-8", newline="") as lines:
        names = [row["file"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    for name in names:
        # Nothing handles it: a decoder that hangs takes this process along.
        signal.alarm(SECONDS)
        start = time.perf_counter()
        report: dict[str, Any] = {"file": name}
        try:
            info = inspect_image(folder / name)
            pixels = read_image(ImageSource(folder / name))
            thumbnail(to_display(pixels), 96)
            report["size"] = [pixels.shape[1], pixels.shape[0]]
            report["promised"] = [info.width, info.height, info.channels, info.dtype]
            report["given"] = [*report["size"], 1 if pixels.ndim == 2 else pixels.shape[2], str(pixels.dtype)]
        except ImageError as error:
            report["refused"] = str(error)
        report["seconds"] = time.perf_counter() - start
        sys.stdout.write(json.dumps(report) + "\n")
        sys.stdout.flush()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    sys.stdout.write(json.dumps({"peak": peak}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
