"""Libraries that not everybody needs."""

from __future__ import annotations

import importlib
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from segdesk.core.errors import ImageError
from segdesk.core.translation import tr


def needed(path: Path, kind: str, library: str, extra: str) -> Any:
    """A library that reads the file.

    kind: what the file is, such as "a DICOM file".   extra: what the library is installed by.

    Raises:
        ImageError: it is not installed.
    """
    try:
        return importlib.import_module(library)
    except ImportError as error:
        raise ImageError(
            tr("'{name}' is {kind}, which needs {library}: run `pip install segdesk[{extra}]`.").format(
                name=path.name, kind=kind, library=library, extra=extra
            )
        ) from error


@cache
def reads_heif() -> bool:
    """Whether Pillow reads HEIF pictures here: it needs a plug-in for them."""
    with suppress(ImportError):
        importlib.import_module("pillow_heif").register_heif_opener()
    Image.init()
    return "HEIF" in Image.OPEN
