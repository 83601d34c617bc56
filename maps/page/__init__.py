"""The page of a town: its markup, its script, and the files that it is served with."""

from maps.page.town import STATIC, opening_extent, town_page_html, town_script

__all__ = ["STATIC", "opening_extent", "town_page_html", "town_script"]
