"""Makes a town: draws layer after layer, writes each, and lets go of what is no longer needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely

from layers.demo_town.city_file import write_city_file
from layers.demo_town.land import (
    Layer,
    Parcels,
    address_layer,
    building_layer,
    draw_parcels,
    limits_layer,
    parcel_layer,
    right_of_way_layer,
    street_layer,
    water_body_layer,
)
from layers.demo_town.placing import Ground, make_ground
from layers.demo_town.plan import Plan, Size, make_plan
from layers.demo_town.records import deed_table, permit_table, work_order_table
from layers.demo_town.rights import modelled_easement_layer, recorded_easements
from layers.demo_town.services import account_table, draw_services, lateral_layer, meter_layer
from layers.demo_town.sewer import draw_sewers, manhole_layer, sewer_main_layer
from layers.demo_town.situations import write_situations
from layers.demo_town.tickets import ticket_layer
from layers.demo_town.water import blowoff_layer, draw_water_mains, hydrant_layer, valve_layer, water_main_layer
from layers.demo_town.write import write_layer, write_table

Progress = Callable[[str, float], None]


def make_town(folder: Path, size: Size, seed: int = 2016, progress: Progress | None = None) -> Path:
    """Writes the sources of a made-up town and its `city.toml`, whose path it returns.

    The same size and seed give the same features. `progress` hears the step and the share done.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tell = progress or (lambda step, share: None)
    tell("planning", 0.0)
    plan = make_plan(size, seed)
    ground = make_ground(plan)
    tell("parcels", 0.15)
    parcels = draw_parcels(plan, ground)
    kept = _Kept(folder)
    _land(plan, ground, parcels, kept, tell)
    _networks(plan, ground, parcels, kept, tell)
    tell("situations", 0.97)
    write_situations(folder, kept.layers)
    path = write_city_file(folder, kept.bounds_ft)
    tell("done", 1.0)
    return path


class _Kept:
    """Writes layers, and keeps those that the situations are looked for in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.layers: dict[str, Layer] = {}
        self.bounds_ft = np.array([np.inf, np.inf, -np.inf, -np.inf])

    def write(self, name: str, layer: Layer, *, keep: bool = True) -> None:
        write_layer(self.folder, name, *layer)
        low, high = np.array(shapely.total_bounds(layer[0])).reshape(2, 2)
        self.bounds_ft = np.r_[np.fmin(self.bounds_ft[:2], low), np.fmax(self.bounds_ft[2:], high)]
        if keep:
            self.layers[name] = layer


def _land(plan: Plan, ground: Ground, parcels: Parcels, kept: _Kept, tell: Progress) -> None:
    kept.write("parcels", parcel_layer(plan, parcels), keep=False)
    tell("right of way and limits", 0.3)
    kept.write("right_of_way", right_of_way_layer(plan, ground), keep=False)
    kept.write("town_limits", limits_layer(plan, ground))
    kept.write("streets", street_layer(plan, ground))
    kept.write("water_bodies", water_body_layer(plan, ground))
    tell("buildings and addresses", 0.4)
    kept.write("buildings", building_layer(plan, ground, parcels))
    kept.write("addresses", address_layer(plan, ground, parcels))
    tell("locate tickets", 0.5)
    kept.write("locate_tickets", ticket_layer(plan, ground, parcels.drawing))
    write_table(kept.folder, "permits", permit_table(plan, parcels), as_csv=True)


def _networks(plan: Plan, ground: Ground, parcels: Parcels, kept: _Kept, tell: Progress) -> None:
    tell("water", 0.55)
    water, sewer = draw_water_mains(plan, ground), draw_sewers(plan, ground)
    kept.write("water_mains", water_main_layer(plan, water))
    kept.write("hydrants", hydrant_layer(plan, ground, water))
    kept.write("valves", valve_layer(plan, ground, water), keep=False)
    kept.write("blowoffs", blowoff_layer(plan, ground), keep=False)
    tell("sewers", 0.65)
    kept.write("sewer_mains", sewer_main_layer(plan, sewer))
    kept.write("manholes", manhole_layer(plan, sewer))
    tell("services", 0.72)
    services = draw_services(plan, ground)
    kept.write("meters", meter_layer(plan, parcels, services), keep=False)
    kept.write("laterals", lateral_layer(plan, ground, parcels, (water, sewer), services), keep=False)
    write_table(kept.folder, "accounts", account_table(plan, parcels, services))
    tell("easements", 0.9)
    recorded = recorded_easements(plan, ground, parcels, sewer)
    kept.write("easements_recorded", (recorded.geometry, recorded.columns))
    modelled = modelled_easement_layer(plan, ground, parcels, (water, sewer))
    kept.write("easements_modelled", modelled, keep=False)
    write_table(kept.folder, "deeds", deed_table(plan, parcels, recorded))
    write_table(kept.folder, "work_orders", work_order_table(plan, parcels, water, sewer), as_csv=True)
