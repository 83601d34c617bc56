"""`gis-ce charge`: what a case is charged, what was paid, and who owes what."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from api.charge_messages import statement_message, unpaid_message
from api.cli.case_desk import AsOption, NumberArgument, ReasonOption, at_work, looking
from api.cli.charge_screen import print_statement, print_unpaid, write_unpaid
from api.cli.days import OnOption, day_if, day_of
from api.cli.made import print_made
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, many, out, text
from api.errors import ApiError
from gis_ce.actions.carried_out import Done
from gis_ce.actions.charging import ChargeGiven, ChargeKind
from gis_ce.actions.charging import add_charge as add_charge_to
from gis_ce.actions.paying import LastDay, Payment, Waiver, end_penalty, return_payment
from gis_ce.actions.paying import pay as record_payment
from gis_ce.actions.paying import resume as resume_charges
from gis_ce.actions.paying import stay as stay_charges
from gis_ce.actions.paying import waive as waive_charge
from gis_ce.actions.payment_import import import_payments
from gis_ce.actions.unpaid import statement, unpaid
from gis_ce.money import cents_of

app = typer.Typer(help="What cases are charged, what was paid, and who owes what.", no_args_is_help=True)

ChargeArgument = Annotated[str, typer.Argument(metavar="CHARGE", help="Its id, as gis-ce charge list shows it.")]
OnlyOption = Annotated[str | None, typer.Option("--charge", metavar="ID", help="This one; else all of the case.")]


@app.command("add")
def add(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"{', '.join(get_args(ChargeKind))}.")],
    amount: Annotated[str | None, typer.Argument(metavar="[AMOUNT]", help="In dollars, such as 1250.00.")] = None,
    basis: Annotated[str, typer.Option("--basis", help="Where the amount comes from: a work order, an invoice.")] = "",
    what: Annotated[str, typer.Option("--what", help="In words.")] = "",
    code: Annotated[str | None, typer.Option("--code", help="Of a penalty or fee in the city's rules.")] = None,
    field: Annotated[str | None, typer.Option("--field", help="The field in which the amount was noted.")] = None,
    deadline: Annotated[
        str | None,
        typer.Option("--deadline", metavar="DAY", help="Last day of the notice's period; else the letter's own."),
    ] = None,
    due: Annotated[str | None, typer.Option("--due", metavar="DAY", help="By when it is to be paid.")] = None,
    party: Annotated[str | None, typer.Option("--party", metavar="ID", help="Who owes it.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Charge a cost, a fee or a civil penalty.

    A penalty has its amount from the city's rules and counts the days from the notice's deadline, that of the letter
    that was issued last: [bold]gis-ce charge add LEAK-2026-00001 civil_penalty[/bold]. A cost has an amount and
    a basis: [bold]gis-ce charge add LEAK-2026-00001 repair 1,250.00 --basis "WO 4711"[/bold].
    """
    with at_work(city, as_) as (session, desk):
        given = ChargeGiven(
            kind=cast(ChargeKind, kind),
            amount_cents=cents_of(amount) if amount is not None else None,
            basis=basis,
            what=what,
            code=code,
            field=field,
            deadline_on=day_if(deadline, desk),
            due_on=day_if(due, desk),
            party=party,
        )
        done = add_charge_to(session, desk, number, given)
        session.commit()
    print_made(done, json, f"[green]charged[/green]  {text(done.made['said'])}, as {done.made['charge']}")


@app.command("list")
def list_(number: NumberArgument, as_: AsOption = None, city: CityOption = None, json: JsonOption = False) -> None:
    """List what a case was charged, with the arithmetic of each penalty up to today."""
    with looking(city, as_) as (session, desk, _):
        found = statement(session, desk, number)
        if json:
            as_json(statement_message(found))
            return
        print_statement(found)


@app.command("pay")
def pay(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="In dollars, such as 1250.00.")],
    reference: Annotated[str, typer.Option("--reference", help="Receipt or check number; recorded once.")],
    on: OnOption = None,
    charge: OnlyOption = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Record a payment; the oldest charges are paid first."""
    with at_work(city, as_) as (session, desk):
        payment = Payment(cents_of(amount), day_of(on, desk), reference, charge)
        done = record_payment(session, desk, number, payment)
        session.commit()
    print_made(done, json, _said(done))


@app.command("returned")
def returned(
    number: NumberArgument,
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help="Of the payment.")],
    why: ReasonOption,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Take a payment back that did not hold, such as a check that bounced."""
    with at_work(city, as_) as (session, desk):
        done = return_payment(session, desk, number, reference, why)
        session.commit()
    print_made(done, json, _said(done))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV: case, amount, date, reference[, charge].")],
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Record payments by file: all of them or none, and none twice."""
    if not file.is_file():
        raise ApiError(f"There is no file {file}.")
    try:
        words = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ApiError(f"{file} is no text in UTF-8; save the table as CSV UTF-8.") from error
    with at_work(city, as_) as (session, desk):
        found = import_payments(session, desk, words)
        session.commit()
    if json:
        as_json(asdict(found))
        return
    out().print(f"[green]recorded[/green]  {found.said}", soft_wrap=True)


@app.command("stay")
def stay(
    number: NumberArgument,
    why: ReasonOption,
    charge: OnlyOption = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Let charges rest during an appeal."""
    with at_work(city, as_) as (session, desk):
        done = stay_charges(session, desk, number, why, charge)
        session.commit()
    print_made(done, json, _said(done))


@app.command("resume")
def resume(
    number: NumberArgument,
    why: ReasonOption,
    charge: OnlyOption = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Let stayed charges count again."""
    with at_work(city, as_) as (session, desk):
        done = resume_charges(session, desk, number, why, charge)
        session.commit()
    print_made(done, json, _said(done))


@app.command("waive")
def waive(
    number: NumberArgument,
    charge: ChargeArgument,
    why: ReasonOption,
    amount: Annotated[str | None, typer.Option("--amount", help="A part, in dollars; else all that is open.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Let somebody off a charge, with the reason."""
    with at_work(city, as_) as (session, desk):
        waiver = Waiver(charge, why, cents_of(amount) if amount is not None else None)
        done = waive_charge(session, desk, number, waiver)
        session.commit()
    print_made(done, json, _said(done))


@app.command("end")
def end(
    number: NumberArgument,
    charge: ChargeArgument,
    last_day: Annotated[str, typer.Argument(metavar="DAY", help="When it last stood.")],
    why: ReasonOption,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Say on which day the violation of a daily penalty last stood, so that no further day counts."""
    with at_work(city, as_) as (session, desk):
        done = end_penalty(session, desk, number, LastDay(charge, day_of(last_day, desk), why))
        session.commit()
    print_made(done, json, _said(done))


@app.command("unpaid")
def unpaid_(
    officer: Annotated[str | None, typer.Option("--officer", help="Of this officer's cases.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="As a .csv file.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """List every charge with something open, the longest overdue first; stayed ones come last."""
    with looking(city, as_) as (session, desk, _):
        rows = unpaid(session, desk, officer)
        if json:
            as_json(unpaid_message(rows))
        elif output is not None:
            write_unpaid(rows, output)
            aside().print(f"{many(len(rows), 'charge')} written to {text(output)}.", soft_wrap=True)
        else:
            print_unpaid(rows)


def _said(done: Done) -> str:
    return f"[green]noted[/green]  {text(done.made['said'])}"
