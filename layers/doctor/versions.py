"""Layers whose data are old, and snapshots whose files are damaged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from layers.doctor.finding import Finding
from layers.versions import LayerStore


def stale_layers(store: LayerStore, names: Mapping[str, str], today: date) -> Iterator[Finding]:
    """Layers older than their city file allows; `names` are layer names with their version ids."""
    current = store.current()
    for name, version in names.items():
        allowed = store.part(version).description.stale_after_days
        age = (today - current[name].as_of).days
        if allowed is not None and age > allowed:
            yield Finding(
                layer=name,
                severity="warning",
                what=f"the data are of {current[name].as_of}, {age:,} days ago; {allowed:,} days are allowed",
                count=1,
                next_step=f"Get newer data and run: gis-ce layers import {name}",
            )


def damaged_snapshots(store: LayerStore, damage: Mapping[str, str]) -> Iterator[Finding]:
    """Published versions whose file is missing or not as it was written."""
    current = {entry.version for entry in store.current().values()}
    for version, problem in sorted(damage.items()):
        name = version.partition("/")[0]
        now = version in current
        step = f"Import {name} again" if now else "Bring the file back from a backup, or prune the old versions"
        yield Finding(
            layer=name,
            severity="error",
            what=f"the {'current' if now else 'old'} snapshot {version} is damaged: {problem}",
            count=1,
            next_step=f"{step}; decisions that saw this version cannot be run again without it.",
        )
