"""Locate tickets: where somebody said they would dig, when, and what was answered."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from layers.demo_town import texts, words
from layers.demo_town.drawing import Drawing, Rows
from layers.demo_town.land import Layer
from layers.demo_town.placing import Ground, on_board
from layers.demo_town.plan import Plan
from layers.grid import Floats

TODAY = np.datetime64("2026-11-01")
_FIRST_DAY = np.datetime64("2026-03-02")
_SHARE = 0.045
_LIFE_DAYS = 28
_KINDS = ("normal", "update", "emergency", "damage")
_CODES = ("10", "20", "30", "32", "40", "50", "60", "70")


def ticket_layer(plan: Plan, ground: Ground, parcels: Drawing) -> Layer:
    """Tickets in front of lots, from the street to the house."""
    rng = np.random.default_rng([plan.seed, 70])
    lots = np.flatnonzero((parcels.numbers("width") > 0) & (parcels.numbers("width") < 300))
    count = max(12, int(len(parcels) * _SHARE))
    rows = rng.choice(lots, count, replace=True)
    geometry = shapely.polygons(_corners(rng, plan, ground, parcels, rows))
    return np.asarray(geometry, dtype=object), _columns(rng, count)


def _corners(rng: np.random.Generator, plan: Plan, ground: Ground, parcels: Drawing, rows: Rows) -> Floats:
    place = parcels.rows("place")[rows]
    front = np.column_stack([parcels.numbers("front_x")[rows], parcels.numbers("front_y")[rows]])
    inward = np.column_stack([parcels.numbers("inward_x")[rows], parcels.numbers("inward_y")[rows]])
    sideways = np.column_stack([inward[:, 1], -inward[:, 0]])
    half = (parcels.numbers("width")[rows] * rng.uniform(0.4, 1.2, len(rows)) / 2)[:, None]
    into = rng.uniform(4.0, 90.0, len(rows))[:, None]
    out = rng.uniform(20.0, 58.0, len(rows))[:, None]
    corners = [front - out * inward - half * sideways, front - out * inward + half * sideways,
               front + into * inward + half * sideways, front + into * inward - half * sideways]  # fmt: skip
    board = on_board(plan, place, np.stack(corners, axis=1))
    return ground.place(board.reshape(-1, 2)).reshape(board.shape)


def _columns(rng: np.random.Generator, count: int) -> dict[str, pa.Array]:
    after = np.sort(rng.integers(0, int((TODAY - _FIRST_DAY).astype(int)), count))
    called = _FIRST_DAY + after.astype("timedelta64[D]")
    kind = rng.choice(4, count, p=[0.78, 0.12, 0.08, 0.02])
    firms = texts.picked(words.FIRMS, rng.integers(0, len(words.FIRMS), count))
    work_on = np.where(kind >= 2, called, np.busday_offset(called, 3, roll="forward"))
    responded = np.minimum(called + rng.integers(0, 5, count).astype("timedelta64[D]"), TODAY)
    silent = rng.random(count) < 0.05
    year = called.astype("datetime64[Y]").astype(int) + 1970
    code = texts.picked(_CODES, rng.choice(len(_CODES), count, p=[0.26, 0.58, 0.04, 0.02, 0.03, 0.02, 0.03, 0.02]))
    return {
        "TICKET": _numbers(year, count),
        "REVISION": texts.number_text(rng.choice(3, count, p=[0.86, 0.1, 0.04])),
        "KIND": texts.picked(_KINDS, kind),
        "FIRM": firms,
        "CONTRACTOR": firms,
        "WORKTYPE": texts.picked(words.WORK_TYPES, rng.integers(0, len(words.WORK_TYPES), count)),
        "RESPONSE": texts.blanked(code, silent),
        "CALLED": texts.days(called),
        "WORKDATE": texts.days(work_on),
        "EXPIRES": texts.days(called + np.timedelta64(_LIFE_DAYS, "D")),
        "RESPONDED": texts.days(responded, silent),
    }


def _numbers(year: npt.NDArray[np.int_], count: int) -> pa.Array:
    """Like a one-call centre's: a letter, the year, a running number."""
    return texts.serial("C", (year % 100) * 10_000_000 + np.arange(1, count + 1), 9)
