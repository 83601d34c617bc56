"""What each locate ticket near a place is worth on the day: covering, in force, or how near a miss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gis_ce.checks.check import Sites
from gis_ce.checks.ticket_terms import (
    CLEAR,
    Flags,
    Responses,
    Terms,
    days_late,
    responses_of,
    same_firm,
    terms_of,
)
from gis_ce.rules import RuleBook
from layers.features import Days, Features, Texts
from layers.grid import AT_LIMIT_FT, Floats
from layers.query import LayerQuery, Pairs


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The tickets within reach of the sites: one row a pair of site and ticket, in the order of `pairs`.

    `signed_ft` is how far inside the ticket's area the site lies (negative: outside). The flags are
    faults, each by itself; a ticket with none of them is `valid`. `doubtful`: it covers the place,
    but a day or its kind is not known, or it is another firm's.
    """

    pairs: Pairs
    number: Texts
    day: Days
    terms: Terms
    responses: Responses
    signed_ft: Floats
    outside: Flags
    called_later: Flags
    days_after_expiry: Floats
    too_early: Flags
    wrong_kind: Flags
    cancelled: Flags
    other_firm: Flags
    undated: Flags
    unknown_kind: Flags

    @property
    def expired(self) -> Flags:
        """Whether the day lies after the ticket's last day."""
        return np.asarray(self.days_after_expiry > 0, dtype=np.bool_)

    @property
    def miss(self) -> Floats:
        """How near a miss: feet outside, and days after expiry or before the call, one for one."""
        before_call = np.nan_to_num(days_late(self.terms.given, self.day))
        return np.where(self.outside, -self.signed_ft, 0.0) + np.nan_to_num(self.days_after_expiry) + before_call

    @property
    def faults(self) -> Floats:
        """How many faults each ticket has."""
        flags = (self.outside, self.called_later, self.expired, self.too_early, self.wrong_kind, self.cancelled)
        return np.asarray(np.sum(flags, axis=0), dtype=np.float64)

    @property
    def unclear(self) -> Flags:
        """Whether something must be known before the ticket counts."""
        return self.other_firm | self.undated | self.unknown_kind

    @property
    def valid(self) -> Flags:
        """Whether the ticket covers digging at the place on the day, its area apart from the limit included."""
        return np.asarray((self.faults == 0) & ~self.unclear, dtype=np.bool_)

    @property
    def in_force(self) -> Flags:
        """Whether the ticket allowed digging on the day, wherever its area lies."""
        return np.asarray((self.faults - self.outside == 0) & ~self.unclear, dtype=np.bool_)


def verdicts(sites: Sites, query: LayerQuery, rulebook: RuleBook, reach_ft: Floats) -> Verdicts:
    """Judges every ticket within reach of each site; `reach_ft` negative or NaN finds none."""
    features = query.features("locate_ticket")
    pairs = query.within("locate_ticket", sites.place, np.nan_to_num(reach_ft, nan=-1.0))
    rows, day = pairs.feature, sites.day[pairs.place]
    terms = terms_of(features, rows, rulebook)
    responses = responses_of(features, rows, day, rulebook)
    signed = _signed_ft(sites, features, pairs)
    return Verdicts(
        pairs=pairs,
        number=features.texts("ticket_number")[rows],
        day=day,
        terms=terms,
        responses=responses,
        signed_ft=signed,
        outside=_outside(signed, rulebook.choose("ticket_life", day).limit_included),
        called_later=terms.given > day,
        days_after_expiry=days_late(day, terms.last_day),
        too_early=_too_early(day, terms, responses),
        wrong_kind=terms.never_digs,
        cancelled=terms.cancelled_on <= day,
        other_firm=~same_firm(list(sites.detail("firm")[pairs.place]), list(features.texts("firm")[rows])),
        undated=np.isnat(terms.given) | np.isnat(terms.last_day),
        unknown_kind=~(terms.digs | terms.never_digs) & ~np.isnat(terms.given),
    )


def _signed_ft(sites: Sites, features: Features, pairs: Pairs) -> Floats:
    """Distance to the edge of each ticket's area, positive inside."""
    signed = -pairs.distance_ft
    inside = np.flatnonzero(pairs.distance_ft == 0.0)
    edges = shapely.boundary(features.geometry[pairs.feature[inside]])
    signed[inside] = shapely.distance(sites.place[pairs.place[inside]], edges)
    return signed


def _outside(signed_ft: Floats, limit_included: Flags) -> Flags:
    """Whether the site lies outside; within 0.01 ft of the edge as the rule says of its limit."""
    at_limit = np.abs(signed_ft) <= AT_LIMIT_FT
    return np.asarray(np.where(at_limit, ~limit_included, signed_ft < 0), dtype=np.bool_)


def _too_early(day: Days, terms: Terms, responses: Responses) -> Flags:
    """Whether the day lies in the time that the operators had, before a response that clears the work."""
    cleared = (responses.state == CLEAR) & (responses.day <= day)
    begun = (terms.given <= day) & (day <= terms.response_due)
    return np.asarray(begun & ~terms.needs_no_notice & ~cleared, dtype=np.bool_)
