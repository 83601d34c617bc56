"""Writes the service worker of the officers' map: its code, and before it the list of files that it keeps."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from maps.officers_map.page import FILES, HERE
from maps.page import STATIC

SCRIPT = HERE / "worker.js"


@lru_cache(maxsize=1)
def worker_script() -> str:
    """The worker's text; it differs, and so browsers fetch it anew, when any file that it keeps has changed."""
    kept = {
        path: file
        for path, file in {**STATIC, **FILES}.items()
        if file.suffix in (".js", ".mjs", ".css") and "leaflet" not in path and file.is_file()
    }
    digest = hashlib.sha256()
    for path in sorted(kept):
        digest.update(path.encode() + b"\0" + kept[path].read_bytes())
    shell = {"version": digest.hexdigest()[:16], "files": [f"/static/{path}" for path in sorted(kept)]}
    return f"const SHELL = {json.dumps(shell)};\n{SCRIPT.read_text(encoding='utf-8')}"
