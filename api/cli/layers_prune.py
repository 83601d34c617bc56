"""`gis-ce layers prune`: delete old layer versions, but none that the record of the cases rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, many, out, short, table, text
from api.settings import Settings
from api.wiring import OpenCity, has_cases, open_cases, open_city
from gis_ce.named_versions import Named, named_versions

_MAILINGS_SHOWN = 3


def prune(
    keep: Annotated[int, typer.Option("--keep", min=1, help="How many versions of each layer stay.")] = 3,
    named_too: Annotated[
        bool,
        typer.Option("--named-too", help="Also those that decisions or frozen mailings name: never to be run again."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Delete old versions. One that a decision or a frozen mailing names is kept, and told.

    Without it the decision could not be run again. The networks built from a version go with it.
    """
    settings = Settings()
    opened = open_city(settings, city, tested=False)
    older = opened.store.older(keep)
    named = {version: by for version, by in _named(settings, opened).items() if version in older} if older else {}
    doomed = len(older) - (0 if named_too else len(named))
    if doomed and not yes and not json:
        lost = f", {many(len(named), 'version')} of them named by the record" if named_too and named else ""
        typer.confirm(f"Delete {many(doomed, 'old version')} for good{lost}?", abort=True, err=True)
    gone = opened.store.prune(keep, also=() if named_too else named)
    kept = {} if named_too else named
    if json:
        as_json({"deleted": gone, "kept": [_message(version, by) for version, by in kept.items()]})
        return
    for version in gone:
        out().print(text(short(version)))
    aside().print(f"{many(len(gone), 'version')} deleted.")
    _tell_kept(kept)


def _named(settings: Settings, opened: OpenCity) -> dict[str, Named]:
    """What names layer versions in the city's case store; raises StoreNotReady where it cannot be asked."""
    if not has_cases(settings, opened.city):
        return {}
    store = open_cases(settings, opened.city).ready()
    try:
        with store.reading() as session:
            return named_versions(session)
    finally:
        store.close()


def _tell_kept(kept: Mapping[str, Named]) -> None:
    if not kept:
        return
    shown = table("Kept", "Named by", whole=("Kept",))
    for version, by in kept.items():
        shown.add_row(text(short(version)), text(_said(by)))
    out().print(shown)
    aside().print("Without these the record could not be run again; --named-too deletes them all the same.")


def _said(by: Named) -> str:
    some = ", ".join(by.mailings[:_MAILINGS_SHOWN]) + (" ..." if len(by.mailings) > _MAILINGS_SHOWN else "")
    said = [many(by.decisions, "decision")] if by.decisions else []
    said += [f"{many(len(by.mailings), 'frozen mailing')} ({some})"] if by.mailings else []
    return " and ".join(said)


def _message(version: str, by: Named) -> dict[str, object]:
    return {"version": version, "decisions": by.decisions, "mailings": list(by.mailings)}
