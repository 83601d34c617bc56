"""Who is on a parcel by the tax roll, the address points and the accounts: its owner, and each home on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from gis_ce.address_parts import parts_of
from gis_ce.mailing.postal import GivenAddress, Postal, standard_form
from layers.features import Features, Rows
from layers.query import LayerQuery
from layers.reference import ReferenceTables, matching

_NO_HOUSE = ("", "0")


@dataclass(frozen=True, slots=True)
class Household:
    """One address on a parcel, and who has the account there; None where nobody is known."""

    postal: Postal
    name: str | None


@dataclass(frozen=True, slots=True)
class People:
    """One parcel: its owner with the mailing address, its own address, and the homes on it; none where it is vacant."""

    owner: str | None
    owner_address: GivenAddress
    situs: str | None
    homes: tuple[Household, ...]
    vacant: bool


@dataclass(frozen=True, slots=True)
class Town:
    """City, state and ZIP code of addresses in the town, where neither parcel nor neighbour says them."""

    city: str | None = None
    state: str | None = None
    zip_code: str | None = None


@dataclass(frozen=True, slots=True)
class _Account:
    name: str | None
    delivery: str
    given: GivenAddress


def people_on(query: LayerQuery, tables: ReferenceTables | None, parcels: Rows, town: Town) -> list[People]:
    """The owner and the homes of each parcel (rows), in their order; layers that are missing add nothing."""
    land = query.features("parcel")
    addresses, accounts = _addresses(query, parcels), _accounts(tables, land, parcels)
    built = _built(query, parcels)
    owners = [_mail_of(land, row) for row in parcels.tolist()]
    situs = [land.texts("situs_address")[row] for row in parcels.tolist()]
    regions = _regions(land, parcels, owners, situs, accounts, town)
    names = land.texts("owner_name"), land.texts("mail_name")
    found = []
    for at, row in enumerate(parcels.tolist()):
        written = addresses[at] or [text for text in (situs[at],) if _has_house(text) and (built[at] or accounts[at])]
        homes = tuple(_homes(written, accounts[at], regions[at]))
        found.append(People(names[0][row] or names[1][row], owners[at], situs[at], homes, not homes))
    return found


def _mail_of(features: Features, row: int) -> GivenAddress:
    return GivenAddress(*(features.texts(f"mail_{part}")[row] for part in ("address", "city", "state", "zip")))


def _has_house(address: str | None) -> bool:
    return bool(address) and parts_of(address or "").number not in _NO_HOUSE


def _addresses(query: LayerQuery, parcels: Rows) -> list[list[str]]:
    """The addresses that lie on each parcel; one that lies on no land belongs to the parcel that it names."""
    found: list[list[str]] = [[] for _ in parcels]
    if not query.has("address"):
        return found
    land, points = query.features("parcel"), query.features("address")
    inside = query.intersecting("address", land.geometry[parcels])
    pairs = list(zip(inside.place.tolist(), inside.feature.tolist(), strict=True))
    named = matching(points, "parcel_id", land.texts("parcel_id")[parcels])
    astray = ~np.isin(np.arange(len(named)), query.intersecting("parcel", points.geometry[named.feature]).place)
    pairs += list(zip(named.key[astray].tolist(), named.feature[astray].tolist(), strict=True))
    for at, row in pairs:
        text, unit = points.texts("full_address")[row], points.texts("unit")[row]
        if _has_house(text):
            found[at].append(_with_unit(str(text), unit))
    return [sorted(set(texts)) for texts in found]


def _with_unit(address: str, unit: str | None) -> str:
    known = parts_of(address)
    return f"{address} UNIT {unit}" if unit and not known.unit else address


def _accounts(tables: ReferenceTables | None, land: Features, parcels: Rows) -> list[list[_Account]]:
    found: list[list[_Account]] = [[] for _ in parcels]
    if tables is None or not tables.has("account"):
        return found
    table = tables.table("account")
    matches = matching(table, "parcel_id", land.texts("parcel_id")[parcels])
    for at, row in zip(matches.key.tolist(), matches.feature.tolist(), strict=True):
        if (table.texts("status")[row] or "").lower() not in ("closed", "inactive"):
            given = _mail_of(table, row)
            name = table.texts("name")[row] or table.texts("mail_name")[row]
            found[at].append(_Account(name, standard_form(given).delivery, given))
    return found


def _built(query: LayerQuery, parcels: Rows) -> list[bool]:
    """Whether a building stands on each parcel; without such a layer an address point would tell of one."""
    if not query.has("building"):
        return [not query.has("address")] * len(parcels)
    shapes = query.features("parcel").geometry[parcels]
    inner = shapely.buffer(shapes, -1.0)
    met = query.intersecting("building", inner)
    built: list[bool] = np.isin(np.arange(len(parcels)), met.place).tolist()
    return built


def _homes(written: Iterable[str], accounts: Sequence[_Account], region: Town) -> Iterable[Household]:
    forms = {form.delivery: form for text in written if (form := _form(text, region)).delivery}
    by_delivery = {account.delivery: account for account in accounts}
    alone = accounts[0].name if len(accounts) == 1 and len(forms) == 1 else None
    for delivery, form in sorted(forms.items()):
        known = by_delivery.get(delivery)
        yield Household(form, known.name if known is not None else alone)


def _form(address: str, region: Town) -> Postal:
    return standard_form(GivenAddress(address, region.city, region.state, region.zip_code))


def _regions(
    land: Features,
    parcels: Rows,
    owners: Sequence[GivenAddress],
    situs: Sequence[str | None],
    accounts: Sequence[Sequence[_Account]],
    town: Town,
) -> list[Town]:
    """City, state and ZIP code of each parcel's own address: as who lives there writes them, else as the city's
    file says, else as the nearest parcel on the list whose owner lives there."""
    own = [_region(owner, of, written) for owner, of, written in zip(owners, accounts, situs, strict=True)]
    if town.zip_code is not None:
        return [region or town for region in own]
    known = [at for at, region in enumerate(own) if region is not None]
    if not known:
        return [town] * len(own)
    centres = shapely.centroid(land.geometry[parcels])
    nearest = shapely.STRtree(centres[known]).nearest(centres)
    return [region or own[known[int(near)]] or town for region, near in zip(own, nearest, strict=True)]


def _region(owner: GivenAddress, accounts: Sequence[_Account], situs: str | None) -> Town | None:
    here = standard_form(GivenAddress(situs)).delivery if situs else ""
    for given in (owner, *(account.given for account in accounts)):
        form = standard_form(given)
        if here and form.delivery == here and form.standing == "domestic":
            return Town(form.city, form.state, form.zip5)
    return None


def town_of(table: Mapping[str, object]) -> Town:
    """City, state and ZIP code that a city's file gives for addresses in it."""
    return replace(Town(), **{name: str(table[name]) for name in ("city", "state", "zip_code") if name in table})
