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


class UnknownCheck(CaseError):
    """A check was asked for by a name that is not on the list."""


class UnknownPack(CaseError):
    """A rules pack was asked for that is not there."""


class PlaceUnknown(CaseError):
    """A place that cannot be found; the message lists what comes near."""


class CaseTableError(CaseError):
    """A table of cases that cannot be read as one."""
