"""Mains as a network: built from lines, with direction, traced and cut off."""
