"""The city file: what it says is read, and everything wrong in it is named at once, with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from api.settings import Settings
from api.wiring import open_city
from layers.city import CITY_KEYS, read_city
from layers.city_layers import LAYER_KEYS
from layers.errors import CityFileError
from layers.model import City, Derivation
from layers.quality import DEFAULT_SIGMA_FT

EXAMPLE = Path(__file__).parent.parent / "examples" / "forest-city" / "city.toml"

HEAD = """\
[city]
name = "Elm"
time_zone = "America/New_York"
grid = 2264
jurisdiction = "NC"
"""
PARCELS = """
[layers.parcels]
role = "parcel"
source = "parcels.gpkg"
audience = "public"
basis = "recorded"
sigma_ft = 3.0
"""


def city_of(tmp_path: Path, text: str) -> City:
    path = tmp_path / "city.toml"
    path.write_text(text, encoding="utf-8")
    return read_city(path)


def mistakes_of(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(CityFileError) as caught:
        city_of(tmp_path, text)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_the_example_city_declares_all_its_layers() -> None:
    city = read_city(EXAMPLE)
    assert (city.name, city.grid_epsg, city.jurisdiction) == ("Forest City", 2264, "NC")
    assert city.other.keys() == {"rules", "owners", "decision"}
    assert city.other["rules"] == {"pack": "nc-raleigh-2016"}
    parcels, valves, strips = city.layer("parcels"), city.layer("valves"), city.layer("easements")
    assert parcels
    assert parcels.fields["parcel_id"] == "mbl"
    assert parcels.as_of == date(2020, 4, 8)
    assert valves
    assert valves.only == {"valve": ("wv", "sv", "arv")}
    assert valves.values["kind"]["wv"] == "water valve"
    assert strips
    assert strips.derivation == Derivation(
        "easement", ("water_mains", "sewer_mains", "parcels"), width_ft=40.0, minimum_length_ft=10.0
    )


def test_relative_sources_start_at_the_data_folder_of_the_file_or_of_the_caller(tmp_path: Path) -> None:
    assert city_of(tmp_path, HEAD + PARCELS).folder == tmp_path
    assert city_of(tmp_path, HEAD + 'data = "files"\n' + PARCELS).folder == tmp_path / "files"
    assert read_city(tmp_path / "city.toml", data_folder=Path("/elsewhere")).folder == Path("/elsewhere")


def test_a_setting_moves_the_data_folder_of_the_example_city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIS_CE_CITY_DATA", str(tmp_path))
    assert open_city(Settings(), EXAMPLE).city.folder == tmp_path


def test_a_quality_level_stands_for_a_sigma_that_the_city_can_set(tmp_path: Path) -> None:
    by_level = PARCELS.replace("sigma_ft = 3.0", 'quality = "QL-C"')
    default = city_of(tmp_path, HEAD + by_level).layer("parcels")
    own = city_of(tmp_path, HEAD + by_level + '[quality]\n"QL-C" = 1.5\n').layer("parcels")
    assert default
    assert default.sigma_ft == 3.0
    assert default.quality == "QL-C"
    assert own
    assert own.sigma_ft == 1.5


def test_all_mistakes_are_named_at_once_with_place_and_line(tmp_path: Path) -> None:
    text = """\
[city]
name = ""
time_zone = "America/Gotham"
grid = 4326
colour = "red"

[layers.parcels]
role = "parcle"
source = "parcels.gpkg"
audience = "everyone"
basis = "recorded"
quality = "QL-E"

[layers.Mains]
role = "water_main"
source = "mains.gpkg"
audience = "staff"
basis = "modeled"
sigma_ft = -1
as_of = "2020-01-01"
[layers.Mains.fields]
diametre_in = "d"

