"""What would embarrass a city in production: each finding with what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import URL

from api.backup_note import last_backup
from api.settings import Settings
from api.wiring import CityFolders, OpenCity, attachments_folder
from gis_ce.accounts import accounts
from gis_ce.case_store import CaseStore
from gis_ce.store_checks import Finding
from layers.model import City

STAFF_MATTERS = ("water_main", "hydrant", "valve", "blowoff", "meter", "account", "locate_ticket")
"""Roles that tell where the water runs, or who somebody is: no map for everybody shows them."""
LEAST_SECRET, LEAST_FREE_GB = 12, 5.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_GUESSED = frozenset({"password", "postgres", "postgresql", "changeme", "change-me", "secret", "gis_ce", "gis-ce"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at: a city's settings and files, its store if there is one, now."""

    settings: Settings
    city: OpenCity
    store: CaseStore | None
    now: datetime
    backup_days: int


def embarrassments(asked: Asked) -> list[Finding]:
    """All findings, the grave ones first."""
    looks = (_address, _secrets, _accounts, _layers, _backup, _room)
    found = [finding for look in looks for finding in look(asked)]
    return sorted(found, key=lambda finding: finding.severity != "error")


def _address(asked: Asked) -> Iterator[Finding]:
    settings = asked.settings
    url = settings.public_url
    if url is None and settings.host not in _LOOPBACK:
        yield Finding(
            "error",
            f"The service listens on {settings.host} and does not know its own address: cookies go without TLS.",
            "Put a proxy with TLS before it and set GIS_CE_PUBLIC_URL to https://NAME.",
        )
    if url is not None and url.startswith("http://"):
        yield Finding(
            "error",
            f"People reach the service at {url}, where passwords and names can be read on the way.",
            "Put a proxy with TLS before it and set GIS_CE_PUBLIC_URL to https://NAME.",
        )
    if settings.webhooks_inside:
        yield Finding(
            "warning",
            "Webhooks may go to this machine and the network around it, and by plain http.",
            "Unset GIS_CE_WEBHOOKS_INSIDE unless a system of your own listens there.",
        )


def _secrets(asked: Asked) -> Iterator[Finding]:
    engine = asked.store.engine.url if asked.store is not None else None
    secrets = {"GIS_CE_OIDC_SECRET": asked.settings.oidc_secret, "GIS_CE_CASES": _password(engine)}
    for name, secret in secrets.items():
        if secret is not None and (len(secret) < LEAST_SECRET or secret.lower() in _GUESSED):
            yield Finding(
                "error",
                f"The secret in {name} is short or easily guessed.",
                f"Take one of at least {LEAST_SECRET} letters by chance, such as of `openssl rand -hex 24`.",
            )


def _password(url: URL | None) -> str | None:
    return None if url is None or url.password is None else str(url.password)


def _accounts(asked: Asked) -> Iterator[Finding]:
    if asked.store is None or asked.store.version() is None:
        yield Finding("warning", "There is no store of cases yet.", "Run `gis-ce db upgrade`.")
        return
    with asked.store.ready().reading() as session:
        active = [each for each in accounts(session) if each.active]
    if not active and asked.settings.oidc_issuer is None:
        yield Finding(
            "error",
            "There are no accounts, so whoever sits at this machine is staff, and nobody can sign in elsewhere.",
            "Make the first one with `gis-ce user add NAME admin`, or set GIS_CE_OIDC_ISSUER.",
        )


def _layers(asked: Asked) -> Iterator[Finding]:
    yield from _shown_to_all(asked.city.city)
    today = asked.city.today()
    seen = asked.city.view("staff").layers
    if not seen:
        yield Finding("error", "No layer has been published.", "Run `gis-ce layers import --city FILE`.")
    for name, layer in seen.items():
        limit = layer.description.stale_after_days
        age = (today - layer.version.as_of).days
        if limit is not None and age > limit:
            yield Finding(
                "error",
                f"The layer {name} is {age:,} days old, more than the {limit:,} it may be: its checks are undecided.",
                f"Fetch its source and run `gis-ce layers import --layer {name}`.",
            )


def _shown_to_all(city: City) -> Iterator[Finding]:
    for layer in city.layers:
        if layer.audience == "public" and layer.role.name in STAFF_MATTERS:
            yield Finding(
                "error",
                f"Everybody may see the layer {layer.name} ({layer.role.name}).",
                'Set audience = "staff" in the city file and import it again.',
            )


def _backup(asked: Asked) -> Iterator[Finding]:
    last = last_backup(asked.city.folders.layers.parent)
    after = "Run `gis-ce db backup FILE` every night, copy the attachments too, and try `gis-ce db restore` elsewhere."
    if last is None:
        yield Finding("error", "The cases have never been backed up with this data folder.", after)
    elif asked.now - last[0] > timedelta(days=asked.backup_days):
        yield Finding("error", f"The last backup is of {last[0]:%d %b %Y}, {_days(asked.now - last[0])} ago.", after)
    elif not last[1].is_file():
        yield Finding("warning", f"The last backup, {last[1]}, is not there any more.", "Look where it went.")


def _days(span: timedelta) -> str:
    return f"{span.days:,} day{'' if span.days == 1 else 's'}"


def _room(asked: Asked) -> Iterator[Finding]:
    folders: CityFolders = asked.city.folders
    for what, folder in (
        ("layers", folders.layers),
        ("attachments", attachments_folder(asked.settings, asked.city.city)),
    ):
        there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        free_gb = shutil.disk_usage(there).free / 1e9
        if free_gb < LEAST_FREE_GB:
            yield Finding(
                "warning",
                f"The disk of the {what} has {free_gb:.1f} GB left.",
                "Make room: `gis-ce layers prune` drops old versions that no decision names.",
            )
