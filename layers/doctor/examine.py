"""The whole examination: every question that a careful analyst would ask of the layers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date

from layers.doctor.addresses import addresses_in_other_parcels, addresses_outside_parcels
from layers.doctor.facilities import (
    doubled_ids,
    hydrants_far_from_mains,
    mains_without_diameter,
    valves_off_mains,
)
from layers.doctor.finding import Finding, Patient, Thresholds
from layers.doctor.line_ends import ends_that_nearly_meet
from layers.doctor.parcels import parcel_gaps, parcel_overlaps
from layers.doctor.versions import damaged_snapshots, stale_layers
from layers.versions import LayerStore

EXAMINATIONS: tuple[Callable[[Patient], Iterator[Finding]], ...] = (
    mains_without_diameter,
    hydrants_far_from_mains,
    valves_off_mains,
    ends_that_nearly_meet,
    doubled_ids,
    addresses_outside_parcels,
    addresses_in_other_parcels,
    parcel_overlaps,
    parcel_gaps,
)

_ORDER = ("error", "warning", "note")


def examine(
    store: LayerStore,
    today: date,
    names: Collection[str] | None = None,
    thresholds: Thresholds | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> list[Finding]:
    """What is wrong with the current layers, the worst first; an empty list where nothing is.

    `names` keeps the findings of those layers only. Layers whose snapshot is damaged are reported
    and left out of everything else.
    """
    damage = store.verify()
    whole = {name: entry.version for name, entry in store.current().items() if entry.version not in damage}
    found = [*damaged_snapshots(store, damage), *stale_layers(store, whole, today)]
    if whole:
        patient = Patient(store.open(whole), thresholds or Thresholds())
        for number, examination in enumerate(EXAMINATIONS):
            if progress:
                progress(examination.__name__.replace("_", " "), number / len(EXAMINATIONS))
            found += examination(patient)
    kept = [finding for finding in found if names is None or set(finding.layer.split(", ")) & set(names)]
    return sorted(kept, key=lambda finding: _ORDER.index(finding.severity))
