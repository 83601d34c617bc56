"""Easement layers of the town: recorded by deed, and modelled from the mains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from layers.demo_town import texts
from layers.demo_town.drawing import Rows
from layers.demo_town.land import Layer, Parcels
from layers.demo_town.placing import Ground, place_layer
from layers.demo_town.plan import Plan
from layers.demo_town.sewer import Sewer
from layers.demo_town.warts import some
from layers.demo_town.water import Water
from layers.grid import Geometries


@dataclass(frozen=True, slots=True)
class Recorded:
    """Recorded easements with the parcel rows they burden, deed books and pages."""

    geometry: Geometries
    parcel: Rows
    book: pa.Array
    page: pa.Array
    columns: dict[str, pa.Array]


def recorded_easements(plan: Plan, ground: Ground, parcels: Parcels, sewer: Sewer) -> Recorded:
    """Easements found in deeds; a few lack their book and page, a few name no main."""
    drawing = place_layer(plan, ground, "easement_recorded")
    rng = np.random.default_rng([plan.seed, 60])
    count, place = len(drawing), drawing.rows("place")
    parcel = plan.starts("parcel")[place] + drawing.rows("parcel")
    main = plan.starts("sewer_main")[place] + drawing.rows("main")
    lost = some(rng, count, 0.05)
    book = texts.blanked(texts.number_text(rng.integers(400, 1900, count)), lost)
    page = texts.blanked(texts.number_text(rng.integers(1, 990, count)), lost)
    columns = {
        "EASE_ID": texts.serial("ER-", np.arange(1, count + 1)),
        "BASIS": pa.array(["deed"] * count, pa.string()),
        "BOOK": book,
        "PAGE": page,
        "UTILITY": pa.array(["sewer"] * count, pa.string()),
        "MAIN_ID": texts.blanked(sewer.ids.take(pa.array(main)), some(rng, count, 0.08)),
        "PARCEL_ID": parcels.ids.take(pa.array(parcel)),
        "WIDTH_FT": pa.array(drawing.numbers("width")),
    }
    return Recorded(drawing.geometry, parcel, book, page, columns)


def modelled_easement_layer(plan: Plan, ground: Ground, parcels: Parcels, mains: tuple[Water, Sewer]) -> Layer:
    """Strips along the mains where they cross parcels; nobody recorded them."""
    water, sewer = mains
    drawing = place_layer(plan, ground, "easement_modelled")
    place, is_water = drawing.rows("place"), drawing.columns["is_water"].astype(bool)
    keep = ~(is_water & plan.is_dry[place])
    drawing, place, is_water = drawing.take(keep), place[keep], is_water[keep]
    parcel = plan.starts("parcel")[place] + drawing.rows("parcel")
    ids = texts.either(
        is_water,
        _main_ids(plan, water.ids, "water_main", place, drawing.rows("main"), is_water),
        _main_ids(plan, sewer.ids, "sewer_main", place, drawing.rows("main"), ~is_water),
    )
    count = len(drawing)
    return drawing.geometry, {
        "EASE_ID": texts.serial("EM-", np.arange(1, count + 1)),
        "BASIS": pa.array(["modelled"] * count, pa.string()),
        "UTILITY": texts.either(is_water, "water", "sewer"),
        "MAIN_ID": ids,
        "PARCEL_ID": parcels.ids.take(pa.array(parcel)),
        "WIDTH_FT": pa.array(drawing.numbers("width")),
    }  # fmt: skip


def _main_ids(
    plan: Plan, ids: pa.Array, layer: str, place: Rows, local: Rows, wanted: npt.NDArray[np.bool_]
) -> pa.Array:
    rows = np.where(wanted, plan.starts(layer)[place] + local, 0)
    return ids.take(pa.array(rows))
