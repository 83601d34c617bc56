"""Who has read the official text of a rule: until somebody has, by name, nothing may quote it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from gis_ce.errors import NotQuotable
from gis_ce.file_errors import ReadingsFileError
from gis_ce.rule_files import read_lined
from gis_ce.rule_rows import LINE
from gis_ce.rules import Reading, Rule, RuleBook, TextKind

FILE = "readings.yaml"
"""The name of the file of readings in a city's own folder of rules."""
_DIGEST_LETTERS = 16
_REQUIRED: Mapping[str, type] = {"rule": str, "row": str, "by": str, "read_on": date, "citation": str}
_OPTIONAL: Mapping[str, type] = {"source_url": str, "text": str}


@dataclass(frozen=True, slots=True)
class RecordedReading:
    """One line of the file: the rule, the digest of the row as it was read, and the reading.

    `text` are the official words, where the row's own are another's (a bill's must be replaced).
    """

    rule: str
    row: str
    reading: Reading
    text: str | None = None


def digest(rule: Rule) -> str:
    """A short digest of what a row says; a reading holds for that and no other."""
    said = [rule.id, rule.effective_from, rule.effective_to, rule.limit_included, rule.text, rule.values]
    packed = json.dumps(said, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(packed.encode()).hexdigest()[:_DIGEST_LETTERS]


def quotable(rule: Rule) -> None:
    """Returns where a letter, notice or packet may quote the rule; else raises NotQuotable, saying why."""
    if rule.status == "missing":
        raise NotQuotable(f"Rule {rule.id} has no known number, so nothing may quote it.")
    if rule.status == "unconfirmed":
        raise NotQuotable(
            f"Rule {rule.id} is unconfirmed: before a letter, notice or packet quotes it, somebody must read the "
            f"official text of {rule.citation} and record it by name."
        )
    if rule.text_is == "bill":
        raise NotQuotable(f"Rule {rule.id} has the words of a bill, not of the statute; record the official words.")


def read_readings(folder: Path) -> tuple[RecordedReading, ...]:
    """The readings that a city has recorded; none where it has no such file. Raises ReadingsFileError."""
    path = folder / FILE
    if not path.is_file():
        return ()
    document = read_lined(path.read_text(encoding="utf-8"), FILE)
    rows = document.get("readings") if isinstance(document, dict) else None
    if not isinstance(rows, list) or document.get("format") != 1:
        raise ReadingsFileError(str(path), ["line 1: it is a table with format: 1 and a list of readings"])
    mistakes = [mistake for row in rows for mistake in _mistakes(row)]
    if mistakes:
        raise ReadingsFileError(str(path), mistakes)
    return tuple(_recorded(row) for row in rows)


def with_readings(book: RuleBook, recorded: Sequence[RecordedReading]) -> RuleBook:
    """The book in which every rule that has been read is confirmed, and says by whom.

    Raises ReadingsFileError for a reading of no rule, of a missing number, of a row that has changed
    since, and of a bill's words without the official ones. Readings of other packs' rules belong to
    those packs' files; a book has the rules of all packs below it.
    """
    by_id = {rule.id: rule for rule in book.rules}
    mistakes = [mistake for line in recorded if (mistake := _clash(line, by_id.get(line.rule))) is not None]
    if mistakes:
        raise ReadingsFileError(FILE, mistakes)
    newest = {line.rule: line for line in sorted(recorded, key=lambda line: line.reading.read_on)}
    return replace(book, rules=tuple(_read(rule, newest.get(rule.id)) for rule in book.rules))


def record_reading(folder: Path, rule: Rule, reading: Reading, text: str | None = None) -> RecordedReading:
    """Adds a reading to the city's file; raises ReadingsFileError where it could not hold."""
    line = RecordedReading(rule.id, digest(rule), reading, text)
    clash = _clash(line, rule)
    if clash is not None or not reading.by.strip():
        raise ReadingsFileError(FILE, [clash or f"{rule.id}: a reading has the name of its reader"])
    rows = [_row(known) for known in (*read_readings(folder), line)]
    folder.mkdir(parents=True, exist_ok=True)
    said = yaml.safe_dump({"format": 1, "readings": rows}, sort_keys=False, allow_unicode=True)
    part = folder / f"{FILE}.part"
    part.write_text(said, encoding="utf-8")
    part.replace(folder / FILE)
    return line


def _row(line: RecordedReading) -> dict[str, Any]:
    row = {"rule": line.rule, "row": line.row, **asdict(line.reading), "text": line.text}
    return {key: value for key, value in row.items() if value is not None}


def _recorded(row: Mapping[str, Any]) -> RecordedReading:
    reading = Reading(row["by"], row["read_on"], row["citation"], row.get("source_url"))
    return RecordedReading(row["rule"], row["row"], reading, row.get("text"))


def _mistakes(row: Any) -> list[str]:
    if not isinstance(row, dict):
        return [f"a reading is a table, not {row!r}"]
    place = f"line {row[LINE]} ({row.get('rule', 'reading of no rule')})"
    found = [
        f"{key} is missing or is not a {kind.__name__}"
        for key, kind in _REQUIRED.items()
        if not isinstance(row.get(key), kind) or not str(row[key]).strip()
    ]
    found += [
        f"{key} is not a {kind.__name__}"
        for key, kind in _OPTIONAL.items()
        if key in row and not isinstance(row[key], kind)
    ]
    extra = sorted(set(row) - set(_REQUIRED) - set(_OPTIONAL) - {LINE})
    return [f"{place}: {problem}" for problem in (*found, *(f"{key} is not a key of a reading" for key in extra))]


def _clash(line: RecordedReading, rule: Rule | None) -> str | None:
    if rule is None:
        return f"{line.rule}: there is no such rule in this pack"
    if rule.status == "missing":
        return f"{line.rule}: its number is missing; write it into a pack of your own first"
    if line.row != digest(rule):
        return f"{line.rule}: the row has changed since {line.reading.by} read it; read it again"
    if rule.text_is == "bill" and line.text is None:
        return f"{line.rule}: its words are a bill's; give the official words with the reading"
    return None


def _read(rule: Rule, line: RecordedReading | None) -> Rule:
    if line is None:
        return rule
    kind: TextKind = "statute" if rule.text_is == "bill" else rule.text_is
    return replace(
        rule,
        status="confirmed",
        reading=line.reading,
        text=line.text or rule.text,
        text_is=kind,
        read_on=line.reading.read_on,
    )
