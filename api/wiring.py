"""The only place that knows which stores are in use: from settings to an open city."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from threading import RLock
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from sqlalchemy import URL

from api.access import Caller, SeenLayer, View, narrowed
from api.errors import NoCity
from api.settings import Settings
from gis_ce.case_store import CaseStore, open_store
from gis_ce.city_rules import CityRules, city_rules
from layers.city import read_city
from layers.grid import Grid
from layers.model import City, LayerDescription, LayerVersion
from layers.network.build import network_of
from layers.network.model import Network
from layers.query import LayerQuery
from layers.reference import open_tables
from layers.versions import LayerStore

_REMEMBERED = "current.json"


@dataclass(frozen=True, slots=True)
class CityFolders:
    """Where a city keeps its layer versions and its import reports."""

    layers: Path
    reports: Path


@dataclass
class OpenCity:
    """One city with its layers and rules; views of it are kept while the catalogue is unchanged."""

    city: City
    city_file: Path
    folders: CityFolders
    store: LayerStore
    rules: CityRules
    _views: dict[Caller, View] = field(default_factory=dict, repr=False)
    _seen: dict[str, LayerVersion] = field(default_factory=dict, repr=False)
    _described: dict[str, LayerDescription] = field(default_factory=dict, repr=False)
    _lock: RLock = field(default_factory=RLock, repr=False)
    _held: bool = False

    @property
    def grid(self) -> Grid:
        """The city's grid."""
        return Grid(self.city.grid_epsg)

    def today(self) -> date:
        """The day it is in the city."""
        return datetime.now(ZoneInfo(self.city.time_zone)).date()

    def view(self, caller: Caller) -> View:
        """What a caller may ask, over the layer versions that are current now; resolve it once a request."""
        with self._lock:
            current = self._seen if self._held else self.store.current()
            if current != self._seen:
                self._views, self._seen = {}, current
            if caller not in self._views:
                self._views[caller] = self._view(caller, current)
            return self._views[caller]

    def hold(self) -> None:
        """Let all that is asked from now on rest on the versions that were seen last, whatever is published."""
        self._held = True

    def network(self, query: LayerQuery, role: str) -> Network:
        """The network of the mains of a role (`sewer_main` or `water_main`) that a query sees; kept once built.

        Raises LayerMissing where that role has no layer.
        """
        return network_of(query, self.city.network, role, self.folders.layers)

    def extent_lonlat(self, view: View) -> tuple[float, float, float, float] | None:
        """West, south, east, north: as the city file says, else around the parcels, else around all that is seen."""
        if self.city.extent_lonlat is not None:
            return self.city.extent_lonlat
        roles = ("parcel",) if view.query.has("parcel") else view.query.roles
        boxes = [shapely.total_bounds(view.query.features(role).geometry) for role in roles]
        around = np.array([box for box in boxes if np.isfinite(box).all()])
        if not len(around):
            return None
        box = shapely.box(*around[:, :2].min(axis=0), *around[:, 2:].max(axis=0))
        west, south, east, north = shapely.bounds(self.grid.to_lonlat(np.array([box], dtype=object)))[0].tolist()
        return west, south, east, north

    def _view(self, caller: Caller, current: dict[str, LayerVersion]) -> View:
        """Loads and narrows. The features stay shared between the callers where they see the same layers."""
        everything = self._open(current)
        for role in everything.roles:
            for part in everything.features(role).parts:
                self._described[part.version.version] = part.description
        layers = {name: SeenLayer(version, self._description(version)) for name, version in current.items()}
        seen, hidden = narrowed(caller, layers, self.city)
        query = self._open({name: layer.version for name, layer in seen.items()})
        tables = open_tables(self.store, [(layer.version, layer.description.role) for layer in seen.values()])
        return View(caller, query, seen, hidden, self.rules, tables)

    def _open(self, layers: dict[str, LayerVersion]) -> LayerQuery:
        versions = {name: version.version for name, version in layers.items()}
        return self.store.open(versions, grid_epsg=self.city.grid_epsg, network=self.city.network)

    def _description(self, version: LayerVersion) -> LayerDescription:
        """What a layer says of itself; a reference table is read for it once."""
        if version.version not in self._described:
            self._described[version.version] = self.store.part(version.version).description
        return self._described[version.version]


def folders_of(settings: Settings, city: City) -> CityFolders:
    """The folders of a city under the data folder."""
    own = _own_folder(settings, city)
    return CityFolders(own / "layers", own / "reports")


def open_cases(settings: Settings, city: City) -> CaseStore:
    """The case store of the settings, else of the city's own folder; `ready()` says whether one can work with it."""
    own = URL.create("sqlite", database=str(own_cases(settings, city)))
    return open_store(settings.cases or own, city.grid_epsg)


def has_cases(settings: Settings, city: City) -> bool:
    """Whether there is a case store to be opened; its file in the city's own folder is not made by asking."""
    return settings.cases is not None or own_cases(settings, city).is_file()


def own_cases(settings: Settings, city: City) -> Path:
    """The file of the cases in the city's own folder, where no other store is set; it may not be there yet."""
    return _own_folder(settings, city).absolute() / "cases.sqlite"


def attachments_folder(settings: Settings, city: City) -> Path:
    """The folder of attachments of the settings, else one in the city's own folder; it may not be there yet."""
    return settings.attachments or _own_folder(settings, city) / "attachments"


def backups_folder(settings: Settings, city: City) -> Path:
    """The folder of the backups on the schedule; it may not be there yet."""
    return settings.backups or _own_folder(settings, city) / "backups"


def digests_folder(settings: Settings, city: City) -> Path:
    """The folder of the digests on the schedule; it may not be there yet."""
    return _own_folder(settings, city) / "digests"


def _own_folder(settings: Settings, city: City) -> Path:
    return settings.data / (re.sub(r"[^a-z0-9]+", "-", city.name.lower()).strip("-") or "city")


def open_city(settings: Settings, city_file: Path | None = None, tested: bool = True) -> OpenCity:
    """The city of a file, else of the settings, else the one imported last; raises NoCity without any.

    Without its rules `tested` it opens sooner, for those who ask the map nothing.
    """
    path, city = declared_city(settings, city_file)
    folders = folders_of(settings, city)
    return OpenCity(city, path, folders, LayerStore(folders.layers), city_rules(city, str(path), tested))


def declared_city(settings: Settings, city_file: Path | None = None) -> tuple[Path, City]:
    """The file of that city and what it declares, unopened; raises NoCity without any."""
    path = city_file or settings.city or remembered_city(settings)
    if path is None:
        raise NoCity(
            f"No city has been imported into {settings.data} yet: try `gis-ce demo`, "
            "or `gis-ce layers import --city FILE`."
        )
    return path, read_city(path, data_folder=settings.city_data)


def remembered_city(settings: Settings) -> Path | None:
    """The city file that was imported last into the data folder, or None."""
    try:
        path = Path(json.loads((settings.data / _REMEMBERED).read_text("utf-8"))["city"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise NoCity(f"{settings.data / _REMEMBERED} is damaged ({error}); import a city again.") from error
    return path


def remember_city(settings: Settings, city_file: Path) -> None:
    """Note the city that commands work with from now on."""
    settings.data.mkdir(parents=True, exist_ok=True)
    unfinished = settings.data / f"{_REMEMBERED}.unfinished"
    unfinished.write_text(json.dumps({"city": str(city_file.resolve())}), "utf-8")
    unfinished.replace(settings.data / _REMEMBERED)
