"""`python -m benchmarks.api_service`: the service as `gis-ce serve` starts it, with one more address, `/empty`.

With the word `cold` nothing that was made for an answer is kept for the next one, only what publishing made; with
`bare` there is only the empty answer, by FastAPI alone.
"""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.app import make_app
from api.cli.serve import opened_ready, server_config
from api.logs import log_to_stderr
from api.ogc.tile_cache import PageCache, TileCache
from api.settings import Settings


def main() -> None:
    """Serve on a free port and say which."""
    app = FastAPI() if "bare" in sys.argv else _service()
    if "cold" in sys.argv:
        app.state.page_cache, app.state.tile_cache = PageCache(0), TileCache(0)
    app.router.routes.insert(0, APIRoute("/empty", _empty))
    serve(app)


def serve(app: FastAPI) -> None:
    """Run an application as the service is run, on a free port that is said aloud."""
    config = server_config(app)
    config.port = 0
    listener = config.bind_socket()
    listener.listen()  # who asks at once waits, and is not refused
    print(f"ready {listener.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[listener])


def _service() -> FastAPI:
    settings = Settings()
    log_to_stderr(settings.log_format, settings.log_level)
    return make_app(settings, opened_ready(settings))


def _empty() -> dict[str, str]:
    return {}


if __name__ == "__main__":
    main()
