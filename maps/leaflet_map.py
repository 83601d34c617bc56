"""A folium map without any outside address, and the parts of a page that come out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import folium
from branca.element import Figure, MacroElement
from folium.template import Template

MAX_ZOOM = 22
START_ZOOM = 15
MOST_FEATURES = 2_000
"""More than this makes a stand-alone page slow and large; the rest is counted, not drawn."""


class OwnMap(folium.Map):
    """folium's map with link lists of its own, so that nothing is asked of another host.

    The lists are the class's own: `add_js_link` would change folium's for the whole process.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  (folium declares it for the instance)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012
    _template = Template(
        """
        {% macro header(this, kwargs) %}{% endmacro %}
        {% macro html(this, kwargs) %}<div class="folium-map" id={{ this.get_name()|tojson }}></div>{% endmacro %}
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
          center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}
        });
        L.control.scale({metric: false, position: "bottomright"}).addTo({{ this.get_name() }});
        {% endmacro %}
        """
    )


class Call(MacroElement):
    """One call of a function of our own scripts with the map and values, which are written as safe JSON."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        {{ this.function }}({{ this._parent.get_name() }}
        {%- for value in this.values %}, {{ value|tojson }}{% endfor %});
        {% endmacro %}
        """
    )

    def __init__(self, function: str, values: Sequence[object]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Call"
        self.function = function
        self.values = tuple(values)


@dataclass(frozen=True, slots=True)
class MapParts:
    """What a page puts into its head, its body and its script."""

    header: str
    html: str
    script: str


def map_parts(name: str, call: Call) -> MapParts:
    """A map that calls one of our functions, which draws and moves to what it drew.

    The name makes the element's id, so that the same page is the same text every time.
    """
    drawn = OwnMap(
        location=[0.0, 0.0],
        tiles=None,
        zoom_start=START_ZOOM,
        attribution_control=False,
        zoom_snap=0.5,
    )
    drawn.options["max_zoom"] = MAX_ZOOM  # folium keeps its own max_zoom for tiles
    drawn._id = name
    call._id = f"call_{name}"
    drawn.add_child(call)
    figure = drawn.get_root()
    if not isinstance(figure, Figure):
        raise TypeError("A folium map stands in a figure.")
    for child in list(figure._children.values()):
        child.render()
    return MapParts(figure.header.render(), figure.html.render(), figure.script.render())
