"""The category of a case where its kind and answers do not say it right, and updates to the manager."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import refuse_stranger, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.due_list import category_of, chosen_categories
from gis_ce.actions.histories import tell
from gis_ce.actions.proceedings import said_checked
from gis_ce.errors import CaseRefused
from gis_ce.process_engine import reason_given
from layers.sentences import sentence
from layers.toml_table import did_you_mean


def set_category(
    session: Session,
    desk: Desk,
    case: str,
    category: str,
    why: str,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Gives a case another category than its kind and answers have; raises CaseRefused, StepRefused without why."""

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_stranger(hand.process, desk.actor)
        known = desk.targets.categories
        if category not in known:
            raise CaseRefused(
                sentence(f"There is no category {category[:80]!r}; {did_you_mean(category, list(known))}")
            )
        before, reason = category_of(desk, hand.case, chosen_categories(session)).name, reason_given(why)
        text = f"category {category} ({known[category].title}): {reason}"
        tell(session, hand.case, desk.act, "category_set", text, before=before, after=category, why=reason)
        return done(session, hand.case, category=category)

    asked = {"case": case, "category": category, "why": why, "seen": seen}
    return carried_out(session, desk, "set_category", asked, key, act)


def update_manager(
    session: Session, desk: Desk, case: str, text: str, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Tells the manager where a case stands: it goes into the next digest, and the clock of updates begins anew."""

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_stranger(hand.process, desk.actor)
        tell(session, hand.case, desk.act, "manager_updated", said_checked(text))
        return done(session, hand.case)

    return carried_out(session, desk, "update_manager", {"case": case, "text": text, "seen": seen}, key, act)
