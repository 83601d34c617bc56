"""Mailings to the properties on a sewer line: who is on it and why, how they are addressed, what is printed."""
