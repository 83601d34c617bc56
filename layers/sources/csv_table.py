"""CSV files, with coordinates in columns or without any."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv

from layers.errors import SourceError
from layers.model import LayerDeclaration
from layers.sources.coordinates import with_coordinates
from layers.sources.table import SourceTable

_DELIMITERS = ",;\t|"


def read_csv(path: Path, declaration: LayerDeclaration) -> SourceTable:
    """The file's rows, every value as text (so that 00123 stays what it is), empty ones as null.

    Raises SourceError where the text is not UTF-8 or a row has too many or too few values.
    """
    names, delimiter = _header(path)
    options = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
    )
    try:
        columns = arrow_csv.read_csv(
            path,
            read_options=arrow_csv.ReadOptions(use_threads=False),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=options,
        )
    except pa.ArrowInvalid as error:
        raise SourceError(f"{path.name} is not a complete CSV file in UTF-8: {error}. Export it again.") from error
    return with_coordinates(columns, declaration, path.name)


def _header(path: Path) -> tuple[list[str], str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
    except UnicodeDecodeError as error:
        raise SourceError(f"{path.name} is not UTF-8 text; export it again as CSV in UTF-8.") from error
    if not first.strip() or "\0" in first:
        raise SourceError(f"{path.name} is empty or no text; a CSV file starts with a line of column names.")
    delimiter = max(_DELIMITERS, key=first.count)
    names = next(csv.reader([first], delimiter=delimiter))
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise SourceError(f"{path.name} has the column {doubled[0]!r} twice; give each column its own name.")
    return names, delimiter
