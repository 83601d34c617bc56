"""Answers of GeoReport v2 as JSON or XML: the same values in both."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any
from xml.etree import ElementTree

import orjson
from fastapi import Request
from fastapi.responses import Response

from api.error_answers import OURS, told
from api.errors import ApiError, TooOften
from api.strict_json import StrictRoute

Row = dict[str, Any]
_MEDIA = {"json": "application/json", "xml": "application/xml"}
_XML_CANNOT_HOLD = dict.fromkeys((*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0xFFFE, 0xFFFF), " ")
_RETRY_S = "600"


def written(value: Row | Sequence[Row], form: str, whole: str, each: str, status: int = 200) -> Response:
    """Rows (or one thing) in a form; `whole` and `each` are their names in XML."""
    if form == "json":
        content = orjson.dumps(value)
    else:
        root = ElementTree.Element(whole)
        for row in value if isinstance(value, Sequence) else ():
            _fill(ElementTree.SubElement(root, each), row)
        if isinstance(value, dict):
            _fill(root, value)
        content = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(content, status, media_type=f"{_MEDIA[form]}; charset=utf-8", headers={"Cache-Control": "no-cache"})


class ReportRoute(StrictRoute):
    """A route whose mistakes are GeoReport's list of errors, in the form that was asked for."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with our mistakes in that form."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            form = request.url.path.rpartition(".")[2]
            try:
                if form not in _MEDIA:
                    raise ApiError("The address ends in .json or .xml: this service answers in these two forms.")
                return await handle(request)
            except OURS as error:
                status, said = told(request, error)
                errors = [{"code": status, "description": said}]
                answer = written(errors, form if form in _MEDIA else "json", "errors", "error", status)
                if isinstance(error, TooOften):
                    answer.headers["Retry-After"] = _RETRY_S
                return answer

        return handled


def _fill(parent: ElementTree.Element, row: Row) -> None:
    for name, value in row.items():
        child = ElementTree.SubElement(parent, name)
        if isinstance(value, dict):
            _fill(child, value)
        elif isinstance(value, list):
            for each in value:
                _fill(ElementTree.SubElement(child, name.removesuffix("s")), each)
        elif value is not None:
            child.text = _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).translate(_XML_CANNOT_HOLD)
