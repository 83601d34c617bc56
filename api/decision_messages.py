"""Decisions on record as messages: lists, lines, proofs, runs and flips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from api.case_places import Message
from gis_ce.actions.flip import Flip
from gis_ce.actions.flips import Rechecked
from gis_ce.actions.recorded_inputs import Recorded
from gis_ce.actions.reproducing import Reproduced
from gis_ce.decision_chain import Heads
from gis_ce.decision_numbers import Listed
from gis_ce.decision_proof import Proof, body_of
from gis_ce.tables import DecisionRecord


def listed_message(listed: Listed) -> Message:
    """One decision in a list."""
    row = listed.row
    return {
        "number": listed.number,
        "id": row.id,
        "case": listed.case,
        "case_status": listed.case_status,
        "check": row.check,
        "step": row.step,
        "state": row.state,
        "proposed": row.proposed,
        "answer": row.answer,
        "margin_ft": row.margin_ft,
        "probability": row.probability,
        "sentence": row.sentence,
        "by": row.by,
        "why": row.why,
        "recorded_at": listed.recorded_at.isoformat(),
    }


def line_message(line: DecisionRecord) -> Message:
    """One line of a decision's record, as it was written."""
    return {"seq": line.seq, "kind": line.kind, "hash": line.hash, "prev": line.prev, "recorded": body_of(line)}


def decision_message(listed: Listed, lines: Sequence[DecisionRecord], known: Recorded | None) -> Message:
    """One decision with all its lines; `told` is what was said of people, where that is kept."""
    told = {} if known is None else {name: known.told(name) for name in (known.personal or {})}
    return {**listed_message(listed), "told": told, "lines": [line_message(line) for line in lines]}


def proof_message(proof: Proof) -> Message:
    """What came of working out every hash anew."""
    return {
        "holds": proof.holds,
        "cases": proof.cases,
        "lines": proof.lines,
        "forgotten": proof.forgotten,
        "unrecorded": proof.unrecorded,
        "problems": [asdict(problem) | {"said": str(problem)} for problem in proof.problems],
    }


def reproduced_message(found: Reproduced) -> Message:
    """What came of running a decision again."""
    return asdict(found)


def flip_message(flip: Flip) -> Message:
    """One decision that has turned, or nearly."""
    return asdict(flip)


def flips_message(waiting: Sequence[Flip], near: Sequence[Flip], found: Rechecked | None = None) -> Message:
    """All that waits for a signature, and what has nearly turned; with what a look has come to, where there was one."""
    looked: dict[str, Any] = (
        {}
        if found is None
        else {
            "decisions": found.decisions,
            "evaluated": found.evaluated,
            "turned": [flip_message(flip) for flip in found.flips],
            "lost": list(found.lost),
        }
    )
    return {
        **looked,
        "waiting": [flip_message(flip) for flip in waiting],
        "near": [flip_message(flip) for flip in near],
    }


def heads_message(heads: Heads) -> Message:
    """How the records of all cases ended on a day."""
    return {
        "day": heads.day.isoformat(),
        "time_zone": heads.time_zone,
        "cases": heads.cases,
        "together": heads.together,
        "heads": [asdict(head) for head in heads.heads],
        "text": heads.text(),
    }
