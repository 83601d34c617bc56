"""Hydrants and valves that lie off the mains, mains without diameter, ids that several features share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layers.catalog import ROLE_BY_NAME
from layers.doctor.finding import EXAMPLES, Finding, Patient, layer_names
from layers.features import EVERYTHING, Features, Rows

_MAINS = ("water_main", "sewer_main")


def hydrants_far_from_mains(patient: Patient) -> Iterator[Finding]:
    """Hydrants with no water main nearby."""
    yield from _off_mains(
        patient,
        "hydrant",
        patient.thresholds.hydrant_ft,
        "Check them on an aerial picture; most likely a main is missing from the map.",
    )


def valves_off_mains(patient: Patient) -> Iterator[Finding]:
    """Valves that lie on no water main."""
    yield from _off_mains(
        patient,
        "valve",
        patient.thresholds.valve_ft,
        "Snap them to their main, or draw the missing main; a valve off its main closes nothing in a trace.",
    )


def _off_mains(patient: Patient, role: str, reach_ft: float, next_step: str) -> Iterator[Finding]:
    features = patient.features(role)
    if features is None or not patient.query.has("water_main"):
        return
    near = patient.query.nearest("water_main", features.geometry, reach_ft=reach_ft)
    far = np.setdiff1d(_placed(features), near.place)
    if len(far):
        yield Finding(
            layer=layer_names(features, far),
            severity="warning",
            what=f"no water main within {reach_ft:g} ft",
            count=len(far),
            next_step=next_step,
            examples=patient.of_rows(features, far, _distances(patient, features, far)),
        )


def _distances(patient: Patient, features: Features, rows: Rows) -> list[str]:
    some = rows[:EXAMPLES]
    found = patient.query.nearest("water_main", features.geometry[some], reach_ft=10_000.0)
    known = dict(zip(found.place.tolist(), found.distance_ft.tolist(), strict=True))
    return [
        f"the nearest main is {known[n]:,.0f} ft away" if n in known else "none within 10,000 ft"
        for n in range(len(some))
    ]


def mains_without_diameter(patient: Patient) -> Iterator[Finding]:
    """Mains whose tolerance zone cannot be computed from their own size."""
    for role in _MAINS:
        mains = patient.features(role)
        bare = np.flatnonzero(np.isnan(mains.numbers("diameter_in"))) if mains else np.empty(0, np.intp)
        if mains and len(bare):
            yield Finding(
                layer=layer_names(mains, bare),
                severity="warning",
                what=f"no diameter ({len(bare) / len(mains):.1%} of the mains)",
                count=len(bare),
                next_step="Look the sizes up in the as-built records; until then the rule for unknown diameters holds.",
                examples=patient.of_rows(mains, bare),
            )


def doubled_ids(patient: Patient) -> Iterator[Finding]:
    """Keys that stand on more than one feature of a layer's role."""
    for role in patient.query.roles:
        features = patient.query.features(role)
        key = ROLE_BY_NAME[role].key
        texts = features.texts(key)
        named = np.flatnonzero(np.array([text is not None for text in texts], dtype=bool))
        words, first, counts = np.unique(texts[named].astype("U"), return_index=True, return_counts=True)
        doubled = np.flatnonzero(counts > 1)
        if len(doubled) and key != "name":
            rows = named[first[doubled]]
            details = [f"{key} {words[n]} stands {counts[n]} times" for n in doubled[:EXAMPLES]]
            yield Finding(
                layer=layer_names(features, rows),
                severity="warning",
                what=f"the same {key} on several features ({int(counts[doubled].sum()):,} features)",
                count=len(doubled),
                next_step="Give each its own number in the source; here they are told apart by their place.",
                examples=patient.of_rows(features, rows, details),
            )


def _placed(features: Features) -> Rows:
    return np.flatnonzero(features.selected(EVERYTHING))
