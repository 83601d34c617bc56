"""Asking the map anew, after the place or what is known of it has changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand
from gis_ce.actions.desk import Desk
from gis_ce.actions.judging import ToReview, to_review
from gis_ce.actions.map_answers import Answered, Question, answered_by_map
from gis_ce.actions.proposals import keep_proposals, open_at, outdate, standing
from gis_ce.tables import Decision, Json, Site
from layers.grid import AT_LIMIT_FT


def recheck(session: Session, desk: Desk, hand: Hand, *, anew: bool) -> list[ToReview]:
    """Runs every check again on which something in the case rests; returns the decided answers to be looked at.

    What the map said before is stale then, and no answer is taken over from it. Unless `anew`, what it
    says just as before stays as it is.
    """
    pairs = asked_anew(session, desk, hand, hand.site)
    fresh = [answer for old, answer in pairs if anew or not _says_the_same(old, answer.row)]
    replaced = {str(answer.row.step) for answer in fresh}
    outdate(session, desk, (row for row in standing(session, hand.case.id) if anew or str(row.step) in replaced))
    keep_proposals(session, desk, [hand.case], fresh)
    return to_review(session, hand)


def asked_anew(session: Session, desk: Desk, hand: Hand, site: Site) -> list[tuple[Decision, Answered]]:
    """What the map said for each step that counts, and what it says of a site now; keeps nothing."""
    old = _newest(standing(session, hand.case.id))
    questions = [Question(hand.case, site, step, row.check) for step, row in old.items() if _counts(hand, step)]
    return [(old[str(answer.row.step)], answer) for answer in answered_by_map(desk, questions)]


def reviews_made(reviews: Sequence[ToReview]) -> list[Json]:
    """Decided answers to be looked at, as plain values."""
    return [
        {
            "decision": review.decision.id,
            "step": review.step.id,
            "current": review.current,
            "proposed": review.decision.proposed,
            "holds": review.holds,
            "said": review.said,
        }
        for review in reviews
    ]


def proposals_made(session: Session, hand: Hand) -> list[str]:
    """The ids of what the map says for the step at which the case stands."""
    return [] if hand.state.closed else [row.id for row in open_at(session, hand.case.id, hand.state.step)]


def _newest(rows: Sequence[Decision]) -> Mapping[str, Decision]:
    """The newest decision of each step; of a step that was visited again only the last visit counts."""
    return {str(row.step): row for row in rows}


def _counts(hand: Hand, step: str) -> bool:
    return step in hand.process.steps and (step in hand.state.way or step == hand.state.step)


def _says_the_same(old: Decision, new: Decision) -> bool:
    same = (old.proposed, old.reason, old.sentence) == (new.proposed, new.reason, new.sentence)
    return same and old.rule == new.rule and _alike(old.margin_ft, new.margin_ft)


def _alike(old: float | None, new: float | None) -> bool:
    if old is None or new is None:
        return old is new
    return math.isclose(old, new, rel_tol=0.0, abs_tol=AT_LIMIT_FT)
