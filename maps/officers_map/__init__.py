"""The officers' map: cases in a list and on the map, each with its checks and their evidence."""

from maps.officers_map.page import FILES, officers_map_html

__all__ = ["FILES", "officers_map_html"]
