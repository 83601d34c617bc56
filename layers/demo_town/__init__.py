"""A made-up town, drawn from a seed: the same seed and size give the same features."""

from layers.demo_town.make import make_town
from layers.demo_town.plan import Size
from layers.demo_town.situations import Situation, read_situations

__all__ = ["Situation", "Size", "make_town", "read_situations"]
