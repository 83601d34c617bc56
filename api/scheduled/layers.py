"""Layers are fetched from their sources and published, and decisions are held against what is new."""

from __future__ import annotations

import logging
from collections import Counter

from api.case_office import CaseOffice
from api.decision_layers import kept_part
from api.importing import Results, import_published, prepare_changed
from gis_ce.actions.desk import CLOCK, Actor
from gis_ce.actions.flips import recheck_all
from gis_ce.errors import ScheduleFailed
from layers.report import ImportFailure

_LOG = logging.getLogger("gis_ce.api")


def sync_layers(office: CaseOffice) -> str:
    """Fetches and publishes all layers, then looks again; raises ScheduleFailed naming the layers that failed.

    A layer that fails keeps the version it had, and the others are published all the same.
    """
    results = import_published(office.city, None, _log)
    changed = prepare_changed(office.city, results, _log)
    said = f"{_told(results)} {recheck(office)}" if changed else _told(results)
    if any(isinstance(result, ImportFailure) for result in results):
        raise ScheduleFailed(said)
    return said


def recheck(office: CaseOffice) -> str:
    """Holds every decision against the current layers; those that turned wait for a signature."""
    with office.store.session() as session:
        found = recheck_all(session, office.desk(Actor(CLOCK)), kept_part(office.city))
        session.commit()
    said = f"{found.evaluated:,} of {found.decisions:,} decisions looked at again, {len(found.flips):,} turned."
    if found.flips:
        _LOG.warning("Decisions turned on new layers and wait for a signature: %s.", len(found.flips))
    return said


def _told(results: Results) -> str:
    failed = [result for result in results if isinstance(result, ImportFailure)]
    kinds = Counter(result.unchanged for result in results if not isinstance(result, ImportFailure))
    said = f"{kinds[False]} layers have a new version, {kinds[True]} are as they were, {len(failed)} failed."
    return " ".join([said, *(f"{each.layer}: {each.error}" for each in failed)])


def _log(what: str, _: float) -> None:
    _LOG.debug("%s", what)
