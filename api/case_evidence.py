"""What the map said of a case for one reader; apart from exhibits, as it loads geopandas."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.case_exhibits import reader_of
from gis_ce.actions.desk import Desk
from gis_ce.actions.showing import show_case
from gis_ce.roles import Rights
from maps.case_evidence import CaseEvidence, case_evidence


def evidence_of_case(session: Session, desk: Desk, case: str, rights: Rights) -> CaseEvidence:
    """What the map said of a case, for somebody with these rights; raises CaseUnknown, ExhibitRefused."""
    shown = show_case(session, desk, case)
    return case_evidence(session, desk, shown, reader_of(desk, shown, rights))
