"""The page of all addresses: made from the description of the API and the list of doors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from api.app import ROUTERS
from api.doors import door_of

_WHO = {
    "nothing": "everybody, narrowed to what they may see",
    "staff": "staff",
    "cases": "staff, by lane",
    "all_cases": "staff of all cases",
    "owners": "staff who may see owners",
    "persons": "staff who may see persons",
    "admin": "administrators",
}


def addresses_page() -> str:
    """Every address with its verb, what it does and for whom it is."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# Addresses of the API\n\nMade from the code. The running service describes them with fields and examples"
    yield "at `/docs` (OpenAPI 3.1) and, for the OGC part, at `/ogc/api`.\n"
    grouped: dict[str, list[str]] = {}
    for path, methods in _described()["paths"].items():
        for verb, about in methods.items():
            subject = str((about.get("tags") or ["other"])[0])
            grouped.setdefault(subject, []).append(_row(verb.upper(), path, about))
    for subject, rows in grouped.items():
        yield f"## {subject.capitalize()}\n\n| request | what it does | for |\n|---|---|---|"
        yield from rows
        yield ""


def _described() -> dict[str, Any]:
    app = FastAPI()
    for router in ROUTERS:
        app.include_router(router)
    return app.openapi()


def _row(verb: str, path: str, about: dict[str, Any]) -> str:
    door = door_of(verb, path)
    who = _WHO[door.needs] if door is not None else "nobody"
    scope = f" (`{door.scope}`)" if door is not None and door.scope else ""
    return f"| `{verb} {path}` | {str(about.get('summary', '')).replace('|', '/')} | {who}{scope} |"
