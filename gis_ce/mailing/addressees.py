"""Who gets a letter: owners and occupants of the properties on a line, each name and address once, nobody dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gis_ce.checks.line_properties import CONFIDENCES, TIES, Confidence, OnLine, Tie
from gis_ce.mailing.parcel_people import Household, People
from gis_ce.mailing.postal import NO_ADDRESS, GivenAddress, Postal, standard_form, standard_name
from gis_ce.owner_names import owner_key
from layers.query import LayerQuery

Kind = Literal["owner", "occupant", "owner_occupant"]
Standing = Literal["mail", "foreign", "incomplete", "no_owner"]
RESIDENT = "CURRENT RESIDENT"


@dataclass(frozen=True, slots=True)
class Why:
    """Why a parcel is on the list: the segment it is tied to, how, how far in feet, and how sure that is."""

    parcel_id: str
    segment: str
    tie: Tie
    distance_ft: float
    confidence: Confidence
    lateral: str | None = None

    @property
    def sentence(self) -> str:
        """The reason in words."""
        how = {
            "high": "by record and drawing",
            "medium": "by record or drawing alone",
            "low": "no lateral is on record",
            "doubtful": "doubtful: look before you rely on it",
        }[self.confidence]
        if self.tie == "lateral":
            return f"Lateral {self.lateral} ({self.distance_ft:,.1f} ft) joins it to {self.segment}; {how}."
        return f"Fronts on {self.segment}, {self.distance_ft:,.1f} ft from its edge; {how}."


@dataclass(frozen=True, slots=True)
class Addressee:
    """One letter, or one address that cannot get one: to whom, where, and the parcels it stands for.

    `standing` says what can be done with it; `place` is the address of the property where that is another one.
    """

    kind: Kind
    name: str
    postal: Postal
    standing: Standing
    why: tuple[Why, ...]
    vacant: bool = False
    remark: str = ""

    @property
    def key(self) -> str:
        """The same for every way to write one name at one address."""
        return f"{owner_key(self.name)}|{self.postal.key}"

    @property
    def parcel_ids(self) -> tuple[str, ...]:
        """The parcels that the letter stands for."""
        return tuple(dict.fromkeys(why.parcel_id for why in self.why))


def addressees(query: LayerQuery, on_line: OnLine, people: Sequence[People]) -> list[Addressee]:
    """Everybody on the line in mail-sort order, those without a usable address last; `people` are of its rows."""
    by_key: dict[str, Addressee] = {}
    for row, of_parcel in enumerate(people):
        why = _why(query, on_line, row)
        for each in _of_parcel(of_parcel, why):
            key = each.key if each.standing == "mail" else f"{each.standing}|{each.key}|{'' if each.name else row}"
            known = by_key.get(key)
            by_key[key] = each if known is None else _joined(known, each)
    return sorted(by_key.values(), key=_order)


def _order(each: Addressee) -> tuple[bool, object, str, str]:
    return each.standing != "mail", each.postal.sort_key, each.name, each.parcel_ids[0]


def _joined(one: Addressee, other: Addressee) -> Addressee:
    kind: Kind = one.kind if one.kind == other.kind else "owner_occupant"
    return replace(one, kind=kind, why=tuple(dict.fromkeys((*one.why, *other.why))), vacant=one.vacant and other.vacant)


def _why(query: LayerQuery, on_line: OnLine, row: int) -> Why:
    parcels, mains = query.features("parcel"), query.features("sewer_main")
    lateral = int(on_line.lateral[row])
    return Why(
        str(parcels.texts("parcel_id")[on_line.parcel[row]] or parcels.ids[on_line.parcel[row]]),
        str(mains.texts("facility_id")[on_line.segment[row]] or mains.ids[on_line.segment[row]]),
        TIES[int(on_line.tie[row])],
        round(float(on_line.distance_ft[row]), 2),
        CONFIDENCES[int(on_line.confidence[row])],
        str(query.features("lateral").ids[lateral]) if lateral >= 0 else None,
    )


def _of_parcel(people: People, why: Why) -> list[Addressee]:
    owner = _owner(people, why)
    lives_there = owner.postal.delivery if owner.standing == "mail" else None
    occupants = [_occupant(home, why) for home in people.homes if home.postal.delivery != lives_there]
    if len(occupants) < len(people.homes):
        owner = replace(owner, kind="owner_occupant")
    return [owner, *occupants]


def _owner(people: People, why: Why) -> Addressee:
    name = standard_name(people.owner)
    postal = standard_form(people.owner_address)
    if not name:
        said = f"no owner is on record{f' for {people.situs}' if people.situs else ''}"
        return Addressee("owner", "", postal, "no_owner", (why,), people.vacant, said)
    return Addressee("owner", name, postal, _standing(postal), (why,), people.vacant, postal.problem)


def _occupant(home: Household, why: Why) -> Addressee:
    name = standard_name(home.name) or RESIDENT
    return Addressee("occupant", name, home.postal, _standing(home.postal), (why,), remark=home.postal.problem)


def _standing(postal: Postal) -> Standing:
    standings: Mapping[str, Standing] = {"domestic": "mail", "foreign": "foreign", "incomplete": "incomplete"}
    return standings[postal.standing]


def by_hand(name: str, address: GivenAddress) -> Addressee:
    """Somebody that a person adds to a list."""
    postal = standard_form(address) if any((address.address, address.city, address.zip_code)) else NO_ADDRESS
    return Addressee("owner", standard_name(name), postal, _standing(postal), (), remark=postal.problem)
