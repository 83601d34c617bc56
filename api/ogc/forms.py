"""The form of an answer: what `f` says, else what the request accepts."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException

from api.errors import ApiError

GEOJSON = "application/geo+json"
JSON = "application/json"
HTML = "text/html"
PLAIN: Mapping[str, str] = {"json": JSON, "html": HTML}
"""Forms of answers that are no features, by the word of `f`; the first is given where anything is accepted."""


def form_of(f: str | None, accept: str | None, offered: Mapping[str, str]) -> str:
    """The word of the form to answer in; raises ApiError for an `f` that is not offered, 406 where nothing fits."""
    if f is not None:
        if f in offered:
            return f
        raise ApiError(f"f: {f!r} is not offered here; these are: {', '.join(offered)}.")
    if not accept:
        return next(iter(offered))
    best, found = 0.0, None
    for word, media in offered.items():
        share = _share(accept, media)
        if share > best:
            best, found = share, word
    if found is None:
        raise HTTPException(406, f"None of what is accepted is offered here: {', '.join(offered.values())}")
    return found


def _share(accept: str, media: str) -> float:
    """How much a media type is wanted: the most exact entry counts."""
    bare = media.partition(";")[0]
    kind = bare.partition("/")[0]
    also = (JSON,) if bare.endswith("+json") else ()
    exact, share = -1, 0.0
    for entry in accept.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        level = {"*/*": 0, f"{kind}/*": 1, bare: 3}.get(name, 2 if name in also else -1)
        if level > exact:
            exact, share = level, _quality(parameters)
    return share


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
