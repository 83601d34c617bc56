"""`gis-ce decisions`: what is on record, the proof of it, decisions run again, flips and their signatures."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from api.cli.case_desk import AsOption, WhyOption, at_work, looking, office_here
from api.cli.decision_screen import print_decision, print_flips, print_listed, print_proof, print_reproduced
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, out, text
from api.decision_layers import as_they_were, kept_part
from api.decision_messages import (
    decision_message,
    flips_message,
    heads_message,
    listed_message,
    proof_message,
    reproduced_message,
)
from api.errors import ApiError
from api.officers import acting_here
from gis_ce.actions.flips import recheck_all
from gis_ce.actions.flips_known import near_flips, waiting_for_signature
from gis_ce.actions.recorded_inputs import recorded
from gis_ce.actions.reproducing import reproduce
from gis_ce.actions.signing import Signature
from gis_ce.actions.signing import sign as sign_decision
from gis_ce.decision_chain import heads as heads_of_day
from gis_ce.decision_chain import read_heads
from gis_ce.decision_numbers import decision_named, decisions_listed, lines_of, listed_as
from gis_ce.decision_proof import verify as prove

app = typer.Typer(
    help="Decisions on record: show them, prove them, run them again, and sign what a changed layer turns.",
    no_args_is_help=True,
)

DecisionArgument = Annotated[str, typer.Argument(metavar="N", help="Number of a decision on record, or its id.")]
CaseOption = Annotated[str | None, typer.Option("--case", metavar="NUMBER", help="Only those of one case.")]


@app.command("list")
def list_(  # noqa: PLR0913, PLR0917 - the options of the command
    case: CaseOption = None,
    state: Annotated[str | None, typer.Option("--state", help="Only those in one state, such as to_sign.")] = None,
    check: Annotated[str | None, typer.Option("--check", help="Only those of one check.")] = None,
    after: Annotated[int, typer.Option("--after", help="Only larger numbers.")] = 0,
    limit: Annotated[int, typer.Option("--limit", help="At most so many.")] = 200,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """List the decisions on record by their numbers."""
    with looking(city, as_) as (session, _, _office):
        found = decisions_listed(session, case, state, check, after=after, limit=limit)
        if json:
            as_json([listed_message(each) for each in found])
            return
        print_listed(found)


@app.command("show")
def show(number: DecisionArgument, as_: AsOption = None, city: CityOption = None, json: JsonOption = False) -> None:
    """Show one decision: what it rests on, the rule with its words, and every line of its record."""
    with looking(city, as_) as (session, desk, _office):
        row = decision_named(session, number)
        known = recorded(session, [row]).get(row.id)
        message = decision_message(listed_as(session, row), lines_of(session, row), known)
        if json:
            as_json(message)
            return
        print_decision(message, ZoneInfo(desk.city.time_zone))


@app.command("verify")
def verify(
    case: CaseOption = None,
    heads: Annotated[
        Path | None, typer.Option("--heads", metavar="FILE", help="Heads as they were sent out, such as a kept mail.")
    ] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Prove that no line of the record was changed, removed or moved; with heads, that none was cut off.

    Ends with exit code 1 where something is not as it was written.
    """
    sent = None
    if heads is not None:
        sent = read_heads(heads.read_text(encoding="utf-8"))
        if sent is None:
            raise ApiError(f"{heads}: no line over all cases is in it; give the heads as they were sent out.")
    with looking(city, as_) as (session, _, _office):
        proof = prove(session, case, sent)
    if json:
        as_json(proof_message(proof))
    else:
        print_proof(proof, sent)
    if not proof.holds:
        sys.exit(1)


@app.command("heads")
def heads(
    day: Annotated[
        datetime | None, typer.Option("--day", metavar="DATE", formats=["%Y-%m-%d"], help="Without it, today.")
    ] = None,
    only_of_day: Annotated[bool, typer.Option("--only-of-day", help="List only the cases of that day.")] = False,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Print how the record of each case ended on a day: keep it where nobody of the service can change it."""
    with looking(city, as_) as (session, desk, _):
        asked = day.date() if day else desk.today
        found = heads_of_day(session, asked, desk.city.time_zone, only_of_day=only_of_day)
    if json:
        as_json(heads_message(found))
        return
    typer.echo(found.text())


@app.command("reproduce")
def reproduce_(
    number: DecisionArgument, as_: AsOption = None, city: CityOption = None, json: JsonOption = False
) -> None:
    """Run a decision again over the layer versions that it names: the same, or exactly what differs.

    Ends with exit code 1 where it does not come out the same.
    """
    with looking(city, as_) as (session, desk, office):
        found = reproduce(session, desk, number, as_they_were(office.city))
    if json:
        as_json(reproduced_message(found))
    else:
        print_reproduced(found)
    if not found.same:
        sys.exit(1)


@app.command("flips")
def flips(
    only_list: Annotated[bool, typer.Option("--only-list", help="Look at no layer; list what is known.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Evaluate all decisions, whatever has changed.")] = False,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Hold the decisions against the layers of now, and list what turns, or nearly; a person signs each.

    Only what a changed layer touches is evaluated. Importing layers does the same.
    """
    office = office_here(city)
    with office.store.session() as session:
        desk = office.desk(acting_here(session, office, as_))
        found = None if only_list else recheck_all(session, desk, kept_part(office.city), everything=everything)
        waiting, near = waiting_for_signature(session), near_flips(session)
        session.commit()
    if json:
        as_json(flips_message(waiting, near, found))
        return
    print_flips(waiting, near, found)


@app.command("sign")
def sign(
    number: DecisionArgument,
    holds: Annotated[bool, typer.Option("--holds/--stays", help="The new answer holds, or the older one stays.")],
    answer: Annotated[str | None, typer.Option("--answer", help="The answer, where it is not the map's.")] = None,
    why: WhyOption = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Sign a decision that waits for it: its answer holds and the case goes on by it, or the older one stays."""
    with at_work(city, as_) as (session, desk):
        done = sign_decision(session, desk, number, Signature(holds, answer, why))
        session.commit()
    if json:
        as_json(asdict(done))
        return
    said = "The new answer holds" if holds else "The older decision stays"
    out().print(f"{said}. {text(done.number)} stands at {text(done.step)}.", soft_wrap=True)
