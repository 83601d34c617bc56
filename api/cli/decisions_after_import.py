"""After layers were imported: which decisions that turns."""

from __future__ import annotations

from pathlib import Path

from api.case_office import open_office
from api.cli.decision_screen import turned_words
from api.cli.screen import aside, text
from api.decision_layers import kept_part
from api.officers import user_at_this_machine
from api.settings import Settings
from api.wiring import has_cases, open_city
from gis_ce.actions.desk import Actor
from gis_ce.actions.flips import Rechecked, recheck_all
from gis_ce.errors import CaseError
from layers.errors import LayersError


def look_after_import(settings: Settings, city_file: Path | None) -> Rechecked | None:
    """Holds the decisions of a city against its newest layers and tells what has turned; None where it has no cases.

    What hinders that is told and undoes no import.
    """
    city = open_city(settings, city_file)
    if not has_cases(settings, city.city):
        return None
    try:
        office = open_office(settings, city)
        with office.store.session() as session:
            found = recheck_all(session, office.desk(Actor(user_at_this_machine())), kept_part(city))
            session.commit()
    except (CaseError, LayersError) as error:
        aside().print(f"[yellow]Decisions were not looked at: {text(error)}[/yellow]", soft_wrap=True)
        return None
    _tell(found)
    return found


def _tell(found: Rechecked) -> None:
    if found.decisions:
        said = f"{found.evaluated:,} of {found.decisions:,} decisions lay where something changed"
        aside().print(f"{said}; {turned_words(found)}; {len(found.near):,} nearly.", soft_wrap=True)
    if found.flips or found.near:
        aside().print("List them with [bold]gis-ce decisions flips --only-list[/bold].", soft_wrap=True)
