"""Reads JSON bodies strictly, for every route: what two programs could read in two ways is refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api.errors import ApiError, status_of


class Router(APIRouter):
    """A router all of whose routes read JSON strictly."""

    def __init__(self, route_class: type[StrictRoute] | None = None, **given: Any) -> None:
        super().__init__(route_class=route_class or StrictRoute, **given)


class StrictRoute(APIRoute):
    """A route that reads JSON strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        answer = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await answer(_StrictRequest(request.scope, request.receive))

        return strictly


class _StrictRequest(Request):
    async def json(self) -> Any:
        """The body; raises HTTPException, the one kind that FastAPI lets through here, and JSONDecodeError."""
        if not hasattr(self, "_json"):
            try:
                self._json = read_strictly(await self.body())
            except ApiError as error:
                raise HTTPException(status_of(error), str(error).removesuffix(".")) from error
        return self._json


def read_strictly(body: bytes) -> Any:
    """What a body says.

    Raises ApiError for one that is not UTF-8, names a key twice, is nested without end, holds half a character or
    numbers that JSON lacks; JSONDecodeError for what is no JSON at all.
    """
    try:
        said = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_each_once, parse_constant=_no_constant)
        if b"\\u" in body:
            json.dumps(said, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ApiError("the body: half of a pair of code units stands in it, which is no character.") from error
    except UnicodeDecodeError as error:
        raise ApiError(f"the body: it is not in UTF-8 (byte {error.start + 1:,}).") from error
    except RecursionError as error:
        raise ApiError("the body: it is nested too deeply.") from error
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        raise ApiError("the body: a number in it has too many digits.") from error
    return said


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ApiError(f"the body: {twice[:80]!r} is said twice in one object; say it once.")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ApiError(f"the body: {word} is no number in JSON.")
