"""What people ask of the rules: which packs there are, what one says, and whether its tests hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gis_ce.errors import UnknownPack
from gis_ce.file_errors import RuleFileError
from gis_ce.pack_tests import failed_tests
from gis_ce.rule_files import open_pack, shipped_packs
from gis_ce.rules import Rule, RuleBook


@dataclass(frozen=True, slots=True)
class PackLine:
    """One pack in a list: where it holds, what it extends, and how many rules of each status it has."""

    pack: str
    title: str
    jurisdiction: str
    extends: str | None
    confirmed: int
    unconfirmed: int
    missing: int
    tests: int
    own: bool


@dataclass(frozen=True, slots=True)
class PackVerdict:
    """Whether a pack can be used: its mistakes and failed tests, none where it can."""

    pack: str
    problems: tuple[str, ...]


def pack_names(folder: Path | None = None) -> tuple[str, ...]:
    """The names of all packs: the shipped ones and those of the city's own folder."""
    own = [path.stem for path in folder.glob("*.yaml") if path.stem != "readings"] if folder is not None else []
    return tuple(sorted({*shipped_packs(), *own}))


def list_packs(folder: Path | None = None) -> list[PackLine]:
    """A line for each pack; raises RuleFileError for one that cannot be read."""
    return [_line(open_pack(name, folder), folder) for name in pack_names(folder)]


def _line(book: RuleBook, folder: Path | None) -> PackLine:
    count = Counter(rule.status for rule in book.rules)
    return PackLine(
        book.pack,
        book.title,
        book.jurisdiction,
        book.base.pack if book.base is not None else None,
        count["confirmed"],
        count["unconfirmed"],
        count["missing"],
        len(book.tests.cases),
        folder is not None and (folder / f"{book.pack}.yaml").is_file(),
    )


def show_rules(book: RuleBook, subject: str | None = None, day: date | None = None) -> list[Rule]:
    """The rules of a book by subject and time: all, those of one subject, or those in force on a day."""
    kept = [
        rule
        for rule in book.rules
        if (subject is None or rule.subject == subject) and (day is None or rule.in_force(day))
    ]
    return sorted(kept, key=lambda rule: (rule.subject, rule.effective_from))


def check_packs(names: Sequence[str] | None = None, folder: Path | None = None) -> list[PackVerdict]:
    """Reads each pack (None: all) and runs its tests; a pack that cannot be read has that as its problem."""
    return [PackVerdict(name, tuple(_problems(name, folder))) for name in names or pack_names(folder)]


def _problems(name: str, folder: Path | None) -> list[str]:
    try:
        return failed_tests(open_pack(name, folder))
    except (RuleFileError, UnknownPack) as error:
        return str(error).splitlines()
