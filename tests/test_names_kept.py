"""Free texts without the names of parties: what is found, and what is left alone."""

from __future__ import annotations

import pytest

from gis_ce.names_kept import without_names
from gis_ce.tables import Party

JANE = Party(
    id="1",
    case_id="1",
    role="reporter",
    name="Jane Q. Doe",
    firm=None,
    phone="(919) 555-0147",
    email="jane@doe.example",
)
FIRM = Party(id="2", case_id="1", role="other", name=None, firm="Water & Sons (Raleigh)", phone="12", email=None)
SHORT = Party(id="3", case_id="1", role="reporter", name="Al", firm="", phone="", email="")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Jane Q. Doe saw it", "[name kept] saw it"),
        ("DOE, JANE Q saw it", "[name kept] saw it"),
        ("jane q doe saw it", "[name kept] saw it"),
        ("Ms. Doe saw it", "Ms. [name kept] saw it"),
        ("a doe in the street", "a doe in the street"),
        ("at 12 Doe Street", "at 12 Doe Street"),
        ("Doering saw it", "Doering saw it"),
        ("call 919.555.0147 or 555-0147", "call [name kept] or [name kept]"),
        ("meter 15550147892", "meter 15550147892"),
        ("write to Jane@Doe.example.", "write to [name kept]."),
        ("water & sons (raleigh) dug", "[name kept] dug"),
        ("Water on the curb, Al and all", "Water on the curb, Al and all"),
        ("", ""),
    ],
)
def test_only_what_is_on_record_of_a_party_is_replaced(text: str, kept: str) -> None:
    assert without_names(text, [JANE, FIRM, SHORT]) == kept
