"""What an easement rests on: a deed, a survey, or only a model."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from layers.features import Features
from layers.grid import Rows

GUARD = "This easement is modelled, not recorded: verify the recorded easement before any letter."


def modelled(features: Features, rows: Rows) -> npt.NDArray[np.bool_]:
    """Whether the easement of each row rests on a model: by its own word, else by its layer's; -1: no."""
    by_layer = np.array([part.description.basis == "modelled" for part in features.parts])
    known = np.flatnonzero(rows >= 0)
    own = features.texts("basis")[rows[known]]
    guess = np.zeros(len(rows), dtype=np.bool_)
    guess[known] = np.where(own == None, by_layer[features.layer_of[rows[known]]], own == "modelled")  # noqa: E711
    return guess


def deed_of(features: Features, row: int) -> str:
    """`deed book 812 page 44`, `surveyed`, `modelled`, `recorded`: what the easement rests on, in words."""
    if bool(modelled(features, np.array([row]))[0]):
        return "modelled"
    book, page = features.texts("deed_book")[row], features.texts("deed_page")[row]
    if book:
        return f"deed book {book}" + (f" page {page}" if page else "")
    own = features.texts("basis")[row]
    return {"survey": "surveyed", "deed": "recorded by deed"}.get(str(own), "recorded")
