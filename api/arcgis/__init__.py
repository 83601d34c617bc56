"""The read-only Esri FeatureServer face: the same collections as under /collections, for ArcGIS and esri-leaflet."""
