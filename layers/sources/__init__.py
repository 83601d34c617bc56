"""Readers of sources: files, tables of a database, layers of a feature service."""
