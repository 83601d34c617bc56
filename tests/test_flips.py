"""Flip alerts: after layers have changed, what turns is found, the old decision stays, and a person signs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from desks import EAST, NORTH, a_desk, as_somebody, at_location, decision, go_to, kinds, later, leak, shown, town, write
from edited_layers import Edit, edited, parts_of, town_of
from sqlalchemy import select

from api.cli.decision_screen import turned_words
from gis_ce.actions.charging import ChargeGiven, add_charge
from gis_ce.actions.desk import Desk
from gis_ce.actions.flips import Rechecked, recheck_all
from gis_ce.actions.flips_known import near_flips, waiting_for_signature
from gis_ce.actions.hearings import HearingGiven, OutcomeGiven, end_hearing, set_hearing
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.paying import resume, stay
from gis_ce.actions.placing import Place
from gis_ce.actions.signing import Signature, sign
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.case_changes import case_named
from gis_ce.case_store import CaseStore
from gis_ce.decision_proof import verify
from gis_ce.errors import NotNow, NotYourLane, ReasonNeeded
from gis_ce.tables import Decision, DecisionArea
from layers.features import LayerPart
from layers.query import LayerQuery

DESK = a_desk()
_STREET = next(n for n, part in enumerate(parts_of(town())) if part.description.role == "right_of_way")
_LOTS = next(n for n, part in enumerate(parts_of(town())) if part.description.role == "parcel")
SOUTHWARDS = -1.5707963267948966


def _street_moved(by_ft: float) -> LayerQuery:
    """The street and the lots north of it moved to the south."""
    return edited(
        town(),
        [
            Edit("move", _STREET, 0, by_ft, SOUTHWARDS, 0),
            *(Edit("move", _LOTS, n, by_ft, SOUTHWARDS, 0) for n in (0, 2)),
        ],
    )


def _kept(*queries: LayerQuery) -> dict[str, LayerPart]:
    return {part.version.version: part for query in queries for part in parts_of(query)}


def _recheck(store: CaseStore, desk: Desk, *older: LayerQuery, everything: bool = False) -> Rechecked:
    with store.session() as session:
        found = recheck_all(session, desk, _kept(town(), *older).get, everything=everything)
        session.commit()
    return found


def _desk_over(query: LayerQuery, hours: float = 24) -> Desk:
    return replace(later(DESK, hours=hours), query=query)


def _confirmed_inside(store: CaseStore, y: float = 30, **more: object) -> str:
    number = at_location(store, DESK, y=y, **more).number
    write(store, answer_step, DESK, number, "location", Given("inside", why="seen there"))
    return number


def test_a_decision_that_turns_is_listed_and_the_old_one_stays(case_store: CaseStore) -> None:
    number = _confirmed_inside(case_store)
    far = at_location(case_store, DESK, x=5000, y=5000).number
    found = _recheck(case_store, _desk_over(_street_moved(40)))
    (flip,) = [each for each in found.flips if each.check == "right_of_way" and each.case == number]
    assert (flip.before, flip.now, flip.case_state, flip.state) == ("inside", "outside", "open", "confirmed")
    assert flip.margin_before_ft == pytest.approx(30.0)
    assert flip.margin_ft == pytest.approx(-10.0)
    assert far not in {each.case for each in found.flips}
    assert found.evaluated < found.decisions
    with case_store.reading() as session:
        old, new = session.get(Decision, flip.decision), session.get(Decision, str(flip.new))
        assert old is not None
        assert new is not None
        assert (old.state, old.answer, old.proposed) == ("confirmed", "inside", "inside")
        assert (new.state, new.answer, new.proposed) == ("to_sign", None, "outside")
        assert [each.new for each in waiting_for_signature(session) if each.check == "right_of_way"] == [new.id]
        assert verify(session).holds
    assert kinds(case_store, number)[-1] == "flipped"
    assert shown(case_store, number).state.answers["location"] == "inside"


def test_asked_again_over_the_same_layers_nothing_is_evaluated(case_store: CaseStore) -> None:
    _confirmed_inside(case_store)
    moved = _street_moved(40)
    first = _recheck(case_store, _desk_over(moved))
    again = _recheck(case_store, _desk_over(moved, hours=25), moved)
    assert first.evaluated > 0
    assert (again.decisions, again.evaluated, again.flips) == (0, 0, ())
    with case_store.reading() as session:
        assert len(waiting_for_signature(session)) == sum(flip.to_sign for flip in first.flips)


def test_what_waits_is_withdrawn_where_the_layers_go_back(case_store: CaseStore) -> None:
    number = _confirmed_inside(case_store)
    moved = _street_moved(40)
    _recheck(case_store, _desk_over(moved))
    back = _recheck(case_store, _desk_over(town(), hours=25), moved)
    assert [each for each in back.flips if each.case == number] == []
    with case_store.reading() as session:
        assert waiting_for_signature(session) == []
        states = session.scalars(select(Decision.state).where(Decision.check == "right_of_way")).all()
        assert sorted(states) == ["confirmed", "set_aside"]
        assert verify(session).holds


def test_a_proposal_that_nobody_has_answered_is_replaced(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    found = _recheck(case_store, _desk_over(_street_moved(40)))
    row = decision(case_store, number, "location")
    assert [flip.to_sign for flip in found.flips if flip.new == row.id] == [False]
    assert turned_words(replace(found, flips=(found.flips[0],) * 2)).startswith("2 turned: 0 to sign, 2 proposed anew")
    assert (row.state, row.proposed) == ("proposed", "outside")
    form = shown(case_store, number).form
    assert form is not None
    assert form.proposal is not None
    assert form.proposal.id == row.id


def test_signing_that_the_new_answer_holds_takes_the_case_on_by_it(case_store: CaseStore) -> None:
    number = _confirmed_inside(case_store)
    flip = _flip_of(case_store, number, _street_moved(40))
    stranger = as_somebody(later(DESK, days=2), "bob", "meters")
    with pytest.raises(NotYourLane):
        write(case_store, sign, stranger, flip, Signature(True))
    done = write(case_store, sign, later(_desk_over(_street_moved(40)), days=2), flip, Signature(True))
    assert done.step != "wd_to_repair"
    case = shown(case_store, number)
    assert case.state.answers["location"] == "outside"
    assert decision(case_store, number, "location").state == "confirmed"
    with pytest.raises(NotNow, match="waits for no signature"):
        write(case_store, sign, later(DESK, days=3), flip, Signature(True))
    with case_store.reading() as session:
        assert verify(session).holds
        assert waiting_for_signature(session) == []


def test_signing_that_the_older_decision_stays_needs_a_reason(case_store: CaseStore) -> None:
    number = _confirmed_inside(case_store)
    flip = _flip_of(case_store, number, _street_moved(40))
    with pytest.raises(ReasonNeeded, match="Say why the older decision stays"):
        write(case_store, sign, later(DESK, days=2), flip, Signature(False, why=" "))
    write(case_store, sign, later(DESK, days=2), flip, Signature(False, why="the plat of 1950 governs"))
    assert shown(case_store, number).state.answers["location"] == "inside"
    with case_store.reading() as session:
        assert session.get(Decision, flip).state == "set_aside"  # type: ignore[union-attr]
        assert waiting_for_signature(session) == []
        assert verify(session).holds


def test_a_closed_case_is_listed_as_closed_and_stays_as_it_is(case_store: CaseStore) -> None:
    number = _confirmed_inside(case_store)
    with case_store.session() as session:
        case_named(session, number).status = "closed"
        session.commit()
    found = _recheck(case_store, _desk_over(_street_moved(40)))
    assert {each.case_state for each in found.flips} == {"closed"}


def test_while_a_hearing_is_not_over_a_flip_is_in_appeal(case_store: CaseStore) -> None:
    number = _confirmed_inside(case_store)
    heard = HearingGiven(DESK.today, "Appeal against the notice", notices=())
    hearing = str(write(case_store, set_hearing, DESK, number, heard).made["proceeding"])
    found = _recheck(case_store, _desk_over(_street_moved(40)))
    assert {flip.case_state for flip in found.flips} == {"in appeal"}
    assert _standings(case_store) == {"in appeal"}
    upheld = OutcomeGiven(hearing, "upheld", "nothing new")
    write(case_store, end_hearing, later(DESK, hours=2), number, upheld)
    assert _standings(case_store) == {"open"}


def test_while_charges_rest_a_flip_is_in_appeal(case_store: CaseStore) -> None:
    number = _confirmed_inside(case_store)
    write(case_store, add_charge, DESK, number, ChargeGiven("repair", 125_050, "WO 4711"))
    write(case_store, stay, DESK, number, "appealed on 2 March")
    found = _recheck(case_store, _desk_over(_street_moved(40)))
    assert {flip.case_state for flip in found.flips} == {"in appeal"}
    write(case_store, resume, later(DESK, hours=2), number, "upheld")
    assert _standings(case_store) == {"open"}


def test_a_flip_of_a_case_that_waits_for_an_appeal_says_so(case_store: CaseStore, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    place = Place(xy=(EAST + 150, NORTH + 21), sigma_ft=0.5)
    number = str(write(case_store, open_case, desk, Opening("damages", place)).number)
    go_to(case_store, desk, number, "appeal")
    assert shown(case_store, number).form.step.kind == "wait"  # type: ignore[union-attr]
    mains = next(n for n, part in enumerate(parts_of(town())) if part.description.role == "water_main")
    moved = edited(town(), [Edit("move", mains, row, 300.0, SOUTHWARDS, 0) for row in range(2)])
    found = _recheck(case_store, _desk_over(moved))
    assert "tolerance_zone" in {flip.check for flip in found.flips}
    assert {flip.case_state for flip in found.flips} == {"time for appeal"}
    assert _standings(case_store) == {"time for appeal"}


def test_what_nearly_turns_is_listed_too(case_store: CaseStore) -> None:
    number = _confirmed_inside(case_store, sigma_ft=5.0)
    found = _recheck(case_store, _desk_over(_street_moved(21.6)))
    assert [each for each in found.flips if each.check == "right_of_way"] == []
    (near,) = [each for each in found.near if each.case == number]
    assert "95% are needed" in near.why_near
    with case_store.reading() as session:
        assert [each.decision for each in near_flips(session)] == [near.decision]
        assert verify(session).holds


def test_where_the_older_version_is_gone_everything_is_evaluated(case_store: CaseStore) -> None:
    _confirmed_inside(case_store)
    at_location(case_store, DESK, x=5000, y=5000)
    with case_store.session() as session:
        found = recheck_all(session, _desk_over(_street_moved(40)), lambda _: None)
    assert found.evaluated == found.decisions > 2


def test_a_look_at_everything_finds_what_the_narrow_look_finds(case_store: CaseStore) -> None:
    for x, y in ((50, 30), (150, 58), (420, 62), (800, 20), (5000, 5000)):
        leak(case_store, DESK, x, y, sigma_ft=2.0)
    after = edited(town(), [Edit("move", n, n, 3.0, 1.0 * n, 0) for n in range(len(parts_of(town())))])
    with case_store.session() as session:
        narrow = recheck_all(session, _desk_over(after), _kept(town()).get)
        session.rollback()
        whole = recheck_all(session, _desk_over(after), _kept(town()).get, everything=True)
    assert {(each.number, each.now) for each in narrow.flips} == {(each.number, each.now) for each in whole.flips}
    assert whole.evaluated == whole.decisions


def test_a_new_layer_of_a_role_that_was_missing_is_a_change(case_store: CaseStore) -> None:
    without = town_of([part for part in parts_of(town()) if part.description.role != "right_of_way"])
    desk = replace(DESK, query=without)
    number = at_location(case_store, desk).number
    assert decision(case_store, number, "location").proposed is None
    found = _recheck(case_store, _desk_over(town()), without)
    assert {each.now for each in found.flips if each.check == "right_of_way"} == {"inside"}


def test_each_area_is_in_the_spatial_index_around_its_place(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    with case_store.reading() as session:
        site = shown(case_store, number).site
        areas = session.scalars(select(DecisionArea)).all()
        assert areas
        assert all(area.area is not None and area.area.covers(site.geometry) for area in areas)
    assert case_store.check() == []


def _standings(store: CaseStore) -> set[str]:
    """How the cases stand of which something waits for a signature."""
    with store.reading() as session:
        return {flip.case_state for flip in waiting_for_signature(session)}


def _flip_of(store: CaseStore, number: str, query: LayerQuery) -> str:
    found = _recheck(store, _desk_over(query))
    return next(str(each.new) for each in found.flips if each.case == number and each.check == "right_of_way")
