"""Addresses that lie in no parcel, or in another one than they name."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layers.doctor.finding import EXAMPLES, Finding, Patient, layer_names
from layers.features import EVERYTHING


def addresses_outside_parcels(patient: Patient) -> Iterator[Finding]:
    """Address points with no parcel under them."""
    addresses = patient.features("address")
    if addresses is None or not patient.query.has("parcel"):
        return
    inside = patient.query.intersecting("parcel", addresses.geometry)
    outside = np.setdiff1d(np.flatnonzero(addresses.selected(EVERYTHING)), inside.place)
    if len(outside):
        yield Finding(
            layer=layer_names(addresses, outside),
            severity="warning",
            what="addresses in no parcel",
            count=len(outside),
            next_step="Move the point onto its lot, or import parcels that cover it; letters go to parcels.",
            examples=patient.of_rows(addresses, outside),
        )


def addresses_in_other_parcels(patient: Patient) -> Iterator[Finding]:
    """Address points that name one parcel and lie in another."""
    addresses, parcels = patient.features("address"), patient.features("parcel")
    if addresses is None or parcels is None:
        return
    named, known = addresses.texts("parcel_id"), parcels.texts("parcel_id")
    inside = patient.query.intersecting("parcel", addresses.geometry)
    agree = np.zeros(len(addresses), dtype=bool)
    agree[inside.place[named[inside.place] == known[inside.feature]]] = True
    says = np.array([name is not None for name in named], dtype=bool)
    lies = np.zeros(len(addresses), dtype=bool)
    lies[inside.place] = True
    wrong = np.flatnonzero(says & lies & ~agree)
    if len(wrong):
        lies_in = dict(zip(inside.place.tolist(), known[inside.feature], strict=True))
        details = [f"names parcel {named[row]}, lies in {lies_in[row]}" for row in wrong[:EXAMPLES].tolist()]
        yield Finding(
            layer=layer_names(addresses, wrong),
            severity="warning",
            what=f"addresses lie in another parcel than they name ({len(wrong) / len(addresses):.1%} of all)",
            count=len(wrong),
            next_step="See which of the two is right; parcels that were split or joined lately are the usual cause.",
            examples=patient.of_rows(addresses, wrong, details),
        )
