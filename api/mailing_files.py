"""What is printed of a mailing: letters, labels, lists for a mail house, and the map, as files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.case_exchange.csv_text import csv_pieces
from gis_ce.case_exchange.writing import write_table
from gis_ce.errors import MailingRefused
from gis_ce.mailing.house_file import list_lines, list_table
from gis_ce.mailing.kept import letters_of, rows_of
from gis_ce.mailing.labels import Label, LabelSheets, label_sheets
from gis_ce.mailing.letters import LetterSet, version_of
from gis_ce.mailing.letters import letters_pdf as set_letters
from gis_ce.tables import Case, Mailing, MailingRow
from layers.reference import matching
from maps.mailing_map import mailing_map

Ending = Literal["csv", "xlsx"]
ENDINGS: Mapping[Ending, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_PRINTED = ("frozen", "mailed")


def letters_pdf(session: Session, desk: Desk, mailing: Mailing) -> bytes:
    """All letters in mail-sort order, drafts until the list is frozen.

    Raises MailingRefused where there is no letter, or where the letter is no longer the one that was frozen.
    """
    rows = letters_of(session, mailing)
    if not rows:
        raise MailingRefused(f"{mailing.number} holds no letter: nobody on it can be written to.")
    frozen = mailing.state in _PRINTED
    name = str(mailing.letter.get("template") or desk.mailing.letter)
    kind = desk.letters.kind(name)
    if frozen and version_of(kind)["sha256"] != mailing.letter.get("sha256"):
        said = f"The letter {name} was changed since {mailing.number} was frozen"
        raise MailingRefused(f"{said}; put its template back, or make a new mailing.")
    at = mailing.frozen_at or desk.now
    day = at.astimezone(desk.processes.time.zone).date()
    case = session.get_one(Case, mailing.case_id).number
    return set_letters(LetterSet(kind, desk.letters.letterhead, day, case, not frozen), mailing, rows, at)


def labels_pdf(session: Session, desk: Desk, mailing: Mailing, first: int = 1) -> LabelSheets:
    """The labels in mail-sort order; raises MailingRefused until the list is frozen, and where it holds no letter."""
    if mailing.state not in _PRINTED:
        raise MailingRefused(f"{mailing.number} is {mailing.state}; labels are printed once it is frozen.")
    labels = [
        Label(
            row.position,
            tuple(line for line in (row.name, row.delivery, _last(row.city, row.state, row.zip_code)) if line),
        )
        for row in letters_of(session, mailing)
    ]
    return label_sheets(labels, f"Labels of {mailing.number}", first)


def _last(city: str, state: str, zip_code: str) -> str:
    return " ".join(part for part in (city, state, zip_code) if part)


def write_list(session: Session, desk: Desk, mailing: Mailing, path: Path, whole: bool) -> int:
    """Writes the letters for a mail house, or the whole list, to a file; how many rows. Raises ExportRefused."""
    table = list_table(mailing, rows_of(session, mailing), whole)
    write_table(path, table, mailing.number, desk.grid)
    return int(table.num_rows)


def list_csv(session: Session, mailing: Mailing, whole: bool) -> Iterator[bytes]:
    """The same as CSV, some rows at a time; the session is to stay open until all is sent."""
    names, lines = list_lines(mailing, _let_go(session, mailing), whole)
    return csv_pieces(names, lines)


def _let_go(session: Session, mailing: Mailing) -> Iterator[MailingRow]:
    for row in rows_of(session, mailing):
        yield row
        session.expunge(row)


def list_xlsx(session: Session, desk: Desk, mailing: Mailing, whole: bool) -> bytes:
    """The same as XLSX."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{mailing.number}.xlsx"
        write_list(session, desk, mailing, path, whole)
        return path.read_bytes()


def map_svg(session: Session, desk: Desk, mailing: Mailing) -> bytes:
    """The parcels on the list, the neighbours left out, and the line, as SVG; raises MailingRefused without any."""
    on, out = set[str](), set[str]()
    for row in rows_of(session, mailing):
        names = {str(parcel["parcel_id"]) for parcel in row.why.get("parcels", [])}
        (out if row.status == "left_out" else on).update(names)
    land, mains = desk.query.features("parcel"), desk.query.features("sewer_main")
    rows = [
        np.unique(matching(land, "parcel_id", np.array(sorted(names), dtype=object)).feature) for names in (on, out)
    ]
    segments = np.array(mailing.trace.get("segments", []), dtype=object)
    line = np.unique(matching(mains, "facility_id", segments).feature)
    if not len(rows[0]) and not len(line):
        raise MailingRefused(f"Nothing of {mailing.number} is on the map any more.")
    start = (float(mailing.trace["x"]), float(mailing.trace["y"]))
    return mailing_map(desk.query, rows[0], rows[1], line, start)
