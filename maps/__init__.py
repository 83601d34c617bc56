"""How it looks: stand-alone pages and the town page."""
