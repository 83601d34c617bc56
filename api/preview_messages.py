"""What a check says beside its answer for whoever works on a case, and what a move would lead to, as messages."""

from __future__ import annotations

from collections.abc import Collection

from api.case_places import Message
from api.case_records import evidence_message, proposal_message
from api.narrowing import narrowed_proposal
from gis_ce.actions.previews import Compared, MovePreview
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import by_name
from gis_ce.process import Process
from gis_ce.process_engine import may_do
from gis_ce.process_values import allowed
from gis_ce.roles import Rights
from gis_ce.tables import Decision
from layers.grid import Grid


def answerable_message(row: Decision, process: Process, lanes: Collection[str]) -> Message:
    """A proposal with the answers that its step has, and whether somebody in these lanes may give them."""
    step = process.steps.get(row.step or "")
    field = process.field(step.fills) if step is not None and step.fills is not None else None
    choices = allowed(field) if field is not None else tuple(step.answers) if step is not None else ()
    check = by_name(CHECKS, row.check)
    return {
        **proposal_message(row),
        "choices": list(choices),
        "fills": step.fills if step is not None else None,
        "fails": check is not None and (row.answer or row.proposed) in check.fails,
        "may_answer": step is not None and may_do(process, step.id, lanes),
    }


def move_message(preview: MovePreview, grid: Grid, rights: Rights, lanes: Collection[str]) -> Message:
    """A move that was not made."""
    where = preview.where
    return {
        "number": preview.number,
        "row_version": preview.row_version,
        "located": where.said,
        "how_located": where.how,
        "sigma_ft": where.sigma_ft,
        "address": where.address,
        "parcel_id": where.parcel_id,
        "moved_ft": preview.moved_ft,
        "checks": [_compared(each, preview.process, grid, rights, lanes) for each in preview.checks],
    }


def _compared(each: Compared, process: Process, grid: Grid, rights: Rights, lanes: Collection[str]) -> Message:
    after = answerable_message(each.after, process, lanes) | {"evidence": evidence_message(each.after.evidence, grid)}
    return {
        "step": each.step.id,
        "text": each.step.text,
        "changed": each.changed,
        "before": narrowed_proposal(answerable_message(each.before, process, lanes), rights),
        "after": narrowed_proposal(after, rights),
    }
