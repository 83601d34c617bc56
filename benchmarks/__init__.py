"""Figures: what we take for the same answers as PostGIS and DuckDB, measured in one run."""
