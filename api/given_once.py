"""The parameters of a request that may come in its address and in a form, each given once."""

from __future__ import annotations

from fastapi import Request

from api.errors import ApiError


async def given_once(request: Request, *, files: int = 0) -> dict[str, str]:
    """The parameters; raises ApiError for one given twice or with a NUL, and for a file.

    Of so many `files` the refusal names the parameter; a form with more is refused as such.
    """
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        async with request.form(max_fields=100, max_files=files) as form:
            for name, value in form.multi_items():
                if not isinstance(value, str):
                    raise ApiError(f"{name}: files are not taken here; give the address of a photo as media_url.")
                pairs.append((name, value))
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ApiError("A parameter is given more than once; give each one time.")
    if any("\0" in value for value in found.values()):
        raise ApiError("A NUL character stands in a parameter; take it out.")
    return found
