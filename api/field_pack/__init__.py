"""Field packs: one GeoPackage for an officer and an area, with a project for QGIS and QField."""
