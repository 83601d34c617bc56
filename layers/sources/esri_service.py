"""Questions to one layer of an Esri feature service, asked again when the service stumbles."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from layers.errors import SourceError
from layers.sources.table import Limits

Answer = dict[str, Any]

_LONGEST_PAUSE_S = 60.0


class _StumbleError(Exception):
    """An answer that may be better next time."""


@dataclass(frozen=True, slots=True)
class EsriLayer:
    """The address of a layer (`.../FeatureServer/0`), and how patiently it is asked."""

    client: httpx.Client
    url: str
    limits: Limits

    @property
    def shown(self) -> str:
        """The address without the part that may hold a token."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}".rstrip("/")

    def ask(self, what: str = "", form: Mapping[str, str] | None = None) -> Answer:
        """The answer as JSON; raises SourceError where it stays away or is a refusal."""
        problem = ""
        for attempt in range(self.limits.tries):
            if attempt:
                time.sleep(min(self.limits.pause_s * 2 ** (attempt - 1), _LONGEST_PAUSE_S))
            try:
                return self._ask_once(what, form)
            except (httpx.TransportError, _StumbleError) as error:
                problem = str(error) or type(error).__name__
        raise SourceError(
            f"{self.shown} could not be read after {self.limits.tries} tries ({problem}); "
            "what has been fetched is kept, so import it again later."
        )

    def _ask_once(self, what: str, form: Mapping[str, str] | None) -> Answer:
        parts = urlsplit(self.url)
        address = parts._replace(path=f"{parts.path.rstrip('/')}{what}").geturl()
        if form is None:
            response = self.client.get(address, params=httpx.QueryParams(parts.query).merge({"f": "json"}))
        else:
            response = self.client.post(address, data={**form, "f": "json"})
        if response.status_code >= 500 or response.status_code == 429:
            raise _StumbleError(f"HTTP status {response.status_code}")
        if response.status_code != 200:
            raise SourceError(f"{self.shown} answers with HTTP status {response.status_code}; check the address.")
        return self._checked(response)

    def _checked(self, response: httpx.Response) -> Answer:
        try:
            answer = response.json()
        except ValueError as error:
            if "json" in response.headers.get("content-type", ""):
                raise _StumbleError("an answer cut short") from error
            raise SourceError(f"{self.shown} does not answer like a feature service; check the address.") from error
        if not isinstance(answer, dict):
            raise SourceError(f"{self.shown} does not answer like a feature service; check the address.")
        refusal = answer.get("error")
        if isinstance(refusal, dict):
            self._refuse(refusal)
        return answer

    def _refuse(self, refusal: Answer) -> None:
        code, message = refusal.get("code"), str(refusal.get("message") or "no reason given")
        if isinstance(code, int) and (code >= 500 or code == 429):
            raise _StumbleError(f"{code}: {message}")
        if code in (498, 499, 401, 403):
            raise SourceError(f"{self.shown} is not open to everybody ({message}); add ?token=... to the address.")
        raise SourceError(f"{self.shown} refuses: {message}.")
