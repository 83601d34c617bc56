"""That the maps wait as long for an appeal as the rule gives, which is what letters print."""

from __future__ import annotations

from gis_ce.process_state import Timekeeping
from gis_ce.rules import RuleBook
from gis_ce.service_clock import SUBJECT, appeal_days
from layers.errors import Mistake

SETTING = "appeal_period"


def appeal_mistakes(time: Timekeeping, book: RuleBook) -> list[Mistake]:
    """Rules without an end that give another time to appeal than the maps wait; none in a pack without such a rule."""
    waits = time.settings[SETTING]
    rules = [rule for rule in book.of(SUBJECT) if rule.effective_to is None]
    return [
        Mistake(
            f"[processes.settings] {SETTING}",
            f"is {waits}, but the rule {rule.id} gives {appeal_days(rule)} to appeal, which letters print; "
            "make both the same",
        )
        for rule in rules
        if appeal_days(rule) != waits
    ]
