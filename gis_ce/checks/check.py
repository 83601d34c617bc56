"""What a check is: it measures many sites at once, and explains one of them when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from gis_ce.checks.facts import Fact
from gis_ce.rules import Chosen, Rule, RuleBook
from layers.features import Days, Rows
from layers.grid import Floats, Geometries
from layers.one_query import OnePlaceQuery
from layers.query import LayerQuery

EvidenceKind = Literal[
    "site",
    "structure",
    "distance",
    "zone",
    "clearance",
    "right_of_way",
    "parcel",
    "listed",
    "limits",
    "easement",
    "encroached",
    "main",
    "facility",
    "address",
    "ticket",
]


@dataclass(frozen=True, slots=True)
class Sites:
    """Places to be judged, one row each, on the local grid in feet.

    `place` is a point, line or polygon; `structure` a polygon, a line or a point, or None where
    nothing is built. `sigma_ft` is the standard deviation of the position on one axis; `day` the day
    of the event. `details` are further columns that some checks use where a case brings them:
    `marks` and `exposed` (geometries: the locator's marks, the exposed pipe), `firm`,
    `ticket_number` (texts), `obstruction` (vegetation, structure, vehicle, utility), and so on.
    """

    place: Geometries
    structure: Geometries
    sigma_ft: Floats
    day: Days
    details: Mapping[str, Fact] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.place)

    def take(self, rows: Rows) -> Sites:
        """The sites of the given rows, in that order."""
        details = {name: values[rows] for name, values in self.details.items()}
        return Sites(self.place[rows], self.structure[rows], self.sigma_ft[rows], self.day[rows], details)

    def detail(self, name: str) -> npt.NDArray[np.object_]:
        """A column of details as objects; None throughout where no case brings it."""
        if name in self.details:
            return np.asarray(self.details[name], dtype=object)
        return np.full(len(self), None, dtype=object)


@dataclass(frozen=True, slots=True)
class OneSite:
    """One site alone, whose place has a position, and a query that tells of that place in numbers."""

    sites: Sites
    query: OnePlaceQuery
    sigma_ft: float

    @classmethod
    def of(cls, sites: Sites, query: LayerQuery) -> OneSite | None:
        """The site of a column of one; None where there are more, or it has no position."""
        if len(sites) != 1 or not isinstance(query, OnePlaceQuery):
            return None
        place = sites.place[0]
        return None if place is None or place.is_empty else cls(sites, query, float(sites.sigma_ft[0]))


@dataclass(frozen=True, slots=True)
class Measures:
    """What a check measured: one row a site.

    `margin_ft` is how far the site lies on the side of the check's first answer (negative: on the
    side of the second). `chosen` are the rules in force on each site's day. `feature` is the row it
    turned on in the features of `role` (-1: none), `layer_sigma_ft` the quality of that feature's
    layer. `reason` is an index into `reasons`, -1 where the margin can be decided; None: everywhere.
    `band_ft` is the width of the strip that the first answer fills, None for a half plane: beyond it
    the answer turns again. `facts` are further columns, units in their names.

    Where an answer is not a side of one limit (an owner's class, which of four services), `answer`
    gives it as an index into the check's answers (-1: none) and the margin, never negative, is the
    distance to the nearest place where it would turn. `probability` is that of the measured answer
    over the real geometry, for checks that integrate it themselves; `seen` the part of it that falls
    as sigma grows, whatever the shape (see gis_ce.uncertainty). What `facts` hold beyond the answer may
    be measured only when it is read (see gis_ce.checks.facts).
    """

    margin_ft: Floats
    chosen: Chosen
    feature: Rows
    layer_sigma_ft: Floats
    role: str | None = None
    reason: npt.NDArray[np.int16] | None = None
    reasons: tuple[str, ...] = ()
    band_ft: Floats | None = None
    answer: npt.NDArray[np.int8] | None = None
    probability: Floats | None = None
    seen: Floats | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing to draw: geometry on the local grid in feet, what it is, and its label.

    `role` is that of the layer it comes from, so that a map can tell water from sewer; `modelled` is
    true where it rests on a model and must not look like a record.
    """

    geometry: BaseGeometry
    kind: EvidenceKind
    label: str
    role: str | None = None
    modelled: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A check's answer for one site in words, with what a map needs to show it."""

    sentence: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """The answers of one check for many sites, with what each rests on.

    `answer` is an index into `answers`, -1 for undecided; `reason` an index into `reasons`, -1 where
    decided. `probability` is that of the answer given (of the likelier one where undecided; NaN where
    nothing could be measured). `sigma_ft` joins the site's and the layer's. `versions` are the layer
    versions that were asked.
    """

    check: str
    answers: tuple[str, ...]
    answer: npt.NDArray[np.int8]
    probability: Floats
    sigma_ft: Floats
    reason: npt.NDArray[np.int16]
    reasons: tuple[str, ...]
    measures: Measures
    versions: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.answer)

    def answer_of(self, row: int) -> str | None:
        """The answer in words; None for undecided."""
        code = int(self.answer[row])
        return self.answers[code] if code >= 0 else None

    def reason_of(self, row: int) -> str | None:
        """Why it is undecided; None where it is decided."""
        code = int(self.reason[row])
        return self.reasons[code] if code >= 0 else None

    def rule_of(self, row: int) -> Rule | None:
        """The rule that was used; None where no rule applies."""
        code = int(self.measures.chosen.index[row])
        return self.measures.chosen.rules[code] if code >= 0 else None


Measure = Callable[[Sites, LayerQuery, RuleBook], Measures]
MeasureOne = Callable[[OneSite, RuleBook], Measures | None]
Explain = Callable[[Sites, LayerQuery, Findings, int], Account]


@dataclass(frozen=True, slots=True)
class Check:
    """One question that the map can answer.

    `answers` has the answer of a positive margin first; a check without answers fills facts only.
    `roles` are the layers it cannot do without; `also` those it uses where they exist, `told` those of
    them without which it has less to tell, and says so. `on` says
    whether it looks at the place or at the structure. `rule_subject` names its dated rule.
    `needs` are things of which a case must bring one, else there is nothing to ask: `structure`, or
    columns of `Sites.details`.
    `only_named`: it is not run among all others, only where somebody names it.
    `personal` are the fields it reads that name persons or firms: what rests on them is not for all.
    `fails` are the answers that speak against somebody or something: pages show these first.
    `measure_one` measures one site alone in numbers, for speed: the same as `measure`, or None where only
    that can.
    """

    name: str
    question: str
    answers: tuple[str, ...]
    roles: tuple[str, ...]
    measure: Measure
    explain: Explain
    rule_subject: str
    also: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    on: Literal["place", "structure"] = "place"
    needs: tuple[str, ...] = ()
    only_named: bool = False
    personal: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    measure_one: MeasureOne | None = None


def by_name(checks: Sequence[Check], name: str) -> Check | None:
    """The check of that name, or None."""
    return next((check for check in checks if check.name == name), None)
