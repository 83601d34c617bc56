"""What the first line of a decision says it was made of, read back so that it can be run again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.decision_inputs import Inputs, inputs_from
from gis_ce.decision_proof import body_of
from gis_ce.tables import Decision, DecisionPersonal, DecisionRecord, Json

FIRST = ("proposed", "re-evaluated", "adopted")
"""The kinds of a first line."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision's number, what its first line says, and its inputs: None where they are not on record (it was made
    before there was one), or where what they say of people was deleted."""

    number: int
    said: Json
    inputs: Inputs | None
    personal: Mapping[str, DecisionPersonal] | None = None

    @classmethod
    def of(cls, line: DecisionRecord, personal: Mapping[str, DecisionPersonal] | None = None) -> Recorded:
        """What a line says, with what it says of people."""
        said = body_of(line)
        return cls(line.number, said, _inputs(said, personal or {}), personal)

    def told(self, name: str) -> Any:
        """Something that speaks of people; None where it was deleted."""
        row = (self.personal or {}).get(name)
        return None if row is None else json.loads(row.value)


def recorded(session: Session, rows: Sequence[Decision], *, inputs_only: bool = False) -> dict[str, Recorded]:
    """What is on record of decisions, by their ids; those from before the record are left out.

    With `inputs_only` nothing is read of people beyond the details that were given.
    """
    found: dict[str, Recorded] = {}
    for some in in_batches([row.id for row in rows]):
        wanted = select(DecisionRecord).where(DecisionRecord.decision_id.in_(some), DecisionRecord.kind.in_(FIRST))
        lines = session.scalars(wanted).all()
        personal: dict[int, dict[str, DecisionPersonal]] = {}
        told = select(DecisionPersonal).where(DecisionPersonal.record_id.in_([line.id for line in lines]))
        for each in session.scalars(told.where(DecisionPersonal.name == "details") if inputs_only else told):
            personal.setdefault(each.record_id, {})[each.name] = each
        found |= {line.decision_id: Recorded.of(line, personal.get(line.id, {})) for line in lines}
    return found


def in_batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Ids some at a time, as many as one statement may name."""
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _inputs(said: Json, personal: Mapping[str, DecisionPersonal]) -> Inputs | None:
    if "inputs" not in said or "details" not in personal:
        return None
    return inputs_from(said["inputs"], json.loads(personal["details"].value))
