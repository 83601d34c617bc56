"""The officers' map: cases in a list and on the map, each with its checks and their evidence."""

from maps.officers_map.page import FILES, officers_map_html
from maps.officers_map.worker import worker_script

__all__ = ["FILES", "officers_map_html", "worker_script"]
