"""What can go wrong with files of data: definitions that cannot be used, tables that cannot be brought in or out."""

from __future__ import annotations

from collections.abc import Sequence

from gis_ce.errors import CaseError


class FileMistakes(CaseError):
    """A file of data that cannot be used; `mistakes` has every one, with its line where there is one."""

    what = "file"

    def __init__(self, name: str, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        count = len(self.mistakes)
        head = f"The {self.what} {name} has {count} mistake{'s' if count != 1 else ''}:"
        super().__init__("\n".join([head, *(f"  {mistake}" for mistake in self.mistakes)]))


class RuleFileError(FileMistakes):
    """A rules file that cannot be used; lists every mistake with its line."""

    what = "rules file"


class PackRefused(CaseError):
    """A rules pack whose own tests fail; lists each of them."""

    def __init__(self, pack: str, failed: Sequence[str]) -> None:
        self.failed = tuple(failed)
        count = len(self.failed)
        head = f"The rules pack {pack} fails {count} of its own test{'s' if count != 1 else ''} and is not used:"
        super().__init__("\n".join([head, *(f"  {failure}" for failure in self.failed)]))


class ReadingsFileError(FileMistakes):
    """A file of readings that cannot be used; lists every mistake."""

    what = "readings file"


class CaseTableError(CaseError):
    """A table of cases that cannot be read as one."""


class ProcessFileError(FileMistakes):
    """A definition of a process that cannot be used; lists every mistake with its line."""

    what = "process file"


class RegisterFileError(FileMistakes):
    """A definition of a register that cannot be used; lists every mistake with its line."""

    what = "register file"


class MappingFileError(FileMistakes):
    """A field mapping for old cases that cannot be used; lists every mistake with its line."""

    what = "mapping file"


class OldCasesRefused(CaseError):
    """A file of old cases that cannot be brought in; the message says why, `mistakes` has every bad row."""

    def __init__(self, message: str, mistakes: Sequence[str] = ()) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join([message, *(f"  {mistake}" for mistake in self.mistakes)]))


class ExportRefused(CaseError):
    """Cases that cannot be written to a file; the message says why."""


class PaymentsRefused(CaseError):
    """A file of payments that cannot be brought in; nothing of it was kept, `mistakes` has every bad row."""

    def __init__(self, message: str, mistakes: Sequence[str] = ()) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join([message, *(f"  {mistake}" for mistake in self.mistakes)]))


class LetterFileError(FileMistakes):
    """A template of a letter that cannot be used; lists every mistake with its line."""

    what = "letter"
