"""GET /health: whether the service can answer, and how old its layers are."""

from __future__ import annotations

from datetime import date

from api.access import SeenLayer
from api.answer_schemas import Health, LayerAge
from api.requests import TheCity, TheView
from api.strict_json import Router
from api.version import running_version

router = Router(tags=["service"])


@router.get("/health", summary="Is the service well, and how old are its layers?")
def get_health(city: TheCity, view: TheView) -> Health:
    """The version of the service, its city, and the age of each layer that you may see."""
    today = city.today()
    return Health(
        status="ok" if view.layers else "no layers",
        version=running_version(),
        city=city.city.name,
        caller=view.caller,
        pack=view.rulebook.pack,
        layers={name: _age(layer, today) for name, layer in view.layers.items()},
    )


def _age(layer: SeenLayer, today: date) -> LayerAge:
    days = (today - layer.version.as_of).days
    limit = layer.description.stale_after_days
    return LayerAge(
        version=layer.version.version,
        rows=layer.version.rows,
        as_of=layer.version.as_of,
        published_at=layer.version.published_at,
        age_days=days,
        stale=limit is not None and days > limit,
    )
