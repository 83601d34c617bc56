"""The messages about files that arrive in pieces."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.answer_schemas import Answered


class UploadAnswer(Answered):
    """What became of a file; `sha256` is the hash of what is kept, once it is had."""

    id: str
    name: str
    state: Literal["arriving", "have", "refused"]
    length: int
    offset: int
    sha256: str | None
    said: str | None = Field(description="Why it was refused.")
    expires_at: datetime | None


class HaveAnswer(Answered):
    """Whether a content lies here whole, and the cases that it is attached to."""

    sha256: str
    have: bool
    cases: list[str]
