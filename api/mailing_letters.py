"""Which letter a mailing sends, and in which version."""

from __future__ import annotations

from gis_ce.actions.desk import Desk
from gis_ce.mailing.letters import version_of


def letter_version(desk: Desk) -> dict[str, str]:
    """The letter that the city mails after overflows, with its version; raises LetterUnknown."""
    return version_of(desk.letters.kind(desk.mailing.letter))
