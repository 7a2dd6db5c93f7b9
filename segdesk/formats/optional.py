"""Libraries that only some formats need, and not everybody has."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from segdesk.core.errors import FormatError
from segdesk.core.translation import tr

NIFTI = ("nibabel", "nifti")
DICOM = ("pydicom", "dicom")


@contextmanager
def damage_told() -> Iterator[None]:
    """What code stumbles over in a damaged file becomes a FormatError."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise FormatError(tr("it is cut short or damaged")) from error


def is_here(library: str) -> bool:
    """Whether a library is installed; it is not imported."""
    return not library or importlib.util.find_spec(library) is not None


def how_to_get(library: str, extra: str) -> str:
    """What a person does about a library that is not installed."""
    return tr("This format needs {library}: run `pip install segdesk[{extra}]`.").format(
        library=library, extra=extra
    )


def needed(library: str, extra: str) -> Any:
    """The library.

    Raises:
        FormatError: it is not installed.
    """
    try:
        return importlib.import_module(library)
    except ImportError as error:
        raise FormatError(how_to_get(library, extra)) from error
