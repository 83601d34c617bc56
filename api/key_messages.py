"""API keys as they come in and go out over HTTP and by `--json`."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pydantic import Field

from api.answer_schemas import Answered
from api.case_places import Message
from api.case_schemas import Given
from gis_ce.api_keys import SCOPES, NewKey
from gis_ce.roles import STAFF_ROLES
from gis_ce.tables import ApiKey

DAYS = 365
"""How long a key is good where nothing is said."""
MOST_DAYS = 3 * 365


class KeyToMake(Given):
    """A key that is wanted."""

    name: str = Field(max_length=80, description="What it is called in histories.", examples=["tablet-3"])
    role: str = Field(max_length=20, description=f"One of {', '.join(STAFF_ROLES)}.", examples=["field"])
    scopes: list[str] = Field(max_length=20, description=f"Some of {', '.join(SCOPES)}.", examples=[["cases:read"]])
    days: int = Field(default=DAYS, ge=1, le=MOST_DAYS, description="How long it is good.")


class MadeKey(Answered):
    """A key in clear, told once."""

    name: str
    key: str


class KeyAnswer(Answered):
    """A key without what opens."""

    id: str
    name: str
    role: str
    scopes: list[str]
    made_at: datetime
    made_by: str
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None


class KeysAnswer(Answered):
    """All keys."""

    keys: list[KeyAnswer]


def new_key(body: KeyToMake, now: datetime) -> NewKey:
    """The key that is wanted, from now on."""
    return NewKey(body.name, body.role, body.scopes, now + timedelta(days=body.days))


def key_message(row: ApiKey) -> Message:
    """A key without what opens."""
    return {
        "id": row.id,
        "name": row.name,
        "role": row.role,
        "scopes": list(row.scopes["scopes"]),
        "made_at": row.made_at.isoformat(),
        "made_by": row.made_by,
        "expires_at": _iso(row.expires_at),
        "used_at": _iso(row.used_at),
        "revoked_at": _iso(row.revoked_at),
        "revoked_by": row.revoked_by,
    }


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value is not None else None
