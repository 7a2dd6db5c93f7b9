"""Tables of figures as files: CSV for everybody, Excel and Parquet where their libraries are installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import FormatError
from segdesk.core.files import atomic_write, write_bytes
from segdesk.core.spreadsheet import cell, csv_bytes
from segdesk.core.translation import tr

_EXCEL_ROWS = 1_048_576  # that a sheet of Excel holds, its heading included


@dataclass
class Sheet:
    """Columns of one length by their names: text, whole numbers or figures."""

    columns: dict[str, list[Any]] = field(default_factory=dict)
    length: int = 0

    def append(self, rows: int, cells: Mapping[str, NDArray[Any] | Sequence[Any]]) -> None:
        """Add rows; a column that is new was empty before, one that is missing is empty now."""
        for name in cells:
            if name not in self.columns:
                self.columns[name] = [None] * self.length
        for name, column in self.columns.items():
            more = cells.get(name)
            if more is None:
                column += [None] * rows
            else:
                column += more.tolist() if isinstance(more, np.ndarray) else more
        self.length += rows


def write_sheet(sheet: Sheet, path: Path) -> None:
    """Write a table in the format that the file's name ends in: .csv, .xlsx or .parquet.

    Raises:
        FormatError: the name ends in something else, a library is missing, or Excel holds no such table.
        SegdeskError: the file cannot be written.
    """
    check_sheet(path)
    _WRITERS[path.suffix.lower()](sheet, path)


def check_sheet(path: Path) -> None:
    """Say before long work whether such a table could be written; raises FormatError where not."""
    ending = path.suffix.lower()
    if ending not in _WRITERS:
        raise FormatError(
            tr("{name} is no table: let its name end in {endings}.").format(
                name=path.name, endings=", ".join(_WRITERS)
            )
        )
    if ending in _LIBRARIES:
        _needed(_LIBRARIES[ending], ending)


def _csv(sheet: Sheet, path: Path) -> None:
    write_bytes(path, csv_bytes([list(sheet.columns), *zip(*sheet.columns.values(), strict=True)]))


def _excel(sheet: Sheet, path: Path) -> None:
    library = _needed("openpyxl", ".xlsx")
    if sheet.length >= _EXCEL_ROWS:
        raise FormatError(
            tr("Excel holds no table of {count} rows: write a .csv or .parquet file.").format(
                count=sheet.length
            )
        )
    book = library.Workbook(write_only=True)
    page = book.create_sheet("objects")
    for row in [tuple(sheet.columns), *zip(*sheet.columns.values(), strict=True)]:
        page.append([_excel_cell(value) for value in row])
    with atomic_write(path) as temporary:
        book.save(temporary)


def _excel_cell(value: object) -> object:
    # A text that begins with "=" would be taken for a formula here as well.
    return cell(value) if isinstance(value, str) else value


def _parquet(sheet: Sheet, path: Path) -> None:
    library = _needed("pyarrow", ".parquet")
    parquet = _needed("pyarrow.parquet", ".parquet")
    table = library.table({name: library.array(column) for name, column in sheet.columns.items()})
    with atomic_write(path) as temporary:
        parquet.write_table(table, temporary)


def _needed(name: str, ending: str) -> ModuleType:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise FormatError(
            tr("{ending} files need {library}: run pip install {library}, or write a .csv file.").format(
                ending=ending, library=name.partition(".")[0]
            )
        ) from error


_WRITERS: dict[str, Callable[[Sheet, Path], None]] = {".csv": _csv, ".xlsx": _excel, ".parquet": _parquet}
_LIBRARIES = {".xlsx": "openpyxl", ".parquet": "pyarrow"}
