"""Importing a city's layers, with all that is made from them for maps; for the command and for the schedule."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime

from api.ogc.publishing import make_all_texts, make_low_zooms
from api.wiring import OpenCity
from layers.ingest import import_city
from layers.report import ImportFailure, ImportReport

Results = list[ImportReport | ImportFailure]


def import_published(city: OpenCity, names: Collection[str] | None, tell: Callable[[str, float], None]) -> Results:
    """Fetches, mends and publishes layers; one that fails stays as it was and stops no other."""
    return import_city(
        city.city,
        city.store,
        names=names,
        today=city.today(),
        now=datetime.now(UTC),
        reports=city.folders.reports,
        progress=lambda layer, what, share: tell(f"{layer}: {what}", share),
    )


def prepare_changed(city: OpenCity, results: Results, tell: Callable[[str, float], None]) -> set[str]:
    """Makes the tiles and texts of layers that have a new version; which."""
    changed = {result.layer for result in results if isinstance(result, ImportReport) and not result.unchanged}
    make_low_zooms(city, changed, lambda layer: tell(f"{layer}: tiles of the low zooms", 1.0))
    make_all_texts(city, changed, lambda layer: tell(f"{layer}: features as texts", 1.0))
    return changed
