"""Run by the Python that has QGIS: reads layers and cases of a service, draws them, and prints what it found."""

from __future__ import annotations

import json
import sys

from qgis.core import (  # type: ignore[import-not-found]
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsVectorLayer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize  # type: ignore[import-not-found]

SERVICE = sys.argv[1]
FEATURE_SERVER = f"{SERVICE}/arcgis/rest/services/gis-ce/FeatureServer"


def oapif(name: str) -> QgsVectorLayer:
    """A collection by QGIS's own provider of the OGC API."""
    return QgsVectorLayer(f"url='{SERVICE}/ogc' typename='{name}' pageSize='7' pagingEnabled='true'", name, "OAPIF")


def esri(number: int) -> QgsVectorLayer:
    """A layer of the FeatureServer face."""
    return QgsVectorLayer(f"crs='EPSG:2264' url='{FEATURE_SERVER}/{number}'", str(number), "arcgisfeatureserver")


def told(layer: QgsVectorLayer, field: str) -> dict[str, object]:
    """The features that a layer gives, by one of their fields."""
    assert layer.isValid(), layer.name()
    found = [(str(feature[field]), feature.hasGeometry()) for feature in layer.getFeatures()]
    return {"ids": sorted(name for name, _ in found), "shapes": sum(placed for _, placed in found)}


def coloured(layer: QgsVectorLayer) -> int:
    """How many kinds of colour a picture of the layer has: with nothing drawn there is one."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent())
    settings.setOutputSize(QSize(200, 200))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    picture = job.renderedImage()
    return len({picture.pixel(x, y) for x in range(0, 200, 2) for y in range(0, 200, 2)})


def main() -> None:
    """Reads, draws and prints."""
    application = QgsApplication([], False)
    application.initQgis()
    parcels, cases, served = oapif("parcels"), oapif("cases"), esri(0)
    address = f"type=xyz&url={SERVICE}/collections/parcels/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}&zmin=13&zmax=18"
    tiles = QgsVectorTileLayer(address, "tiles")
    QgsProject.instance().setCrs(QgsCoordinateReferenceSystem("EPSG:2264"))
    found = {
        "parcels": told(parcels, "parcel_id"),
        "cases": told(cases, "id"),
        "served": told(served, "parcel_id"),
        "tiles": tiles.isValid(),
        "colours": [coloured(layer) for layer in (parcels, served)],
    }
    print(json.dumps(found))  # noqa: T201
    del parcels, cases, served, tiles
    application.exitQgis()


if __name__ == "__main__":
    main()
