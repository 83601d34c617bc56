"""A small clipper of our own, so that overlaps are not only held against the engine that computed them."""

from __future__ import annotations

from collections.abc import Sequence

Corner = tuple[float, float]


def clipped(subject: Sequence[Corner], convex: Sequence[Corner]) -> list[Corner]:
    """The part of a polygon inside a convex one, counter-clockwise (Sutherland and Hodgman)."""
    left = list(subject)
    for start, end in _sides(convex):
        kept: list[Corner] = []
        for here, there in _sides(left):
            before, after = _beside(start, end, here), _beside(start, end, there)
            if before >= 0:
                kept.append(here)
            if (before < 0) != (after < 0):
                kept.append(_between(here, there, before / (before - after)))
        left = kept
    return left


def area_of(corners: Sequence[Corner]) -> float:
    """The area of a polygon by its corners, whichever way round."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in _sides(corners))) / 2 if len(corners) > 2 else 0.0


def stretch_inside(start: Corner, end: Corner, convex: Sequence[Corner]) -> tuple[float, float]:
    """From which share to which share a straight line runs inside a convex polygon (Cyrus and Beck)."""
    enter, leave = 0.0, 1.0
    for one, two in _sides(convex):
        before, after = _beside(one, two, start), _beside(one, two, end)
        if before < 0 and after < 0:
            return 0.0, 0.0
        if (before < 0) != (after < 0):
            share = before / (before - after)
            enter, leave = (max(enter, share), leave) if before < 0 else (enter, min(leave, share))
    return (enter, leave) if enter < leave else (0.0, 0.0)


def _sides(corners: Sequence[Corner]) -> list[tuple[Corner, Corner]]:
    return list(zip(corners, [*corners[1:], *corners[:1]], strict=True))


def _beside(start: Corner, end: Corner, point: Corner) -> float:
    """Positive to the left of the way from start to end."""
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])


def _between(one: Corner, two: Corner, share: float) -> Corner:
    return one[0] + (two[0] - one[0]) * share, one[1] + (two[1] - one[1]) * share
