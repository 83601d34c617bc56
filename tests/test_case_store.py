"""The store of cases: the same tables, the same answers and the same guards on SQLite and on PostGIS."""

from __future__ import annotations

from datetime import UTC, date, datetime

import shapely
from case_stores import GRID
from made_cases import add_case

from gis_ce.case_store import CaseStore
from gis_ce.tables import Case, Site

NOW = datetime(2026, 3, 5, 14, 30, 15, 123456, tzinfo=UTC)


def test_what_goes_in_comes_out(case_store: CaseStore) -> None:
    place = shapely.LineString([(2_100_000.123456789, 738_000.987654321), (2_100_010, 738_005)])
    with case_store.session() as session:
        add_case(session, "a", place, data={"depth": 3.5, "ünit": "ft"}, event_on=date(2026, 3, 1), opened_at=NOW)
        session.commit()
    with case_store.reading() as session:
        case, site = session.get_one(Case, "a"), session.get_one(Site, "site-a")
        assert case.data == {"depth": 3.5, "ünit": "ft"}
        assert (case.opened_at, case.opened_at.tzinfo, case.event_on) == (NOW, UTC, date(2026, 3, 1))
        assert site.geometry is not None
        assert site.geometry.equals_exact(place, 0.0)
        assert shapely.get_srid(site.geometry) == GRID == case_store.srid
