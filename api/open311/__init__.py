"""Open311 GeoReport v2: reports of the public in, and what became of them out, as JSON and XML."""
