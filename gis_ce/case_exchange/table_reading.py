"""Reads a table of old cases from CSV or XLSX: every cell as it stands, and every row that has no form."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import StringIO
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from gis_ce.case_exchange.formulas import unguarded
from gis_ce.file_errors import OldCasesRefused

Cell = str | int | float | bool | datetime | date | None
MOST_ROWS = 500_000
MOST_BYTES = 200_000_000
_MOST_UNPACKED = 1_000_000_000
_LONGEST_CELL = 20_000_000
_DELIMITERS = ",;\t|"
_ENCODINGS = ("utf-8-sig", "cp1252")


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: its number in the file (the header is 1), and its cells by column."""

    number: int
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class RawTable:
    """The rows of a file, and those that have no form, with the reason."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[RawRow, ...]
    broken: tuple[tuple[int, str], ...] = ()


def read_table(path: Path, sheet: str | None = None) -> RawTable:
    """The table of a file, `sheet` of an XLSX (else its first); raises OldCasesRefused where there is none."""
    if not path.is_file():
        raise OldCasesRefused(f"There is no file {path}.")
    if path.stat().st_size > MOST_BYTES:
        raise OldCasesRefused(f"{path.name} has {path.stat().st_size:,} bytes; at most {MOST_BYTES:,} are read.")
    kind = path.suffix.lower()
    if kind == ".csv":
        return _table(path.name, _csv_rows(path))
    if kind == ".xlsx":
        return _table(path.name, _xlsx_rows(path, sheet))
    raise OldCasesRefused(f"{path.name}: old cases are read from .csv and .xlsx.")


def _table(name: str, lines: Iterator[tuple[int, Sequence[Cell]]]) -> RawTable:
    header = next(lines, None)
    if header is None:
        raise OldCasesRefused(f"{name} is empty.")
    columns = _header(name, header[1])
    rows: list[RawRow] = []
    broken: list[tuple[int, str]] = []
    for number, cells in lines:
        if all(cell is None or cell == "" for cell in cells):
            continue
        if len(rows) + len(broken) >= MOST_ROWS:
            raise OldCasesRefused(f"{name} has more than {MOST_ROWS:,} rows; split it.")
        if len(cells) > len(columns) and any(cell not in (None, "") for cell in cells[len(columns) :]):
            broken.append((number, f"it has {len(cells)} cells, and the header {len(columns)}"))
            continue
        filled = (*cells[: len(columns)], *(None,) * (len(columns) - len(cells)))
        rows.append(RawRow(number, dict(zip(columns, filled, strict=True))))
    return RawTable(name, columns, tuple(rows), tuple(broken))


def _header(name: str, cells: Sequence[Cell]) -> tuple[str, ...]:
    columns = ["" if cell is None else str(cell).strip() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if not any(columns):
        raise OldCasesRefused(f"{name} has no header: its first row must name the columns.")
    doubles = sorted({column for column in columns if column and columns.count(column) > 1})
    if doubles:
        raise OldCasesRefused(f"{name} has two columns of the name {', '.join(doubles)}.")
    return tuple(column or f"(column {number + 1})" for number, column in enumerate(columns))


def _csv_rows(path: Path) -> Iterator[tuple[int, Sequence[Cell]]]:
    text = _text(path)
    if "\0" in text:
        raise OldCasesRefused(f"{path.name} is not a text: it has NUL characters.")
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, [unguarded(cell) for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as error:
        raise OldCasesRefused(f"{path.name} is no CSV from line {begins}: {error}.") from error


def _text(path: Path) -> str:
    content = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise OldCasesRefused(f"{path.name} is neither UTF-8 nor a text of Windows (cp1252).")


def _delimiter(text: str) -> str:
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(_DELIMITERS, key=first.count)


def _xlsx_rows(path: Path, sheet: str | None) -> Iterator[tuple[int, Sequence[Cell]]]:
    _refuse_bomb(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        if sheet is not None and sheet not in book.sheetnames:
            raise OldCasesRefused(f"{path.name} has no sheet {sheet!r}; it has {', '.join(book.sheetnames)}.")
        rows: Iterable[Sequence[object]] = book[sheet or book.sheetnames[0]].iter_rows(values_only=True)
        for number, cells in enumerate(rows, 1):
            yield number, [_cell(cell) for cell in cells]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ParseError, ValueError, AttributeError) as error:
        raise OldCasesRefused(f"{path.name} is not a sheet of XLSX, or it is damaged.") from error


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(item.file_size for item in packed.infolist())
    except zipfile.BadZipFile as error:
        raise OldCasesRefused(f"{path.name} is not a sheet of XLSX, or it is damaged.") from error
    if unpacked > _MOST_UNPACKED:
        raise OldCasesRefused(f"{path.name} unpacks to {unpacked:,} bytes; at most {_MOST_UNPACKED:,} are read.")


def _cell(value: object) -> Cell:
    if isinstance(value, time):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool | date):
        return value
    return str(value)
