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
        raise missing(path, kind, library, extra) from error


def missing(path: Path, kind: str, library: str, extra: str) -> ImageError:
    """What a person reads where a library is not installed; the arguments are those of `needed`."""
    return ImageError(
        tr("'{name}' is {kind}, which needs {library}: run `pip install segdesk[{extra}]`.").format(
            name=path.name, kind=kind, library=library, extra=extra
        )
    )


def no_avif(path: Path) -> ImageError:
    """What a person reads where this build of Pillow has no AVIF."""
    return ImageError(
        tr("'{name}' is an AVIF picture, which needs a newer Pillow: run `pip install -U pillow`.").format(
            name=path.name
        )
    )


@cache
def reads_avif() -> bool:
    """Whether Pillow reads AVIF pictures here: from 11.3 on it does, in most builds."""
    Image.init()
    return "AVIF" in Image.OPEN


@cache
def reads_heif() -> bool:
    """Whether Pillow reads HEIF pictures here: it needs a plug-in for them."""
    with suppress(ImportError):
        importlib.import_module("pillow_heif").register_heif_opener()
    Image.init()
    return "HEIF" in Image.OPEN
