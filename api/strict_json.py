"""Reads JSON bodies strictly, before any router does: what two programs could read in two ways is refused."""

from __future__ import annotations

import json
from collections import Counter
from email.message import Message as Headers
from typing import Any, NoReturn

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ApiError, problem, status_of

_CHANGING = ("POST", "PUT", "PATCH")
_GONE: Message = {"type": "http.disconnect"}


class StrictJson:
    """Refuses a JSON body that is not UTF-8, names a key twice, is nested without end, or holds numbers JSON lacks."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reads the body whole and hands it on as it was."""
        if scope["type"] != "http" or scope["method"] not in _CHANGING or not _is_json(scope):
            await self.app(scope, receive, send)
            return
        try:
            body = await _whole(receive)
            look_at(body or b"")
        except ApiError as error:
            await problem(status_of(error), str(error))(scope, receive, send)
            return
        except HTTPException as error:
            await problem(error.status_code, f"{error.detail}.")(scope, receive, send)
            return
        first: list[Message] = [_GONE if body is None else {"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return first.pop() if first else await receive()

        await self.app(scope, again, send)


async def _whole(receive: Receive) -> bytes | None:
    """The body in one piece, None where the caller went away before its end."""
    pieces, more = list[bytes](), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(pieces)


def look_at(body: bytes) -> None:
    """Raises ApiError for a body that no program should send; what is no JSON at all is told by who reads it."""
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
        return
    except ValueError as error:
        raise ApiError("the body: a number in it has too many digits.") from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ApiError(f"the body: {twice[:80]!r} is said twice in one object; say it once.")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ApiError(f"the body: {word} is no number in JSON.")


def _is_json(scope: Scope) -> bool:
    said = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    if said == b"application/json":
        return True
    header = Headers()
    header["content-type"] = said.decode("latin-1")
    kind = header.get_content_subtype()
    return header.get_content_maintype() == "application" and (kind == "json" or kind.endswith("+json"))
