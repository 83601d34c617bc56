"""Makes the page of the officers' map; its modules are served as they are written, without a build step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from maps.standalone import TEMPLATES
from maps.style import style
from maps.words import LANGUAGES, sayer

HERE = Path(__file__).resolve().parent
OWN_FILES = (
    "case_actions.js",
    "case_checks.js",
    "case_file.js",
    "case_list.js",
    "case_panel.js",
    "case_store.js",
    "case_words.js",
    "case_work.css",
    "case_work.js",
    "cases_on_map.js",
    "drafts.js",
    "draw_form.js",
    "draw_tool.js",
    "drawing_board.js",
    "evidence_on_map.js",
    "filters.js",
    "images.js",
    "keys.js",
    "layers_panel.js",
    "locate.js",
    "mailing_panel.js",
    "main.js",
    "map_tools.js",
    "map_view.js",
    "move_site.js",
    "new_data.js",
    "officers_map.css",
    "offline.js",
    "open_case.js",
    "outbox.js",
    "panel.js",
    "pin.js",
    "place_form.js",
    "place_in_view.js",
    "saved_area.js",
    "search_box.js",
    "sending.js",
    "step_fields.js",
    "step_form.js",
    "structure_case.js",
    "structure_numbers.js",
    "structure_sheet.js",
    "town_style.js",
    "trace_on_map.js",
    "trace_sheet.js",
    "trace_tool.js",
    "uploads.js",
    "words.js",
    "words_es.js",
    "words_es_terms.js",
    "work_form.js",
)
FILES: Mapping[str, Path] = {f"officers_map/{name}": HERE / name for name in OWN_FILES}
"""What is served under /static/, by its path there."""

Extent = tuple[float, float, float, float]


def officers_map_html(city_name: str, extent: Extent, language: str = "en") -> str:
    """The page in that language, served at `/map`; it opens on the extent (west, south, east, north in degrees).

    No case and no feature stands in it: the page asks for them as whoever has opened it.
    """
    return TEMPLATES.get_template("officers_map.html.j2").render(
        city=city_name,
        extent=json.dumps(list(extent)),
        style=json.dumps(style().as_json()),
        language=language,
        others={code: name for code, name in LANGUAGES.items() if code != language},
        say=sayer(language),
    )
