"""Land layers of the town: parcels, right of way, limits, streets, buildings, addresses, water bodies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from layers.demo_town import texts, words
from layers.demo_town.arterials import arterial_streets, stretched
from layers.demo_town.drawing import Drawing, Rows
from layers.demo_town.kinds import KINDS, SIDE_FT, STRIP_FT
from layers.demo_town.placing import Ground, on_board, place_layer
from layers.demo_town.plan import Plan
from layers.demo_town.tile import ARTERIAL, NO_STREET
from layers.demo_town.warts import some, strayed, with_bad_rings, with_slivers
from layers.grid import Geometries

Layer = tuple[Geometries, dict[str, pa.Array]]


@dataclass(frozen=True, slots=True)
class Parcels:
    """The parcels in their exact place, with what other subjects need to know of them."""

    drawing: Drawing
    ids: pa.Array
    situs: pa.Array
    owner: pa.Array
    mailing: dict[str, pa.Array]
    street: pa.Array


def draw_parcels(plan: Plan, ground: Ground) -> Parcels:
    """All parcels, with addresses and owners."""
    drawing = place_layer(plan, ground, "parcel")
    rng = np.random.default_rng([plan.seed, 20])
    count = len(drawing)
    street = _street_of(plan, drawing)
    number = np.where(drawing.columns["is_built"], _house_number(plan, drawing), 0)
    situs = texts.spaced(texts.number_text(number), street)
    owner = _owners(rng, drawing)
    return Parcels(
        drawing, texts.serial("P", np.arange(1, count + 1)), situs, owner, _mailing(rng, drawing, situs, owner), street
    )


def parcel_layer(plan: Plan, parcels: Parcels) -> Layer:
    """The parcels as their keeper publishes them: with slivers and a few invalid rings."""
    rng = np.random.default_rng([plan.seed, 21])
    geometry = with_slivers(rng, parcels.drawing.geometry, 0.002)
    geometry = with_bad_rings(rng, geometry, 2 + len(geometry) // 8000)
    kind = np.array([list(KINDS).index(tile.kind) if tile.kind in KINDS else len(KINDS) for tile in plan.tiles])
    zoning = texts.picked([*(k.zoning for k in KINDS.values()), "OS"], kind[plan.tile][parcels.drawing.rows("place")])
    columns = {
        "PARCEL_ID": parcels.ids,
        "PIN": _pins(parcels.drawing.geometry),
        "SITUS": parcels.situs,
        "OWNER": parcels.owner,
        "ZONING": zoning,
        **parcels.mailing,
    }
    return geometry, columns


def _street_of(plan: Plan, parcels: Drawing) -> pa.Array:
    """The street each parcel faces; open space goes by its nearest arterial."""
    place, street = parcels.rows("place"), parcels.rows("street")
    counts = np.array([tile.street_count for tile in plan.tiles])[plan.tile]
    start = np.cumsum(counts) - counts
    side = turned_side(plan, place, parcels.rows("side"))
    line = np.where(side % 2 == 0, plan.row[place] + (side == 2), len(plan.y) + plan.column[place] + (side == 1))
    local = texts.street_names(np.maximum(start[place] + street, 0), plan.seed)
    return texts.either(street >= 0, local, texts.arterial_names(line))


def turned_side(plan: Plan, place: Rows, side: Rows) -> Rows:
    """The side of a neighbourhood after mirroring: 0 south, 1 east, 2 north, 3 west."""
    side = np.where((side % 2 == 0) & plan.flip_y[place], 2 - side, side)
    return np.where((side % 2 == 1) & plan.flip_x[place], 4 - side, side)


def _house_number(plan: Plan, parcels: Drawing) -> Rows:
    """Numbers along a local street as drawn; along an arterial by distance across the town."""
    place = parcels.rows("place")
    front = np.column_stack([parcels.numbers("front_x"), parcels.numbers("front_y")])
    board = on_board(plan, place, front[:, None, :])[:, 0, :]
    side = turned_side(plan, place, parcels.rows("side"))
    along = np.where(side % 2 == 0, board[:, 0], board[:, 1])
    by_distance = 1000 + 2 * (along // 12).astype(np.intp) + (side >= 2)
    return np.where(parcels.rows("street") == ARTERIAL, by_distance, parcels.rows("number"))


def _owners(rng: np.random.Generator, parcels: Drawing) -> pa.Array:
    count = len(parcels)
    is_open = parcels.rows("street") == NO_STREET
    draw = rng.random(count)
    person = texts.people(rng, count)
    pair = texts.spaced(person, "&", texts.picked(words.GIVEN, rng.integers(0, len(words.GIVEN), count)))
    company = texts.companies(rng, count)
    town = texts.picked(words.TOWN_SPELLINGS, rng.choice(len(words.TOWN_SPELLINGS), count, p=[0.6, 0.2, 0.12, 0.08]))
    private = texts.either(draw < 0.5, person, texts.either(draw < 0.86, pair, company))
    return texts.either((is_open & (draw < 0.75)) | (draw > 0.995), town, private)


def _mailing(rng: np.random.Generator, parcels: Drawing, situs: pa.Array, owner: pa.Array) -> dict[str, pa.Array]:
    """Where the owner gets mail; most live on the parcel, the rest far off. No such town or code exists."""
    count = len(parcels)
    away = (rng.random(count) < 0.2) | ~parcels.columns["is_built"].astype(bool)
    box = texts.spaced("PO BOX", texts.number_text(rng.integers(10, 9999, count)))
    missing = some(rng, count, 0.004, at_least=1)
    return {
        "MAILNAME": owner,
        "MAILADDR": texts.blanked(texts.either(away, box, situs), missing),
        "MAILCITY": texts.blanked(texts.either(away, "NOWHERE", "DEMO TOWN"), missing),
        "MAILSTATE": texts.either(rng.random(count) < 0.93, "NC", "ZZ"),
        "MAILZIP": texts.either(away, "00002", "00001"),
    }


def _pins(parcels: Geometries) -> pa.Array:
    centre = shapely.get_coordinates(shapely.centroid(parcels)).astype(np.int64) // 10
    return texts.serial("", (centre[:, 0] % 100_000) * 100_000 + centre[:, 1] % 100_000, 10)


def right_of_way_layer(plan: Plan, ground: Ground) -> Layer:
    """All that is no parcel within the limits, as connected surfaces."""
    placed = place_layer(plan, ground, "right_of_way")
    inside = placed.geometry[~plan.is_outside[placed.rows("place")]]
    surfaces = shapely.get_parts(shapely.coverage_union_all(inside))
    ids = texts.serial("RW", np.arange(1, len(surfaces) + 1), 4)
    return np.asarray(surfaces, dtype=object), {"ROW_ID": ids, "STREET": pa.nulls(len(surfaces), pa.string())}


def limits_layer(plan: Plan, ground: Ground) -> Layer:
    """The town's limits."""
    outlines = []
    for place in np.flatnonzero(~plan.is_outside).tolist():
        width = STRIP_FT if plan.is_creek[place] else SIDE_FT
        corners = plan.origin[place] + np.array([(0, 0), (width, 0), (width, SIDE_FT), (0, SIDE_FT), (0, 0)])
        points, _ = stretched(corners[:-1], corners[1:])
        outlines.append(shapely.polygons(ground.place(points)))
    town = shapely.coverage_union_all(np.array(outlines, dtype=object))
    whole: Geometries = np.array([town], dtype=object)
    return whole, {"NAME": pa.array(["Demo Town"]), "KIND": pa.array(["town limits"])}


