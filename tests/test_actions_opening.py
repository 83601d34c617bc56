"""Opening a case: where it is, what is refused, and what else is on file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import shapely
from desks import MONDAY, a_desk, as_somebody, later, leak, town, write
from made_layers import EAST, NORTH
from small_town import lonlat, place
from sqlalchemy import func, select

from gis_ce.actions.linking import link
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.parties import PartyGiven
from gis_ce.actions.placing import Place
from gis_ce.case_changes import case_named
from gis_ce.case_store import CaseStore
from gis_ce.errors import (
    CaseError,
    CaseRefused,
    NotYourLane,
    PlaceAmbiguous,
    PlaceRefused,
    PlaceUnknown,
    UnknownProcess,
)
from gis_ce.tables import Case, CaseCounter, Decision, Event, Party, ProcessVersion, Site

DESK = a_desk()


def site(store: CaseStore, number: str) -> Site:
    with store.reading() as session:
        return session.scalars(select(Site).where(Site.case_id == case_named(session, number).id)).one()


def test_a_case_has_a_number_a_place_a_day_parties_and_a_first_step(case_store: CaseStore) -> None:
    caller = PartyGiven("reporter", name=" Jane Doe ", phone="919 555 0100")
    opening = Opening(
        "leaks", Place(address="111 main street"), date(2026, 2, 27), "Water in the street", parties=(caller,)
    )
    done = write(case_store, open_case, DESK, opening)
    assert (done.number, done.step, done.lane, done.status) == ("LEAK-2026-00001", "site_visit", "ce", "open")
    assert done.made["located"] == "address point A1"
    with case_store.reading() as session:
        case = session.get_one(Case, done.case_id)
        assert (case.event_on, case.opened_at, case.title) == (date(2026, 2, 27), MONDAY, "Water in the street")
        party = session.scalars(select(Party)).one()
        assert (party.role, party.name, party.case_id) == ("reporter", "Jane Doe", case.id)
        assert session.get_one(ProcessVersion, case.process_version).current
    found = site(case_store, done.number)
    assert (found.how_located, found.parcel_id, found.address) == ("address", "N2", "111 main street")
    assert found.geometry == place(150, 120)


def test_without_a_day_the_event_was_today_in_the_city(case_store: CaseStore) -> None:
    late = replace(DESK, now=MONDAY.replace(hour=3))
    done = write(case_store, open_case, late, Opening("leaks"))
    with case_store.reading() as session:
        assert session.get_one(Case, done.case_id).event_on == date(2026, 3, 1)


def test_a_case_without_a_place_is_opened_and_the_map_says_to_locate_it(case_store: CaseStore) -> None:
    done = write(case_store, open_case, DESK, Opening("leaks"))
    assert site(case_store, done.number).geometry is None
    with case_store.reading() as session:
        row = session.scalars(select(Decision)).one()
        assert row.proposed is None
        assert "locate it first" in str(row.reason)


def test_a_misspelt_address_is_put_right_and_said(case_store: CaseStore) -> None:
    done = write(case_store, open_case, DESK, Opening("leaks", Place(address="111 Main Stret", sigma_ft=4.0)))
    assert done.made["located"] == "address point A1, taken for 111 MAIN ST"
    found = site(case_store, done.number)
    assert found.address == "111 MAIN ST"
    assert found.sigma_ft == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("given", "how", "sigma_ft"),
    [
        (Place(xy=(EAST + 50, NORTH + 30)), "coordinates", 0.0),
        (Place(lonlat=lonlat(50, 30)), "map", 0.0),
        (Place(lonlat=lonlat(50, 30), datum="NAD83(2011)", epoch=2010.0, sigma_ft=3.0), "gps", 3.0),
        (Place(geometry=place(50, 30), sigma_ft=2.0), "map", 2.0),
        (Place(xy=(EAST + 50, NORTH + 30), how="facility", sigma_ft=1.0), "facility", 1.0),
    ],
)
def test_a_place_is_given_in_degrees_feet_or_as_a_shape(
    case_store: CaseStore, given: Place, how: str, sigma_ft: float
) -> None:
    done = write(case_store, open_case, DESK, Opening("leaks", given))
    found = site(case_store, done.number)
    assert found.geometry is not None
    assert found.geometry.distance(place(50, 30)) < 0.01
    assert (found.how_located, found.datum) == (how, given.datum)
    assert found.sigma_ft == pytest.approx(sigma_ft, abs=0.2)


def test_a_parcel_is_a_place_by_its_number(case_store: CaseStore) -> None:
    done = write(case_store, open_case, DESK, Opening("leaks", Place(parcel_id="n3")))
    found = site(case_store, done.number)
    assert found.geometry is not None
    assert found.geometry.area == pytest.approx(15_000.0)


def test_of_several_parcels_none_is_taken_unless_it_is_named(case_store: CaseStore) -> None:
    on_the_line = (EAST + 200, NORTH + 100)
    assert (
        site(case_store, write(case_store, open_case, DESK, Opening("leaks", Place(xy=on_the_line))).number).parcel_id
        is None
    )
    named = write(case_store, open_case, DESK, Opening("leaks", Place(xy=on_the_line, parcel_id="N2")))
    assert site(case_store, named.number).parcel_id == "N2"


BAD: list[tuple[Opening, type[CaseError], str]] = [
    (Opening("leaks", Place()), PlaceRefused, "exactly one way"),
    (Opening("leaks", Place(address="111 Main St", xy=(1.0, 2.0))), PlaceRefused, "exactly one way"),
    (Opening("leaks", Place(xy=(-81.9, 35.3))), PlaceRefused, "degrees, not feet"),
    (Opening("leaks", Place(lonlat=(EAST, NORTH))), PlaceRefused, "are not degrees"),
    (Opening("leaks", Place(lonlat=(35.3, -81.9))), PlaceRefused, "far outside Smallville"),
    (Opening("leaks", Place(lonlat=(float("nan"), 35.3))), PlaceRefused, "finite"),
    (Opening("leaks", Place(xy=(float("inf"), 1e6))), PlaceRefused, "finite"),
    (Opening("leaks", Place(geometry=shapely.Point())), PlaceRefused, "empty"),
    (
        Opening("leaks", Place(geometry=shapely.from_wkt("POLYGON ((1000 0, 1009 9, 1009 0, 1000 9, 1000 0))"))),
        PlaceRefused,
        "not a valid",
    ),
    (Opening("leaks", Place(xy=(EAST, NORTH), sigma_ft=-1.0)), PlaceRefused, "sigma_ft is -1.0"),
    (Opening("leaks", Place(lonlat=lonlat(50, 30), datum="GPS")), PlaceRefused, "how good the receiver"),
    (Opening("leaks", Place(lonlat=lonlat(50, 30), datum="ED50", sigma_ft=3.0)), PlaceRefused, "no datum 'ED50'"),
    (Opening("leaks", Place(address="9999 Main St")), PlaceUnknown, "no address"),
    (Opening("leaks", Place(address="7 Double Ct")), PlaceAmbiguous, "2 places"),
    (Opening("leaks", Place(parcel_id="Q7")), PlaceUnknown, "no parcel 'Q7'"),
    (Opening("leak"), UnknownProcess, "leaks"),
    (Opening("leaks", event_on=date(2026, 3, 3)), CaseRefused, "lies after today"),
    (Opening("leaks", title="x" * 201), CaseRefused, "more than 200"),
    (Opening("leaks", id="a b"), CaseRefused, "8 to 64 letters"),
    (Opening("leaks", priority=101), CaseRefused, "0 to 100"),
    (Opening("leaks", officer="nobody"), CaseRefused, "no active user 'nobody'"),
    (Opening("leaks", details={"mark": 3}), CaseRefused, "mark is no detail"),
    (
        Opening("leaks", details={"marked_diameter_in": "8", "obstruction": "sofa"}),
        CaseRefused,
        "obstruction is one of",
    ),
    (Opening("leaks", details={"exposed": {"type": "Point"}}), CaseRefused, "exposed is no GeoJSON"),
    (Opening("leaks", structure=shapely.Point(-81.9, 35.3)), PlaceRefused, "degrees"),
    (Opening("leaks", parties=(PartyGiven("owner"),)), CaseRefused, "a name or a firm"),
    (Opening("leaks", parties=(PartyGiven("uncle", "Bob"),)), CaseRefused, "no role 'uncle'"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("opening", "kind", "said"), BAD, ids=[said for _, _, said in BAD])
def test_what_cannot_be_opened_is_refused_in_one_sentence_and_leaves_nothing(
    case_store: CaseStore, opening: Opening, kind: type[CaseError], said: str
) -> None:
    with case_store.session() as session:
        with pytest.raises(kind, match=said) as refused:
            open_case(session, DESK, opening)
        assert "\n" not in str(refused.value)
        session.commit()
    with case_store.reading() as session:
        for table in (Case, Site, Event, Decision, CaseCounter, Party, ProcessVersion):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table


def test_who_acts_in_no_lane_of_a_process_opens_none_of_its_cases(case_store: CaseStore) -> None:
    with pytest.raises(NotYourLane, match="Leaks is done by Code Enforcement, Water Distribution; bob acts for meters"):
        write(case_store, open_case, as_somebody(DESK, "bob", "meters"), Opening("leaks"))
    write(case_store, open_case, as_somebody(DESK, "bob", "wd"), Opening("leaks"))


def test_a_device_makes_the_id_and_the_same_id_comes_once(case_store: CaseStore) -> None:
    mine = Opening("leaks", id="0199c0de-device-1")
    assert write(case_store, open_case, DESK, mine).case_id == "0199c0de-device-1"
    with pytest.raises(CaseRefused, match="there is a case 0199c0de-device-1 already"):
        write(case_store, open_case, DESK, mine)


def test_a_case_sent_twice_is_opened_once(case_store: CaseStore) -> None:
    opening = Opening("leaks", Place(geometry=place(50, 30)), details={"marks": place(50, 31)})
    first = write(case_store, open_case, DESK, opening, key="phone-1")
    again = write(case_store, open_case, later(DESK, minutes=5), opening, key="phone-1")
    assert (again.number, again.repeated, first.repeated) == (first.number, True, False)
    assert again.made == first.made
    with case_store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_numbers_of_refused_cases_are_given_to_the_next(case_store: CaseStore) -> None:
    leak(case_store, DESK)
    with pytest.raises(CaseError):
        write(case_store, open_case, DESK, Opening("leaks", Place(address="9999 Main St")))
    assert leak(case_store, DESK).number == "LEAK-2026-00002"


def test_cases_that_may_be_the_same_are_offered_and_linked(case_store: CaseStore) -> None:
    first = leak(case_store, DESK, title="water in the street")
    near = leak(case_store, later(DESK, hours=5), x=60)
    far = leak(case_store, later(DESK, hours=6), x=900)
    (offered,) = near.made["duplicates"]
    assert offered["number"] == first.number
    assert offered["said"] == f"{first.number} (open): 10.0 ft away, the same day"
    assert far.made["duplicates"] == []
    write(case_store, link, DESK, near.number, first.number, "duplicate")


def test_earlier_cases_at_the_parcel_and_of_the_same_party_are_shown(case_store: CaseStore) -> None:
    digger = PartyGiven("contractor", firm="Diggers LLC")
    at_parcel = write(case_store, open_case, DESK, Opening("sso", Place(address="111 Main St"), parties=(digger,)))
    far = Place(xy=(EAST + 900, NORTH + 30))
    again = later(DESK, days=40)
    same_place = write(case_store, open_case, again, Opening("leaks", Place(address="111 Main St")))
    assert [each["number"] for each in same_place.made["earlier"]] == [at_parcel.number]
    same_firm = write(
        case_store, open_case, again, Opening("leaks", far, parties=(PartyGiven("contractor", firm="DIGGERS, LLC"),))
    )
    (found,) = same_firm.made["earlier"]
    assert found["number"] == at_parcel.number
    assert "contractor" in found["said"]
    reported = PartyGiven("reporter", firm="Diggers LLC")
    assert write(case_store, open_case, again, Opening("leaks", far, parties=(reported,))).made["earlier"] == []


def test_an_officer_takes_a_case_in_opening_it(case_store: CaseStore) -> None:
    done = write(case_store, open_case, DESK, Opening("leaks", officer="ann", priority=80))
    with case_store.reading() as session:
        case = session.get_one(Case, done.case_id)
        assert (case.officer, case.priority) == ("ann", 80)


def test_a_town_without_parcels_opens_cases_all_the_same(case_store: CaseStore) -> None:
    bare = town().narrowed({"right_of_way"})
    done = write(case_store, open_case, a_desk(query=bare), Opening("leaks", Place(xy=(EAST + 50, NORTH + 30))))
    assert done.made["parcel_id"] is None
    with case_store.reading() as session:
        assert "is not there" in str(session.scalars(select(Decision)).one().reason)


def test_days_of_events_may_lie_long_before(case_store: CaseStore) -> None:
    done = write(case_store, open_case, DESK, Opening("leaks", event_on=DESK.today - timedelta(days=400)))
    assert done.status == "open"
