"""House connections, meters and the accounts behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely

from layers.demo_town import texts
from layers.demo_town.drawing import Drawing, Rows
from layers.demo_town.land import Layer, Parcels
from layers.demo_town.placing import Ground, place_layer
from layers.demo_town.plan import Plan
from layers.demo_town.sewer import Sewer
from layers.demo_town.warts import doubled, some
from layers.demo_town.water import Water, eras, laid_only
from layers.grid import Geometries

_FARTHEST_FT = 130.0


@dataclass(frozen=True, slots=True)
class Services:
    """Where each customer is: meters in their places, parcels as rows, account ids."""

    meters: Drawing
    parcel: Rows
    accounts: pa.Array


def draw_services(plan: Plan, ground: Ground) -> Services:
    """One customer for each built lot."""
    meters = place_layer(plan, ground, "meter")
    parcel = plan.starts("parcel")[meters.rows("place")] + meters.rows("parcel")
    return Services(meters, parcel, texts.serial("ACC", np.arange(1, len(meters) + 1), 8))


def meter_layer(plan: Plan, parcels: Parcels, services: Services) -> Layer:
    """Meters at the property line."""
    rng = np.random.default_rng([plan.seed, 50])
    count = len(services.meters)
    sizes = np.array([0.625, 0.75, 1.0, 2.0])[rng.choice(4, count, p=[0.72, 0.15, 0.1, 0.03])]
    columns = {
        "FACILITYID": texts.serial("M-", doubled(rng, np.arange(1, count + 1), 0.001)),
        "STATUS": texts.either(rng.random(count) < 0.97, "ACT", "ABN"),
        "ACCOUNT": texts.blanked(services.accounts, some(rng, count, 0.01)),
        "PARCEL_ID": parcels.ids.take(pa.array(services.parcel)),
        "SIZE_IN": pa.array(sizes),
    }
    return laid_only(~plan.is_dry[services.meters.rows("place")], services.meters.geometry, columns)


def lateral_layer(
    plan: Plan, ground: Ground, parcels: Parcels, mains: tuple[Water, Sewer], services: Services
) -> Layer:
    """Water and sewer connections, each from its main; older parts of town have few on record."""
    water, sewer = mains
    rng = np.random.default_rng([plan.seed, 51])
    cleanouts = place_layer(plan, ground, "cleanout")
    place = services.meters.rows("place")
    tap = _mains_of(plan, services.meters, "water_main", water.mains, water.mains.columns["use"] == "distribution")
    drain = _mains_of(plan, cleanouts, "sewer_main", sewer.mains, sewer.mains.columns["kind"] == "gravity")
    known = np.where(eras(plan, place) < 1960, 0.12, 0.45)
    has_water = (rng.random(len(place)) < known) & ~plan.is_dry[place]
    has_sewer = rng.random(len(place)) < known
    water_lines, water_near = _connected(water.mains.geometry[tap], services.meters.geometry)
    sewer_lines, sewer_near = _connected(sewer.mains.geometry[drain], cleanouts.geometry)
    keep = np.concatenate([has_water & water_near, has_sewer & sewer_near])
    row = np.tile(np.arange(len(place)), 2)
    main_ids = pa.concat_arrays([water.ids.take(pa.array(tap)), sewer.ids.take(pa.array(drain))])
    is_sewer = np.repeat([False, True], len(place))
    columns = {
        "FACILITYID": texts.serial("LAT-", np.arange(1, len(row) + 1)),
        "STATUS": texts.either(rng.random(len(row)) < 0.98, "ACT", "ABN"),
        "SERVICE": texts.either(is_sewer, "sewer", "water"),
        "MAIN_ID": main_ids,
        "ACCOUNT": services.accounts.take(pa.array(row)),
        "PARCEL_ID": parcels.ids.take(pa.array(services.parcel[row])),
        "DIAMETER": texts.numbers_with_gaps(np.where(is_sewer, 4.0, 1.0), rng.random(len(row)) < 0.1),
    }
    return laid_only(keep, np.concatenate([water_lines, sewer_lines]), columns)


def _mains_of(plan: Plan, points: Drawing, layer: str, mains: Drawing, usable: np.ndarray) -> Rows:
    """The main of each point: the one drawn for it, or the nearest usable one in an arterial."""
    local = points.rows("main")
    rows = plan.starts(layer)[points.rows("place")] + local
    far = np.flatnonzero(local < 0)
    if len(far):
        arterial = np.flatnonzero((mains.rows("place") < 0) & usable)
        rows[far] = arterial[shapely.STRtree(mains.geometry[arterial]).nearest(points.geometry[far])]
    return rows


def _connected(mains: Geometries, points: Geometries) -> tuple[Geometries, np.ndarray]:
    """A line from each main's nearest place to its point, and whether it is short enough to be true."""
    foot = shapely.line_interpolate_point(mains, shapely.line_locate_point(mains, points))
    pairs = np.stack([shapely.get_coordinates(foot), shapely.get_coordinates(points)], axis=1)
    length = np.hypot(*(pairs[:, 1] - pairs[:, 0]).T)
    return np.asarray(shapely.linestrings(pairs), dtype=object), (length > 0.5) & (length < _FARTHEST_FT)


def account_table(plan: Plan, parcels: Parcels, services: Services) -> dict[str, pa.Array]:
    """Accounts: mostly the owner, else a tenant; bills go to the owner's mailing address or to the house."""
    rng = np.random.default_rng([plan.seed, 52])
    count = len(services.parcel)
    rows = pa.array(services.parcel)
    is_tenant = rng.random(count) < 0.25
    is_dry = plan.is_dry[services.meters.rows("place")]
    mailing = {name: column.take(rows) for name, column in parcels.mailing.items()}
    name = texts.either(is_tenant, texts.people(rng, count), parcels.owner.take(rows))
    return {
        "account_id": services.accounts,
        "parcel_id": parcels.ids.take(rows),
        "name": name,
        "service": texts.either(is_dry, "sewer", "water and sewer"),
        "status": texts.picked(["active", "closed", "delinquent"], rng.choice(3, count, p=[0.9, 0.07, 0.03])),
        "kind": _account_kinds(plan, count),
        "mail_name": name,
        "mail_address": texts.either(is_tenant, parcels.situs.take(rows), mailing["MAILADDR"]),
        "mail_city": texts.either(is_tenant, "DEMO TOWN", mailing["MAILCITY"]),
        "mail_state": texts.either(is_tenant, "NC", mailing["MAILSTATE"]),
        "mail_zip": texts.either(is_tenant, "00001", mailing["MAILZIP"]),
    }


def _account_kinds(plan: Plan, count: int) -> pa.Array:
    """What accounts are for: homes, shops and firms, and a few that serve food."""
    rng = np.random.default_rng([plan.seed, 53])
    return texts.picked(["residential", "commercial", "food service"], rng.choice(3, count, p=[0.9, 0.08, 0.02]))
