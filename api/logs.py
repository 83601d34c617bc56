"""How the service logs: one JSON object a line, or a line for people; without names, addresses or what was asked."""

from __future__ import annotations

import logging
import sys
from typing import Literal

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from api.request_log import REQUEST_ID

LogFormat = Literal["text", "json"]
LogLevel = Literal["info", "warning", "error"]
_KEPT = ("uvicorn", "uvicorn.error")
_TIMED = "%(asctime)s %(levelname)s %(message)s"


def log_to_stderr(form: LogFormat, level: LogLevel) -> None:
    """Sends what the service and its server log to stderr, each line with the id of its request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_with_request)
    handler.setFormatter(_Json() if form == "json" else logging.Formatter(_TIMED))
    for name in ("gis_ce", *_KEPT):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level.upper())
        logger.propagate = False


def _with_request(record: logging.LogRecord) -> bool:
    if (request := REQUEST_ID.get()) is not None:
        record.request = request
    return True


class _Json(JsonFormatter):
    """Time in UTC, level, logger, message, then what the line has beside them."""

    def __init__(self) -> None:
        super().__init__(
            "%(levelname)s %(name)s %(message)s",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp="time",
            reserved_attrs=[*RESERVED_ATTRS, "color_message"],
        )
