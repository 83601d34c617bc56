"""The documents about OGC processes: the list, one process with its inputs, and refusals in their own words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ValidationError

from api.error_answers import PROBLEM, validation_sentence
from api.errors import ApiError
from api.ogc.asking import Asking
from api.ogc.forms import JSON
from api.ogc.links import Addresses, link

Document = dict[str, Any]
VERSION = "1.0.0"
_NO_SUCH = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-process"
_EXECUTE = "http://www.opengis.net/def/rel/ogc/1.0/execute"


@dataclass(frozen=True, slots=True)
class Process:
    """One thing that can be run: with which inputs, and what runs it. `for_staff`: the public knows nothing of it."""

    id: str
    title: str
    said: str
    inputs: type[BaseModel]
    run: Callable[[Asking, Any], Response]
    for_staff: bool = False
    left_out: Sequence[str] = ()


def summary(process: Process, to: Addresses) -> Document:
    """A process as it stands in the list."""
    own = to.under("processes", process.id)
    return {
        "id": process.id,
        "title": process.title,
        "description": process.said,
        "version": VERSION,
        "jobControlOptions": ["sync-execute"],
        "outputTransmission": ["value"],
        "links": [
            link(own, "self", JSON, process.title),
            link(f"{own}/execution", _EXECUTE, JSON, "Run it"),
        ],
    }


def description(process: Process, to: Addresses) -> Document:
    """A process with its inputs and its output."""
    output = {"title": "The answer", "schema": {"type": "object", "contentMediaType": JSON}}
    return {**summary(process, to), "inputs": _inputs(process), "outputs": {"result": output}}


def _inputs(process: Process) -> Document:
    schema = process.inputs.model_json_schema()
    definitions, required = schema.get("$defs", {}), schema.get("required", ())
    return {
        name: {
            "title": name.replace("_", " "),
            "description": said.get("description", name.replace("_", " ")),
            "schema": _without_references(said, definitions),
            "minOccurs": int(name in required),
            "maxOccurs": 1,
        }
        for name, said in schema["properties"].items()
        if name not in process.left_out
    }


def _without_references(schema: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_without_references(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _without_references(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if len(kinds) == 1:
        schema = {**schema, **_without_references(kinds[0], definitions)}
        del schema["anyOf"]
    left_out = ("examples", *(("default",) if schema.get("default", 0) is None else ()))
    return {key: _without_references(value, definitions) for key, value in schema.items() if key not in left_out}


def inputs_of(process: Process, body: Any) -> Any:
    """The inputs of a request; raises ApiError."""
    if not isinstance(body, dict):
        raise ApiError('the body: send a JSON object with "inputs".')
    given = body.get("inputs", {})
    if not isinstance(given, dict):
        raise ApiError("inputs: give a JSON object with the inputs by their names.")
    known = {name: _plain(value) for name, value in given.items()}
    for name in known:
        if name in process.left_out or name not in process.inputs.model_fields:
            raise ApiError(
                f"{str(name)[:60]}: {process.id} has no such input; these are: {', '.join(_inputs(process))}."
            )
    try:
        return process.inputs.model_validate(known)
    except ValidationError as error:
        raise ApiError(validation_sentence(error.errors())) from error


def _plain(value: Any) -> Any:
    """A value with or without the wrapping that says what it is."""
    return value["value"] if isinstance(value, dict) and "value" in value else value


def answer_of(process: Process, asking: Asking, body: Any) -> Response:
    """Runs a process: its answer as it is, or in a document where that is asked for. Raises ApiError."""
    wanted = body.get("response", "raw") if isinstance(body, dict) else "raw"
    if wanted not in ("raw", "document"):
        raise ApiError('response: "raw" or "document".')
    outputs = body.get("outputs") if isinstance(body, dict) else None
    if outputs is not None and (not isinstance(outputs, dict) or set(outputs) - {"result"}):
        raise ApiError("outputs: there is one, `result`.")
    around = (b'{"result":{"mediaType":"application/json","value":', b"}}") if wanted == "document" else (b"", b"")
    response, headers = process.run(asking, inputs_of(process, body)), {"Cache-Control": "no-store"}
    if isinstance(response, StreamingResponse):
        return StreamingResponse(_within(response, *around), media_type=JSON, headers=headers)
    return Response(bytes(response.body).join(around), media_type=JSON, headers=headers)


async def _within(response: StreamingResponse, before: bytes, after: bytes) -> AsyncIterator[bytes | memoryview | str]:
    """The pieces of a long answer as they are made, between what stands before and after them."""
    yield before
    async for piece in response.body_iterator:
        yield piece
    yield after


def no_such_process(name: str) -> Response:
    """What is said of a process that there is not, or that is not for this caller."""
    said = f"There is no process {name[:80]!r} here; /ogc/processes lists those that there are."
    content = {"type": _NO_SUCH, "title": "Not Found", "status": 404, "detail": said}
    return JSONResponse(content, status_code=404, media_type=PROBLEM)
