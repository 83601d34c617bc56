"""The mailing in its case: the steps that compile the list, mail the letter and log the day, from which the SSO log is
filled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import look_at
from gis_ce.actions.desk import Desk
from gis_ce.actions.stepping import Given, answer_step

_STEPS = ("compile", "education_letter", "log_mailing")


def carry_on(session: Session, desk: Desk, case: str, letters: int, mailed_on: date) -> str | None:
    """Does the steps of a mailing at which its case stands; the step where it waits if that is another, else None."""
    fields: Mapping[str, Mapping[str, object]] = {
        "compile": {},
        "education_letter": {"letters_mailed": letters},
        "log_mailing": {"mailing_date": mailed_on},
    }
    for name in _STEPS:
        hand = look_at(session, desk, case)
        if hand.state.step == name and not hand.state.closed:
            answer_step(session, desk, case, name, Given(fields=fields[name]))
    hand = look_at(session, desk, case)
    return None if "log_mailing" in hand.state.way else hand.state.step
