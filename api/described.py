"""The description of the service: FastAPI's own, with every problem under the media type that it is sent in."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api.error_answers import PROBLEM

_JSON = "application/json"
_FIRST_PROBLEM = 400


class Service(FastAPI):
    """FastAPI, which would describe problems as plain JSON."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if self.openapi_schema is None:
            for methods in super().openapi()["paths"].values():
                for operation in methods.values():
                    _mended(operation["responses"])
        return super().openapi()


def _mended(answers: dict[str, Any]) -> None:
    """Bad parameters are 400 here, so the status that FastAPI answers by itself is ours alone."""
    for status, answer in answers.items():
        content = answer.get("content", {})
        if status.isdigit() and int(status) >= _FIRST_PROBLEM and _JSON in content:
            content[PROBLEM] = content.pop(_JSON)
