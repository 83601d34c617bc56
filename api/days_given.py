"""Days, moments and hours as they are given: in the one form that is described, so that 2026 is no second of 1970."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import BeforeValidator

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:?\d{2})?", re.ASCII)
_HOUR = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})?", re.ASCII)


def _read(form: re.Pattern[str], read: Callable[[str], object], said: str) -> Callable[[Any], Any]:
    def given(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return read(value) if form.fullmatch(value) else _refused(value, said)
        except ValueError:
            return _refused(value, said)

    return given


def _refused(value: str, said: str) -> Any:
    raise ValueError(f"{value[:40]!r} is no {said}")


Day = Annotated[date, BeforeValidator(_read(_DAY, date.fromisoformat, "day; one looks like 2026-03-02"))]
Moment = Annotated[
    datetime, BeforeValidator(_read(_MOMENT, datetime.fromisoformat, "moment; one looks like 2026-03-02T14:30:00Z"))
]
Hour = Annotated[time, BeforeValidator(_read(_HOUR, time.fromisoformat, "time of day; one looks like 14:30"))]
