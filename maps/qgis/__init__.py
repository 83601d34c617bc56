"""Projects for QGIS and QField, written as XML from our own templates; QGIS itself is not needed."""
