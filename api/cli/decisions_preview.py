"""`gis-ce rules preview --decisions`: which past decisions a changed rule would turn."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from api.cli.case_desk import office_here
from api.cli.screen import as_json, aside, many, out, table, text
from gis_ce.actions.desk import Actor
from gis_ce.actions.preview_decisions import DecisionPreview, preview_decisions
from gis_ce.city_rules import other_book
from gis_ce.process import in_words


@dataclass(frozen=True, slots=True)
class PackChange:
    """From which pack to which (None: the city's), and as of which day after (None: each decision's own)."""

    from_pack: str | None
    to_pack: str | None
    to_day: date | None


def preview_past(change: PackChange, checks: str | None, city: Path | None, json: bool) -> None:
    """Asks the past decisions under both packs, and lists which would turn."""
    office = office_here(city)
    own = office.city.rules.rulebook
    before = own if change.from_pack is None else other_book(office.city.city, change.from_pack)
    after = before if change.to_pack is None else other_book(office.city.city, change.to_pack)
    names = None if checks is None else [name.strip() for name in checks.split(",")]
    with office.store.reading() as session:
        desk = office.desk(Actor(""))
        found = preview_decisions(session, desk, before, after, to_day=change.to_day, checks=names)
    day = f" on {change.to_day}" if change.to_day else ""
    if json:
        as_json({"before": before.pack, "after": after.pack, "to_day": change.to_day, **asdict(found)})
        return
    _show(found, before.pack, f"{after.pack}{day}")


def _show(found: DecisionPreview, before: str, after: str) -> None:
    out().print(f"{many(found.decisions, 'decision')}, from {text(before)} to {text(after)}.\n", soft_wrap=True)
    if found.lost:
        aside().print(f"[yellow]Not known any more: {', '.join(map(str, found.lost))}[/yellow]", soft_wrap=True)
    if not found.turned:
        out().print("No decision would turn.")
        return
    made = table("N", "Case", "Stands", "Check", "Before", "After", "It has", right=("N",), whole=("Case",))
    for each in found.turned:
        sides = (_side(each.before, each.margin_before_ft), _side(each.after, each.margin_after_ft))
        case = (text(each.case), each.case_state, in_words(each.check))
        made.add_row(str(each.number), *case, *sides, text(each.answered))
    out().print(made)


def _side(answer: str, margin_ft: float | None) -> str:
    return text(in_words(answer)) + (f" ({margin_ft:,.1f} ft)" if margin_ft is not None else "")
