"""Cases on the screen: facts, what the present step asks for, and what belongs to a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table

from api.case_places import points_in_degrees
from api.cli.screen import out, table, text
from gis_ce.actions.desk import Desk
from gis_ce.actions.showing import AskedField, CaseShown, Form
from gis_ce.process import in_words
from gis_ce.tables import Decision, Site

_COLOURS = {"proposed": "cyan", "confirmed": "green", "overridden": "yellow", "stale": "dim"}
_COLOURS |= {"to_sign": "red", "set_aside": "dim"}


def head_line(shown: CaseShown) -> str:
    """The number of a case, its kind, and where it stands."""
    case = shown.case
    stands = f"closed: {text(shown.process.steps[case.step].text)}" if shown.form is None else f"at {text(case.step)}"
    return f"[bold]{text(case.number)}[/bold]  {text(shown.process.title)}, {stands}"


def form_table(form: Form) -> Table:
    """What the present step asks for."""
    rows = [("To do", text(form.step.text)), ("By", text(" or ".join(form.done_by)))]
    if form.waits:
        rows.append(("Waits", f"[yellow]{text(form.waits)}[/yellow]"))
    if form.choices:
        rows.append(("Answer", text(" or ".join(form.choices))))
    if form.proposal is not None:
        rows.append(("The map", _proposed(form.proposal)))
    rows += [("Notate" if number == 0 else "", _field(asked)) for number, asked in enumerate(form.fields)]
    return _facts(rows)


def show_case_table(shown: CaseShown, desk: Desk) -> None:
    """A whole case."""
    zone = desk.processes.time.zone
    parts: list[RenderableType] = [head_line(shown), Padding(_case_facts(shown, desk), (1, 0))]
    if shown.form is not None:
        parts.append(Padding(form_table(shown.form), (0, 0, 1, 0)))
    for title, made in (
        ("To look at again, since the place has changed", _to_review(shown)),
        ("What the map said", _decisions(shown)),
        ("Noted", _data(shown)),
        ("Deadlines", _deadlines(shown, zone)),
        ("Letters", _letters(shown, zone)),
        ("People", _parties(shown)),
        ("Notes", _notes(shown, zone)),
        ("Files", _files(shown)),
        ("Belongs to", _links(shown)),
    ):
        if made is not None:
            parts += [f"[bold]{title}[/bold]", Padding(made, (0, 0, 1, 0))]
    out().print(Group(*parts))


def minute(at: datetime, zone: ZoneInfo) -> str:
    """A time on the city's clocks."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _facts(rows: Sequence[tuple[str, str]]) -> Table:
    made = table("", "")
    made.show_header, made.columns[0].no_wrap = False, True
    for name, value in rows:
        made.add_row(f"[dim]{name}[/dim]", value)
    return made


def _case_facts(shown: CaseShown, desk: Desk) -> Table:
    case, zone = shown.case, desk.processes.time.zone
    rows = [("Title", case.title), ("What", case.description), ("Place", _where(shown.site, desk))]
    rows.append(("Event on", str(case.event_on)))
    rows.append(("Opened", minute(case.opened_at, zone)))
    rows.append(("Closed", minute(case.closed_at, zone) if case.closed_at else ""))
    rows.append(("Ends", f"{minute(case.due_at, zone)}" if case.due_at else ""))
    rows.append(("Officer", case.officer or ""))
    rows.append(("Priority", str(case.priority) if case.priority is not None else ""))
    rows.append(("Version", str(case.row_version)))
    return _facts([(name, text(value)) for name, value in rows if value])


def _where(site: Site, desk: Desk) -> str:
    """The place in words: address, parcel, degrees, and how good the position is."""
    (lonlat,) = points_in_degrees([site.geometry], desk.grid)
    if lonlat is None:
        return site.address or "not located"
    words = [site.address, f"parcel {site.parcel_id}" if site.parcel_id else None]
    words.append(f"{lonlat[0]:.6f}, {lonlat[1]:.6f} (good to {site.sigma_ft or 0.0:.1f} ft)")
    return ", ".join(word for word in words if word)


def _proposed(row: Decision) -> str:
    if row.proposed is None:
        _, told, what = (row.reason or "").partition("In the field:")
        return f"{text(row.sentence)} {text(told)}{text(what)}".strip()
    return f"[bold]{text(in_words(row.proposed))}[/bold]: {text(row.sentence)}"


