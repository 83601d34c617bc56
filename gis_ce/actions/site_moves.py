"""The place of a case, put right: history, checks run again, and decided answers to be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, refuse_stranger, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.details import details_given
from gis_ce.actions.histories import tell_change
from gis_ce.actions.opening import put_place
from gis_ce.actions.photo_distances import measure_photos
from gis_ce.actions.placing import Place, Placed, on_the_grid, place_asked, placed
from gis_ce.actions.proposals import decisions_of
from gis_ce.actions.rechecks import proposals_made, recheck, reviews_made
from gis_ce.actions.suggestions import DoubtfulField, doubtful_fields
from gis_ce.errors import CaseRefused, NotNow
from gis_ce.process_engine import reason_given
from gis_ce.tables import Json, SiteMove


def move_site(
    session: Session, desk: Desk, case: str, place: Place, why: str, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Puts the place of a case right. Every check that rests on it is run again; older proposals are stale.

    `made["to_review"]` lists the answers that were decided on the old place, with what the map says of the
    new one: `review` confirms or corrects each. A letter, hand-over or end waits for those that no longer
    hold. `made["fields_to_review"]` lists noted values that the map had suggested for the old place.
    Raises PlaceRefused, PlaceUnknown, NotNow on a closed case, StepRefused without a reason.
    """

    def act() -> Done:
        hand = take(session, desk, case, seen)
        reason = reason_given(why)
        refuse_move(desk, hand)
        where = placed(desk, place, hand.case.event_on)
        _move(session, desk, hand, where, reason)
        measure_photos(session, desk, hand.case, hand.site)
        return _rechecked(session, desk, hand, anew=True, located=where.said, address=hand.site.address)

    asked = {"case": case, "place": place_asked(place), "why": why, "seen": seen}
    return carried_out(session, desk, "move_site", asked, key, act)


def describe_site(
    session: Session,
    desk: Desk,
    case: str,
    structure: BaseGeometry | None = None,
    details: Mapping[str, Any] | None = None,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Notes what stands at the place (a shape on the grid in feet) and further details; None takes a detail away.

    Checks that say something else with it are run again, as when the place moves. Raises CaseRefused,
    PlaceRefused, NotNow on a closed case.
    """
    given = dict(details or {})

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_move(desk, hand)
        _describe(session, desk, hand, structure, given)
        return _rechecked(session, desk, hand, anew=False)

    asked = {"case": case, "structure": structure, "details": given, "seen": seen}
    return carried_out(session, desk, "describe_site", asked, key, act)


def ask_map_again(session: Session, desk: Desk, case: str, *, seen: int | None = None, key: str | None = None) -> Done:
    """Asks the map again by today's layers and rules; what it says as before stays. Raises NotNow on a closed case."""

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_move(desk, hand)
        tell_change(session, hand.case, desk.act, "asked_again", "the map was asked again")
        return _rechecked(session, desk, hand, anew=False)

    return carried_out(session, desk, "ask_map_again", {"case": case, "seen": seen}, key, act)


def refuse_move(desk: Desk, hand: Hand) -> None:
    """Raises NotYourLane for who acts in no lane of the case, NotNow where it is closed."""
    refuse_stranger(hand.process, desk.actor)
    if hand.state.closed:
        raise NotNow(f"{hand.case.number} is closed; reopen it first.")


def _move(session: Session, desk: Desk, hand: Hand, where: Placed, reason: str) -> None:
    site, before = hand.site, hand.site.geometry
    address, parcel = site.address, site.parcel_id
    put_place(site, where)
    if site.address is None and parcel is not None and site.parcel_id == parcel:
        site.address = address
    site.revision += 1
    session.add(
        SiteMove(
            case_id=hand.case.id,
            at=desk.now,
            by=desk.actor.name,
            from_geometry=before,
            to_geometry=where.geometry,
            how=where.how,
            sigma_ft=where.sigma_ft,
            reason=reason,
        )
    )
    far = f" by {before.distance(where.geometry):,.1f} ft" if before is not None else ""
    text = f"the place was moved{far} ({where.said}): {reason}"
    tell_change(session, hand.case, desk.act, "moved", text, revision=site.revision, why=reason)


def _describe(
    session: Session, desk: Desk, hand: Hand, structure: BaseGeometry | None, given: Mapping[str, Any]
) -> None:
    kept, before = details_given(given), dict(hand.site.details)
    if structure is None and not given:
        raise CaseRefused("Nothing was given: a structure, or details of the place.")
    if structure is not None:
        hand.site.structure = on_the_grid(structure)
    hand.site.details = {name: value for name, value in (before | kept).items() if given.get(name, value) is not None}
    named = [*(["structure"] if structure is not None else []), *given]
    text = f"noted of the place: {', '.join(named).replace('_', ' ')}"
    old = {name: before.get(name) for name in given}
    tell_change(session, hand.case, desk.act, "described", text, details=kept, before=old)


def _rechecked(session: Session, desk: Desk, hand: Hand, *, anew: bool, **more: Any) -> Done:
    reviews = reviews_made(recheck(session, desk, hand, anew=anew))
    proposals = proposals_made(session, hand)
    doubtful = [_field_made(each) for each in doubtful_fields(hand, decisions_of(session, hand.case.id))]
    more |= {"revision": hand.site.revision, "to_review": reviews, "fields_to_review": doubtful, "proposals": proposals}
    return done(session, hand.case, **more)


def _field_made(doubtful: DoubtfulField) -> Json:
    return {"field": doubtful.field.name, "noted": doubtful.noted, "suggested": doubtful.suggestion.value}
