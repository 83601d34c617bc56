"""The store of layers: what is current, what was, and queries that do not change under a question."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import shapely
from made_layers import DAY, EAST, NORTH, NOW, described, files_in, hydrants, publish, snapshot_table

from layers.errors import GridError, IngestRefused, LayerMissing, VersionMissing
from layers.model import LayerVersion
from layers.snapshot import write_snapshot
from layers.versions import LayerStore

HERE = np.array([shapely.Point(EAST, NORTH)], dtype=object)


@pytest.fixture
def store(tmp_path: Path) -> LayerStore:
    return LayerStore(tmp_path / "layers")


def test_an_empty_store_has_no_layers(store: LayerStore) -> None:
    assert store.current() == {}
    assert store.history("hydrants") == ()


def test_the_last_published_version_is_current_and_the_others_are_history(store: LayerStore) -> None:
    first = publish(store, "hydrants", "hydrant", hydrants(0))
    second = publish(store, "hydrants", "hydrant", hydrants(1))
    assert store.current() == {"hydrants": second}
    assert store.history("hydrants") == (first, second)
    assert LayerStore(store.folder).history("hydrants") == (first, second)


def test_publishing_the_current_version_again_refreshes_its_day(store: LayerStore) -> None:
    entry = publish(store, "hydrants", "hydrant", hydrants(0))
    store.publish(replace(entry, as_of=date(2026, 4, 1)))
    assert [version.as_of for version in store.history("hydrants")] == [date(2026, 4, 1)]


def test_a_version_may_come_back(store: LayerStore) -> None:
    for offset in (0, 1, 0):
        publish(store, "hydrants", "hydrant", hydrants(offset))
    assert len(store.history("hydrants")) == 3
    assert store.current()["hydrants"].version == store.history("hydrants")[0].version


def test_a_version_that_was_never_written_cannot_be_published(store: LayerStore) -> None:
    with pytest.raises(VersionMissing, match="has not been written"):
        store.publish(LayerVersion("hydrants", "hydrants/" + "0" * 64, 1, DAY, NOW))
    assert store.current() == {}


def test_a_query_answers_from_the_current_layers(store: LayerStore) -> None:
    entry = publish(store, "hydrants", "hydrant", hydrants(3, 40))
    query = store.open()
    pairs = query.within("hydrant", HERE, 10.0)
    assert pairs.distance_ft.tolist() == [3.0]
    assert query.versions == {"hydrants": entry.version}
    assert query.grid_epsg == 2264


def test_an_open_query_does_not_change_when_a_layer_does(store: LayerStore) -> None:
    publish(store, "hydrants", "hydrant", hydrants(3))
    before = store.open()
    publish(store, "hydrants", "hydrant", hydrants(4))
    assert before.nearest("hydrant", HERE, reach_ft=10.0).distance_ft.tolist() == [3.0]
    assert store.open().nearest("hydrant", HERE, reach_ft=10.0).distance_ft.tolist() == [4.0]


def test_an_old_set_of_versions_can_be_asked_again(store: LayerStore) -> None:
    old = publish(store, "hydrants", "hydrant", hydrants(3))
    publish(store, "hydrants", "hydrant", hydrants(4))
    query = store.open({"hydrants": old.version})
    assert query.nearest("hydrant", HERE, reach_ft=10.0).distance_ft.tolist() == [3.0]


def test_layers_of_one_role_are_asked_together(store: LayerStore) -> None:
    publish(store, "hydrants_north", "hydrant", hydrants(3))
    publish(store, "hydrants_south", "hydrant", hydrants(4))
    assert store.open().within("hydrant", HERE, 10.0).distance_ft.tolist() == [3.0, 4.0]


def test_opening_twice_shares_what_was_loaded(store: LayerStore) -> None:
    publish(store, "hydrants", "hydrant", hydrants(3))
    first = store.open()
    assert store.open().features("hydrant") is first.features("hydrant")


def test_a_layer_that_did_not_change_is_not_read_again(store: LayerStore) -> None:
    publish(store, "hydrants_north", "hydrant", hydrants(3))
    publish(store, "hydrants_south", "hydrant", hydrants(4))
    before = store.open().features("hydrant")
    publish(store, "hydrants_south", "hydrant", hydrants(5))
    after = store.open().features("hydrant")
    assert after.parts[0].geometry is before.parts[0].geometry


def test_reference_tables_are_read_by_name_and_are_no_part_of_a_query(store: LayerStore) -> None:
    publish(store, "accounts", "account", snapshot_table(["A1"], account_id=["A1"]))
    assert store.reference("accounts").column("account_id").to_pylist() == ["A1"]
    assert store.open(grid_epsg=2264).roles == ()
    with pytest.raises(LayerMissing, match="permits"):
        store.reference("permits")


def test_an_empty_store_opens_only_where_the_grid_is_named(store: LayerStore) -> None:
    assert store.open(grid_epsg=2264).roles == ()
    with pytest.raises(LayerMissing, match="import the city's layers first"):
        store.open()


def test_layers_on_different_grids_are_never_mixed(store: LayerStore) -> None:
    publish(store, "hydrants", "hydrant", hydrants(0))
    version = write_snapshot(store.folder, described("meters", "meter", grid_epsg=25831), hydrants(0))
    store.publish(LayerVersion("meters", version, 1, DAY, NOW))
    with pytest.raises(GridError, match="meters; import them again"):
        store.open(grid_epsg=2264)


def test_a_version_that_the_catalogue_does_not_know_is_missing(store: LayerStore) -> None:
    publish(store, "hydrants", "hydrant", hydrants(0))
    with pytest.raises(VersionMissing, match="not in the catalogue"):
        store.open({"hydrants": "hydrants/" + "0" * 64})


def test_a_damaged_catalogue_is_an_error_and_not_an_empty_store(store: LayerStore) -> None:
    publish(store, "hydrants", "hydrant", hydrants(0))
    (store.folder / "catalogue.json").write_text("{")
    with pytest.raises(VersionMissing, match="damaged"):
        LayerStore(store.folder).current()


def test_verify_finds_flipped_bits_and_missing_files(store: LayerStore) -> None:
    whole = publish(store, "hydrants", "hydrant", hydrants(0))
    flipped = publish(store, "hydrants", "hydrant", hydrants(1))
    gone = publish(store, "hydrants", "hydrant", hydrants(2))
    assert store.verify() == {}
    path = store.folder / f"{flipped.version}.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    (store.folder / f"{gone.version}.parquet").unlink()
    found = store.verify()
    assert set(found) == {flipped.version, gone.version}
    assert whole.version not in found


def test_prune_keeps_the_last_versions_and_those_that_decisions_name(store: LayerStore) -> None:
    versions = [publish(store, "hydrants", "hydrant", hydrants(offset)) for offset in range(5)]
    removed = store.prune(2, also=[versions[0].version])
    assert set(removed) == {versions[1].version, versions[2].version}
    assert store.history("hydrants") == (versions[0], versions[3], versions[4])
    assert files_in(store.folder) == {"catalogue.json"} | {f"{versions[kept].version}.parquet" for kept in (0, 3, 4)}


def test_prune_never_takes_the_current_version(store: LayerStore) -> None:
    entry = publish(store, "hydrants", "hydrant", hydrants(0))
    assert store.prune(0) == []
    assert store.current() == {"hydrants": entry}


def test_a_writer_clears_away_what_a_killed_one_left(store: LayerStore) -> None:
    entry = publish(store, "hydrants", "hydrant", hydrants(0))
    write_snapshot(store.folder, described("hydrants", "hydrant"), hydrants(1))
    (store.folder / "hydrants" / "abc.unfinished").write_bytes(b"half")
    with store.writing():
        assert files_in(store.folder) == {"catalogue.json", f"{entry.version}.parquet"}


def test_a_lost_catalogue_does_not_cost_the_snapshots(store: LayerStore) -> None:
    entry = publish(store, "hydrants", "hydrant", hydrants(0))
    (store.folder / "catalogue.json").unlink()
    with store.writing():
        assert (store.folder / f"{entry.version}.parquet").is_file()


def test_two_writers_at_once_are_kept_apart(store: LayerStore) -> None:
    other = LayerStore(store.folder).writing(timeout_seconds=0.05)
    with store.writing(), pytest.raises(IngestRefused, match="Another import"), other:
        pass


def test_many_publishers_at_once_lose_nothing(store: LayerStore) -> None:
    def work(number: int) -> None:
        mine = LayerStore(store.folder)
        for offset in range(5):
            publish(mine, f"layer_{number}", "hydrant", hydrants(offset), NOW + timedelta(seconds=offset))

    threads = [Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(store.history(f"layer_{number}")) for number in range(4)] == [5] * 4


def test_the_catalogue_is_plain_to_read(store: LayerStore) -> None:
    entry = publish(store, "hydrants", "hydrant", hydrants(0))
    content = json.loads((store.folder / "catalogue.json").read_text())
    assert content["layers"]["hydrants"][0]["version"] == entry.version
