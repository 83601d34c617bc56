"""Reference tables without geometry: deeds, permits, work orders."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from layers.demo_town import texts
from layers.demo_town.land import Parcels
from layers.demo_town.plan import Plan
from layers.demo_town.rights import Recorded
from layers.demo_town.sewer import Sewer
from layers.demo_town.tickets import TODAY
from layers.demo_town.water import Water, days_in

_PERMITS = ("building", "plumbing", "connection", "encroachment", "fence", "demolition")
_ORDERS = ("leak", "hydrant inspection", "main repair", "blockage", "meter change", "locate", "manhole repair")


def deed_table(plan: Plan, parcels: Parcels, recorded: Recorded) -> dict[str, pa.Array]:
    """Deeds of easements, with the easements' book and page, then deeds of sale."""
    rng = np.random.default_rng([plan.seed, 80])
    sold = np.flatnonzero(rng.random(len(parcels.ids)) < 0.25)
    count = len(recorded.parcel) + len(sold)
    kind = texts.picked(["warranty", "quitclaim", "plat"], rng.choice(3, len(sold), p=[0.8, 0.14, 0.06]))
    books = texts.number_text(rng.integers(300, 1990, len(sold)))
    pages = texts.number_text(rng.integers(1, 990, len(sold)))
    return {
        "deed_id": texts.serial("D", np.arange(1, count + 1)),
        "parcel_id": parcels.ids.take(pa.array(np.concatenate([recorded.parcel, sold]))),
        "book": pa.concat_arrays([recorded.book, books]),
        "page": pa.concat_arrays([recorded.page, pages]),
        "kind": pa.concat_arrays([pa.array(["easement"] * len(recorded.parcel), pa.string()), kind]),
        "recorded_on": texts.days(days_in(rng, rng.integers(1952, 2026, count))),
    }


def permit_table(plan: Plan, parcels: Parcels) -> dict[str, pa.Array]:
    """Permits of the last years."""
    rng = np.random.default_rng([plan.seed, 81])
    rows = np.flatnonzero(rng.random(len(parcels.ids)) < 0.06)
    count = len(rows)
    return {
        "permit_number": texts.serial("PRM", np.arange(1, count + 1)),
        "parcel_id": parcels.ids.take(pa.array(rows)),
        "kind": texts.picked(_PERMITS, rng.choice(len(_PERMITS), count, p=[0.3, 0.24, 0.2, 0.06, 0.16, 0.04])),
        "status": texts.picked(["issued", "final", "expired"], rng.choice(3, count, p=[0.3, 0.6, 0.1])),
        "issued_on": texts.days(TODAY - rng.integers(1, 4000, count).astype("timedelta64[D]")),
    }


def work_order_table(plan: Plan, parcels: Parcels, water: Water, sewer: Sewer) -> dict[str, pa.Array]:
    """Work orders by facility; some name a parcel instead."""
    rng = np.random.default_rng([plan.seed, 82])
    facilities = pa.concat_arrays([water.ids.filter(pa.array(water.is_laid)), sewer.ids, sewer.nodes])
    count = max(20, len(facilities) // 12)
    at_parcel = rng.random(count) < 0.3
    opened = TODAY - rng.integers(1, 1500, count).astype("timedelta64[D]")
    is_open = rng.random(count) < 0.12
    closed = np.minimum(opened + rng.integers(0, 40, count).astype("timedelta64[D]"), TODAY)
    return {
        "work_order_id": texts.serial("WO", np.arange(1, count + 1)),
        "facility_id": texts.blanked(facilities.take(pa.array(rng.integers(0, len(facilities), count))), at_parcel),
        "parcel_id": texts.blanked(parcels.ids.take(pa.array(rng.integers(0, len(parcels.ids), count))), ~at_parcel),
        "kind": texts.picked(_ORDERS, rng.integers(0, len(_ORDERS), count)),
        "status": texts.either(is_open, "open", "closed"),
        "opened_on": texts.days(opened),
        "closed_on": texts.days(closed, is_open),
    }
