"""Mailings on the screen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any

import typer

from api.cli.case_desk import WhoAsks, looking
from api.cli.screen import many, out, stream_json, table, text
from api.mailing_messages import mailing_message, row_message
from gis_ce.mailing.kept import mailing_named, rows_of

MailingArgument = Annotated[
    str, typer.Argument(metavar="MAILING", help="Number of a mailing, such as ML-2026-00001, or its id.")
]
_WORDS = {
    "letters": "get a letter",
    "foreign": "abroad, set apart",
    "incomplete": "without a usable address, set apart",
    "no_owner": "without an owner on record, set apart",
    "suppressed": "mailed not long ago",
    "struck": "struck",
    "left_out": "neighbours that are not on the line",
}
_STATUS = {"left_out": "left out", "no_owner": "no owner"}


def show_mailing(name: str, who: WhoAsks, statuses: Collection[str] = ()) -> Mapping[str, Any]:
    """Prints a mailing with its rows, all or those of some statuses; as JSON some rows at a time."""
    with looking(who.city, who.as_) as (session, desk, _):
        held = mailing_named(session, name)
        message = mailing_message(session, desk, held)
        rows = map(row_message, rows_of(session, held, statuses))
        if who.json:
            stream_json(message | {"rows": rows})
        else:
            print_mailing(message)
            print_rows(rows)
    return message


def print_counts(message: Mapping[str, Any]) -> None:
    """One mailing in a few lines: its state, how far the line was followed, and how many of each kind."""
    trace = message["trace"]
    out().print(f"[bold]{message['number']}[/bold] for {message['case']}: {message['state']}")
    reach, segments = text(trace.get("reach", "")), many(len(trace.get("segments", [])), "segment")
    blocked = text(", ".join(trace.get("blocked", [])))
    out().print(f"{reach} Blocked: {blocked}; {segments}, {trace.get('length_ft', 0):,.0f} ft.", soft_wrap=True)
    for doubt in trace.get("doubts", []):
        out().print(f"[yellow]Doubtful:[/yellow] {text(doubt)}", soft_wrap=True)
    for name, count in message["counts"].items():
        if count:
            out().print(f"{count:7,} {_WORDS.get(name, name)}")


def print_mailing(message: Mapping[str, Any]) -> None:
    """One mailing with all that happened to it."""
    print_counts(message)
    if message["digest"] is not None:
        held = (
            "and its content still has this hash" if message["holds"] else "[red]BUT ITS CONTENT HAS ANOTHER ONE[/red]"
        )
        out().print(f"Frozen with SHA-256 {message['digest']}, {held}.", soft_wrap=True)
    for event in message["events"]:
        out().print(f"{event['at'][:16].replace('T', ' ')}  {text(event['by'])}: {text(event['text'])}", soft_wrap=True)
    overflows = message.get("overflows")
    if overflows:
        out().print(text(overflows["sentence"]), soft_wrap=True)


def print_rows(rows: Iterable[Mapping[str, Any]]) -> None:
    """The rows with why each is there."""
    shown = table("Row", "Status", "Who", "Where", "Why", right=("Row",))
    for row in rows:
        where = ", ".join(
            part for part in (row["delivery"], f"{row['city']} {row['state']} {row['zip_code']}".strip()) if part
        )
        status = row["status"] if row["status"] != "kept" or row["standing"] == "mail" else row["standing"]
        why = [f"{parcel['parcel_id']}: {parcel['said']}" for parcel in row["parcels"][:3]]
        more = [f"and {len(row['parcels']) - 3} more parcels"] if len(row["parcels"]) > 3 else []
        said = [row["reason"]] if row["reason"] else [row["remark"]] if row["remark"] and not why else []
        shown.add_row(
            str(row["position"]),
            text(_STATUS.get(status, status)),
            text(row["name"]),
            text(where),
            text("\n".join([*said, *why, *more])),
        )
    out().print(shown)


def print_duties(message: Mapping[str, Any]) -> None:
    """What must be reported, with its clock."""
    if message["rule"] is None:
        out().print("No rule on the reporting of overflows is in force here on that day; ask the regulator.")
        return
    shown = table("Duty", "Answer", "By when", "Why", whole=("Answer",))
    for duty in message["duties"]:
        due = str(duty["due_at"] or "")[:16].replace("T", " ")
        shown.add_row(text(duty["what"]), duty["answer"].replace("_", " "), due, text(duty["why"]))
    out().print(shown)
    rule = message["rule"]
    unread = "" if rule["status"] == "confirmed" else " Nobody here has read the official text yet."
    out().print(text(f"Rule {rule['id']}: {rule['citation']}.{unread}"), soft_wrap=True)


def print_traceable(message: Mapping[str, Any]) -> None:
    """How traceable an overflow is, and where to look first."""
    out().print(text(message["sentence"]), soft_wrap=True)
    if not message["leads"]:
        return
    shown = table("Parcel", "Address", "Points", "Why", right=("Points",))
    for lead in message["leads"]:
        shown.add_row(
            text(lead["parcel_id"]), text(lead["situs"]), f"{lead['points']:.1f}", text("; ".join(lead["reasons"]))
        )
    out().print(shown)
