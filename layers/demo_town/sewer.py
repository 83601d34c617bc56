"""Sewer layers of the town: mains with inverts and end nodes, manholes with rim and invert."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely

from layers.demo_town import texts
from layers.demo_town.drawing import Drawing
from layers.demo_town.land import Layer
from layers.demo_town.placing import Ground, place_layer
from layers.demo_town.plan import Plan
from layers.demo_town.trunks import lay_trunks, town_node
from layers.demo_town.warts import doubled, some
from layers.demo_town.water import days_in, installed_years


@dataclass(frozen=True, slots=True)
class Sewer:
    """All sewer mains and manholes, the neighbourhoods' first; a main's `up` and `down` are rows of manholes."""

    mains: Drawing
    manholes: Drawing
    ids: pa.Array
    nodes: pa.Array


def draw_sewers(plan: Plan, ground: Ground) -> Sewer:
    """The whole sewer system; every gravity main falls, and every node is a manhole."""
    trunks = lay_trunks(plan, ground)
    local, holes = place_layer(plan, ground, "sewer_main"), place_layer(plan, ground, "manhole")
    place = local.rows("place")
    base = trunks.base[place]
    drawn = {
        "up": town_node(plan, trunks, place, local.rows("up")),
        "down": town_node(plan, trunks, place, local.rows("down")),
        "invert_up": base + local.numbers("rise_up"),
        "invert_down": base + local.numbers("rise_down"),
        "size": local.numbers("size"),
        "kind": np.full(len(local), "gravity", dtype="U7"),
    }
    none = np.full(len(trunks.mains), -1, dtype=np.intp)
    mains = Drawing(
        np.concatenate([local.geometry, trunks.mains.geometry]),
        {
            **{name: np.concatenate([column, trunks.mains.columns[name]]) for name, column in drawn.items()},
            "place": np.concatenate([place, none]),
        },
    )
    local_invert = trunks.base[holes.rows("place")] + holes.numbers("rise")
    invert = np.concatenate([local_invert, trunks.manholes.numbers("invert")])
    depth = np.concatenate([holes.numbers("depth"), trunks.manholes.numbers("depth")])
    is_outfall = np.concatenate([np.zeros(len(holes), dtype=np.bool_), trunks.manholes.columns["is_outfall"]])
    columns = {"invert": invert, "depth": depth, "is_outfall": is_outfall}
    manholes = Drawing(np.concatenate([holes.geometry, trunks.manholes.geometry]), columns)
    rng = np.random.default_rng([plan.seed, 40])
    ids = texts.serial("SM-", doubled(rng, np.arange(1, len(mains) + 1), 0.004))
    return Sewer(mains, manholes, ids, texts.serial("MH-", np.arange(1, len(manholes) + 1)))


def sewer_main_layer(plan: Plan, sewer: Sewer) -> Layer:
    """Mains; a few are digitised against the flow, their nodes and inverts are right all the same."""
    rng = np.random.default_rng([plan.seed, 41])
    mains, count = sewer.mains, len(sewer.mains)
    year = installed_years(rng, plan, mains.rows("place"))
    is_force = mains.columns["kind"] == "force"
    backwards = some(rng, count, 0.03, at_least=1) & ~is_force
    geometry = mains.geometry.copy()
    geometry[backwards] = shapely.reverse(geometry[backwards])
    draw = rng.random(count)
    clay = texts.picked(["VCP", "CONC"], (draw > 0.85).astype(np.intp))
    plastic = texts.picked(["PVC", "DIP"], (draw > 0.8).astype(np.intp))
    material = texts.either(is_force, "DIP", texts.either(year < 1975, clay, plastic))
    columns = {
        "FACILITYID": sewer.ids,
        "DIAMETER": texts.numbers_with_gaps(mains.numbers("size"), some(rng, count, 0.03, at_least=1)),
        "MATERIAL": texts.blanked(material, some(rng, count, 0.05)),
        "KIND": pa.array(mains.columns["kind"].tolist(), pa.string()),
        "STATUS": texts.either(rng.random(count) < 0.995, "ACT", "ABN"),
        "OWNEDBY": texts.either(rng.random(count) < 0.99, "CITY", "PVT"),
        "UPSMH": sewer.nodes.take(pa.array(mains.rows("up"))),
        "DNSMH": sewer.nodes.take(pa.array(mains.rows("down"))),
        "UPSINV": texts.numbers_with_gaps(np.round(mains.numbers("invert_up"), 2), rng.random(count) < 0.04),
        "DNSINV": texts.numbers_with_gaps(np.round(mains.numbers("invert_down"), 2), rng.random(count) < 0.04),
        "DEPTH_FT": texts.numbers_with_gaps(
            np.round(sewer.manholes.numbers("depth")[mains.rows("up")], 1), rng.random(count) < 0.2
        ),
        "INSTALLED": texts.days(days_in(rng, year), rng.random(count) < 0.15),
    }
    return geometry, columns


def manhole_layer(plan: Plan, sewer: Sewer) -> Layer:
    """Manholes; lift stations and outfalls are nodes like any other."""
    rng = np.random.default_rng([plan.seed, 42])
    holes, count = sewer.manholes, len(sewer.manholes)
    invert = holes.numbers("invert")
    columns = {
        "FACILITYID": sewer.nodes,
        "STATUS": pa.array(["ACT"] * count, pa.string()),
        "OWNEDBY": texts.either(rng.random(count) < 0.99, "CITY", "PVT"),
        "KIND": texts.either(holes.columns["is_outfall"].astype(np.bool_), "outfall", "manhole"),
        "RIM": texts.numbers_with_gaps(np.round(invert + holes.numbers("depth"), 2), rng.random(count) < 0.05),
        "INVERT": texts.numbers_with_gaps(np.round(invert, 2), rng.random(count) < 0.05),
    }
    return holes.geometry, columns