def _field(asked: AskedField) -> str:
    field, suggestion = asked.field, asked.suggestion
    kind = " or ".join(field.choices) or in_words(field.type)
    needed = ", required" if field.required else ""
    noted = f" is {text(_short(asked.noted))}" if asked.noted is not None else ""
    hint = f" [cyan](the map: {text(_short(suggestion.value))})[/cyan]" if suggestion is not None else ""
    return f"{text(field.name)} [dim]({text(kind)}{needed})[/dim]{noted}{hint}"


def _to_review(shown: CaseShown) -> Table | None:
    if not shown.review:
        return None
    made = table("Decision", "Step", "It has", "The map now", "Holds", whole=("Decision",))
    for each in shown.review:
        holds = "yes" if each.holds else "[red]no[/red]"
        made.add_row(each.decision.id, text(each.step.id), text(each.current), text(each.decision.proposed), holds)
    return made


def _decisions(shown: CaseShown) -> Table | None:
    here = shown.form.proposal.id if shown.form is not None and shown.form.proposal is not None else None
    rows = [row for row in shown.decisions if row.state != "stale" and row.id != here]
    if not rows:
        return None
    made = table("Step", "The map", "Made of it", "Sentence")
    for row in rows:
        colour = _COLOURS[row.state]
        answer = "undecided" if row.proposed is None and row.reason else text(row.proposed)
        first = row.sentence.partition(". ")[0]
        made.add_row(text(row.step), answer, f"[{colour}]{text(_made_of(row))}[/{colour}]", text(first))
    return made


def _made_of(row: Decision) -> str:
    """What somebody made of what the map said."""
    if row.state == "proposed":
        return "nothing yet"
    if row.state == "to_sign":
        return "waits for a signature"
    if row.answer is None:
        return f"seen by {row.by}"
    if row.state == "confirmed" and row.proposed is not None:
        return f"confirmed by {row.by}"
    return f"{in_words(row.answer)}, by {row.by}{f': {row.why}' if row.why else ''}"


def _data(shown: CaseShown) -> Table | None:
    rows = [(in_words(name), _short(value)) for name, value in shown.case.data.items()]
    return _facts([(name, text(value)) for name, value in rows]) if rows else None


def _deadlines(shown: CaseShown, zone: ZoneInfo) -> Table | None:
    if not shown.deadlines:
        return None
    made = table("Until", "State", "Remind", "How it is counted", whole=("Until", "State", "Remind"))
    for row in shown.deadlines:
        remind = minute(row.remind_at, zone)[:10] if row.remind_at is not None and row.state == "running" else ""
        made.add_row(minute(row.due_at, zone), row.state, remind, text(row.arithmetic))
    return made


def _letters(shown: CaseShown, zone: ZoneInfo) -> Table | None:
    if not shown.letters:
        return None
    made = table("Letter", "Step", "State", "Sent")
    for row in shown.letters:
        sent = minute(row.sent_at, zone) if row.sent_at else ""
        made.add_row(text(row.template), text(row.step), row.state, sent)
    return made


def _parties(shown: CaseShown) -> Table | None:
    if not shown.parties:
        return None
    made = table("Role", "Name", "Firm", "Reached by")
    for row in shown.parties:
        reached = ", ".join(word for word in (row.phone, row.email, row.mailing_address) if word)
        made.add_row(row.role, text(row.name), text(row.firm), text(reached))
    return made


def _notes(shown: CaseShown, zone: ZoneInfo) -> Table | None:
    if not shown.notes:
        return None
    made = table("When", "By", "Note", "Id", whole=("When", "Id"))
    for row in shown.notes:
        corrects = f" [dim](corrects {text(row.corrects)})[/dim]" if row.corrects else ""
        made.add_row(minute(row.at, zone), text(row.by), text(row.text) + corrects, text(row.id))
    return made


def _files(shown: CaseShown) -> Table | None:
    if not shown.attachments:
        return None
    made = table("File", "Step", "Field", "Size", "From the place", "Id", right=("Size",), whole=("Id",))
    for row in shown.attachments:
        far = f"{row.distance_from_site_ft:,.0f} ft" if row.distance_from_site_ft is not None else ""
        size = f"{row.size:,}"
        made.add_row(text(row.name), text(row.step), text(row.field), size, far, text(row.id))
    return made


def _links(shown: CaseShown) -> Table | None:
    rows = [(link.said, f"{link.number} ({in_words(link.type)}, {link.status})") for link in shown.links]
    rows += [(row.system, f"{row.reference}{f' {row.url}' if row.url else ''}") for row in shown.references]
    return _facts([(text(name), text(value)) for name, value in rows]) if rows else None


def _short(value: object) -> str:
    return f"{len(value)} attached" if isinstance(value, list) else str(value)