[owner]
name = "x"
"""
    assert mistakes_of(tmp_path, text) == [
        '[city] (line 1): jurisdiction is missing, for example jurisdiction = "NC"',
        "[city] name (line 2): must be a text that is not empty, not ''",
        "[city] time_zone (line 3): 'America/Gotham' is no time zone; write it as in \"America/New_York\"",
        "[city] grid (line 4): EPSG:4326 (WGS 84) is in degrees; a city needs a projected grid in feet or metres.",
        "[city] colour (line 5): unknown key; known are: data, extent_lonlat, grid, jurisdiction, name, time_zone",
        "[layers.parcels] role (line 8): unknown role 'parcle'; did you mean parcel?",
        "[layers.parcels] audience (line 10): unknown audience 'everyone'; known are: public, staff",
        "[layers.parcels] quality (line 12): unknown quality 'QL-E'; did you mean QL-D?",
        "[layers.Mains] (line 14): a layer's name has only lower-case letters, digits and _, and starts with a letter",
        "[layers.Mains] basis (line 18): unknown basis 'modeled'; did you mean modelled?",
        "[layers.Mains] sigma_ft (line 19): must be a number of at least 0, not -1",
        "[layers.Mains] as_of (line 20): must be a day such as 2026-01-31 (without quotation marks), not '2020-01-01'",
        "[layers.Mains.fields] diametre_in (line 22): the role water_main has no field 'diametre_in'; "
        "did you mean diameter_in?",
        "owner (line 24): unknown key; did you mean owners?",
    ]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ('quality = "QL-D"', "needs exactly one of sigma_ft"),
        ('derive = { kind = "manhole", inputs = ["parcels"] }', "needs exactly one of source"),
        ('x_field = "x"', "give either x_field and y_field, or wkt_field"),
        ('wkt_field = "shape"', "coordinates in columns need source_grid"),
        ("source_grid = 999999", "EPSG:999999 is not a coordinate system that PROJ knows"),
        ('coincides_with = "limits"', "there is no layer 'limits'"),
        ("stale_after_days = 0", "must be a whole number above 0"),
        ('only = { a = "b" }', "must be a list of texts"),
    ],
)
def test_each_wrong_line_of_a_layer_is_explained(tmp_path: Path, lines: str, problem: str) -> None:
    mistakes = mistakes_of(tmp_path, HEAD + PARCELS + lines + "\n")
    assert any(problem in mistake for mistake in mistakes)


def test_a_derived_layer_must_be_modelled_and_made_from_layers_of_the_right_roles(tmp_path: Path) -> None:
    strips = """
[layers.strips]
role = "easement"
derive = { kind = "easement", inputs = ["parcels", "parcels"], width_ft = 20.0, minimum_length_ft = 10.0 }
audience = "staff"
basis = "recorded"
sigma_ft = 5.0
"""
    assert mistakes_of(tmp_path, HEAD + PARCELS + strips) == [
        "[layers.strips] basis (line 18): a derived layer is always modelled"
    ]
    assert mistakes_of(tmp_path, HEAD + PARCELS + strips.replace("recorded", "modelled")) == [
        "[layers.strips] derive (line 16): easement is derived from layers of the roles "
        "water_main or sewer_main, then parcel; these are parcel, parcel"
    ]


def test_a_reference_table_needs_the_field_by_which_it_is_looked_up(tmp_path: Path) -> None:
    accounts = PARCELS.replace("parcels", "accounts").replace('"parcel"', '"account"')
    (mistake,) = mistakes_of(tmp_path, HEAD + accounts)
    assert "looked up by its account_id; map it in [layers.accounts.fields]" in mistake
    assert city_of(tmp_path, HEAD + accounts + '[layers.accounts.fields]\naccount_id = "ACCT"\n').layer("accounts")


def test_a_file_that_is_no_toml_or_not_there_is_one_clear_mistake(tmp_path: Path) -> None:
    assert "at line 1" in mistakes_of(tmp_path, "[city\n")[0]
    with pytest.raises(CityFileError, match="there is no such file"):
        read_city(tmp_path / "none.toml")


def test_every_key_of_the_city_file_is_explained_in_the_docs() -> None:
    text = (EXAMPLE.parent.parent.parent / "docs" / "city-file.md").read_text(encoding="utf-8")
    keys = [*CITY_KEYS, *LAYER_KEYS, *DEFAULT_SIGMA_FT]
    assert [key for key in keys if key not in text] == []
    assert all(f'| `"{level}"` | {sigma} |' in text for level, sigma in DEFAULT_SIGMA_FT.items())


def test_the_table_of_networks_is_read_and_its_mistakes_are_named(tmp_path: Path) -> None:
    text = '[network]\nsnap_ft = 1.5\n[network.sewer]\noutfalls = ["MH-9"]\nsplit_at_junctions = true\n'
    read = city_of(tmp_path, HEAD + PARCELS + text).network
    assert (read.snap_ft, read.outfalls, read.split_sewer, read.split_water) == (1.5, ("MH-9",), True, None)
    wrong = '[network]\nsnap = 1\ngap_ft = -2\n[network.water]\nsplit_at_junctions = "yes"\nsources = "MH-9"\n'
    assert mistakes_of(tmp_path, HEAD + PARCELS + wrong) == [
        "[network] snap (line 14): unknown key; did you mean snap_ft?",
        "[network] gap_ft (line 15): must be a number of at least 0, not -2",
        "[network.water] split_at_junctions (line 17): must be true or false, not 'yes'",
        "[network.water] sources (line 18): must be a list of texts, not 'MH-9'",
    ]
