"""What can go wrong with rules and checks, named for what the caller can do about it."""

from __future__ import annotations

from collections.abc import Sequence


class CaseError(Exception):
    """Any mistake that this package reports in one clear sentence."""


class RuleFileError(CaseError):
    """A rules file that cannot be used; lists every mistake with its line."""

    def __init__(self, name: str, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        count = len(self.mistakes)
        head = f"The rules file {name} has {count} mistake{'s' if count != 1 else ''}:"
        super().__init__("\n".join([head, *(f"  {mistake}" for mistake in self.mistakes)]))


class PackRefused(CaseError):
    """A rules pack whose own tests fail; lists each of them."""

    def __init__(self, pack: str, failed: Sequence[str]) -> None:
        self.failed = tuple(failed)
        count = len(self.failed)
        head = f"The rules pack {pack} fails {count} of its own test{'s' if count != 1 else ''} and is not used:"
        super().__init__("\n".join([head, *(f"  {failure}" for failure in self.failed)]))


class ReadingsFileError(CaseError):
    """A file of readings that cannot be used; lists every mistake."""

    def __init__(self, name: str, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        count = len(self.mistakes)
        head = f"The readings file {name} has {count} mistake{'s' if count != 1 else ''}:"
        super().__init__("\n".join([head, *(f"  {mistake}" for mistake in self.mistakes)]))


class NotQuotable(CaseError):
    """A rule that no letter, notice or packet may quote yet; the message says what must be read first."""


class UnknownCheck(CaseError):
    """A check was asked for by a name that is not on the list."""


class UnknownPack(CaseError):
    """A rules pack was asked for that is not there."""


class PlaceUnknown(CaseError):
    """A place that cannot be found; the message lists what comes near."""


class PlaceAmbiguous(PlaceUnknown):
    """Words that name several places; the message lists them, `candidates` has all."""

    def __init__(self, text: str, what: str, candidates: Sequence[str]) -> None:
        self.candidates = tuple(candidates)
        listed = ", ".join(self.candidates[:5])
        more = f" and {len(self.candidates) - 5} more" if len(self.candidates) > 5 else ""
        super().__init__(f"{text!r} is the address of {what} ({listed}{more}); name one by its position.")


class CaseTableError(CaseError):
    """A table of cases that cannot be read as one."""
