"""How to reach it: command line, HTTP, settings, wiring."""
