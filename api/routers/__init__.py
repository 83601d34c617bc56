"""One router a subject; the list of all of them is in api/app.py."""