def street_layer(plan: Plan, ground: Ground) -> Layer:
    """Centre lines of local streets, then of arterials."""
    rng = np.random.default_rng([plan.seed, 22])
    local, arterial = place_layer(plan, ground, "street"), arterial_streets(plan, ground)
    counts = np.array([tile.street_count for tile in plan.tiles])[plan.tile]
    number = (np.cumsum(counts) - counts)[local.rows("place")] + local.rows("street")
    names = pa.concat_arrays([texts.street_names(number, plan.seed), texts.arterial_names(arterial.rows("line"))])
    private = local.columns["is_dead_end"].astype(bool) & (rng.random(len(local)) < 0.05)
    owner = pa.concat_arrays([texts.either(private, "private", "city"), pa.array(["state"] * len(arterial))])
    geometry = np.concatenate([local.geometry, arterial.geometry])
    return geometry, {"STREET_ID": texts.serial("ST", np.arange(1, len(geometry) + 1)), "NAME": names, "OWNER": owner}


def building_layer(plan: Plan, ground: Ground, parcels: Parcels) -> Layer:
    """Houses and sheds, a few drawn with a bad ring."""
    drawing = place_layer(plan, ground, "building")
    rng = np.random.default_rng([plan.seed, 23])
    parcel = plan.starts("parcel")[drawing.rows("place")] + drawing.rows("parcel")
    kind = texts.either(drawing.columns["is_shed"].astype(bool), "shed", "house")
    columns = {
        "BLDG_ID": texts.serial("B", np.arange(1, len(drawing) + 1)),
        "KIND": kind,
        "PARCEL_ID": parcels.ids.take(pa.array(parcel)),
    }
    return with_bad_rings(rng, drawing.geometry, 1 + len(drawing) // 20000), columns


def address_layer(plan: Plan, ground: Ground, parcels: Parcels) -> Layer:
    """Address points: some name the wrong parcel, some lie out in the street, some have units."""
    drawing = place_layer(plan, ground, "address")
    rng = np.random.default_rng([plan.seed, 24])
    parcel = plan.starts("parcel")[drawing.rows("place")] + drawing.rows("parcel")
    extra = np.flatnonzero(some(rng, len(drawing), 0.012, at_least=2))
    rows = np.concatenate([np.arange(len(drawing)), extra])
    unit = np.concatenate([np.zeros(len(drawing), dtype=np.intp), np.ones(len(extra), dtype=np.intp)])
    wrong = some(rng, len(rows), 0.02, at_least=1)
    named = np.where(wrong, np.minimum(parcel[rows] + 1, len(parcels.ids) - 1), parcel[rows])
    points = strayed(rng, drawing.geometry[rows], some(rng, len(rows), 0.004, at_least=2), (90.0, 160.0))
    full = parcels.situs.take(pa.array(parcel[rows]))
    full = texts.either(unit > 0, texts.spaced(full, "UNIT B"), full)
    columns = {
        "ADDR_ID": texts.serial("A", np.arange(1, len(rows) + 1)),
        "FULLADDR": full,
        "UNIT": texts.blanked(texts.picked(["A", "B"], unit), unit == 0),
        "PARCEL_ID": parcels.ids.take(pa.array(named)),
    }
    return points, columns


def water_body_layer(plan: Plan, ground: Ground) -> Layer:
    """The creeks, stretch by stretch, and the ponds."""
    drawing = place_layer(plan, ground, "water_body")
    is_pond = drawing.columns["is_pond"].astype(bool)
    word = plan.column[drawing.rows("place")] % len(words.STREET_STARTS)
    creek = texts.spaced(texts.picked(words.STREET_STARTS, word), "CREEK")
    names = texts.either(is_pond, texts.serial("POND ", np.arange(len(drawing)), 3), creek)
    return drawing.geometry, {"NAME": pc.utf8_title(names), "KIND": texts.either(is_pond, "pond", "creek")}
