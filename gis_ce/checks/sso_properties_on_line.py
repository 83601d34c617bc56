"""Which properties lie on the sewer line that overflowed? A short list is never given as the whole one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.facts import Fact
from gis_ce.checks.line_places import Lines, lines_of
from gis_ce.checks.line_properties import CONFIDENCES, TIES, LineProperties, OnLine, properties_on_lines
from gis_ce.checks.line_rule import SUBJECT, distances
from gis_ce.checks.measuring import first_that_holds, sigmas_of
from gis_ce.checks.traced_line import ROLE, TracedLine
from gis_ce.checks.wording import answered, feet
from gis_ce.decision import Integrated, joint_sigma_ft
from gis_ce.rules import Chosen, RuleBook
from gis_ce.sliding import slid
from layers.features import Features, Rows
from layers.grid import AT_LIMIT_FT, Floats
from layers.network.lines import IN_SERVICE
from layers.query import LayerQuery

_FAR, _TWO, _DIRECTION, _JOINT, _CONTRADICTION = range(5)
_REASONS = (
    "No sewer main in service is near enough to say which line overflowed; name its manhole, or locate the place.",
    "A main of another line is as near as this one; say which of them overflowed.",
    "Pipes on the way have no known direction, so the list may be short; find out which way they run.",
    "Pipe ends on the way may be joined where the map has no joint, so the list may be short; look at them.",
    "Pipes on the way contradict themselves about their direction, so the list may be short; look at their inverts.",
)
_DOUBTS = {"direction": _DIRECTION, "joint": _JOINT, "contradiction": _CONTRADICTION}
_MOST_SHOWN = 200
"""More segments or properties than this are drawn as one shape, with their number."""


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """How many properties lie on each place's line; the margin is how far the place is from where it would lie on
    another line, or too far from every sewer (half of what another main is farther off, and so never too much).

    Lists name features of other layers by their ids, so an answer rests on all laterals, meters and parcels.
    """
    chosen = rulebook.choose(SUBJECT, sites.day)
    for role in ("parcel", "lateral", "meter"):
        if query.has(role):
            query.whole(role)
    lines = lines_of(query, sites.place, chosen)
    found = _properties(query, lines, chosen)
    mains = query.features(ROLE)
    layer_sigma = sigmas_of(mains, lines.main)
    margin = _margin_ft(lines, query.network_settings.start_ft)
    integrated = _on_this_line(query, lines, margin, joint_sigma_ft(sites.sigma_ft, layer_sigma))
    count = _each(lines, [len(one.on_line) for one in found])
    return Measures(
        margin,
        chosen,
        role=ROLE,
        feature=lines.main,
        layer_sigma_ft=layer_sigma,
        answer=np.where(lines.line < 0, -1, np.where(count > 0, 0, 1)).astype(np.int8),
        probability=integrated.probability,
        seen=integrated.seen,
        reason=_reason(lines),
        reasons=_REASONS,
        facts=_facts(lines, found, mains),
    )


def _properties(query: LayerQuery, lines: Lines, chosen: Chosen) -> list[LineProperties]:
    """Of each line what lies on it, by the distances of its rule."""
    found: dict[int, LineProperties] = {}
    for rule in sorted(set(lines.rule)):
        own = [number for number, of_rule in enumerate(lines.rule) if of_rule == rule]
        segments = [lines.lines[number].segments for number in own]
        made = properties_on_lines(query, segments, distances(chosen.rules[rule]))
        found |= dict(zip(own, made, strict=True))
    return [found[number] for number in range(len(lines.lines))]


def _margin_ft(lines: Lines, start_ft: float) -> Floats:
    to_another = np.maximum(lines.other_ft - lines.snapped_ft, 0.0) / 2
    margin: Floats = np.minimum(to_another, start_ft - lines.snapped_ft)
    return np.where(lines.line < 0, np.nan, margin)


def _on_this_line(query: LayerQuery, lines: Lines, margin_ft: Floats, sigma_ft: Floats) -> Integrated:
    """The probability that the main nearest to where the place really is belongs to the line."""
    x, y = shapely.get_x(lines.points), shapely.get_y(lines.points)
    reach = query.network_settings.start_ft

    def holds(rows: Rows, east: Floats, north: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        moved = np.asarray(shapely.points(x[rows] + east, y[rows] + north), dtype=object)
        pairs = query.nearest(ROLE, moved, reach_ft=reach, select=IN_SERVICE)
        main = np.full(len(rows), -1, dtype=np.intp)
        main[pairs.place] = pairs.feature
        return lines.are_on(lines.line[rows], main)

    return slid(holds, margin_ft, sigma_ft)


def _reason(lines: Lines) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    doubt = np.array([_DOUBTS.get(str(one.doubt), -1) for one in lines.lines] + [-1])[lines.line]
    as_near = lines.other_ft - lines.snapped_ft <= AT_LIMIT_FT
    found = first_that_holds([lines.line < 0, as_near], [_FAR, _TWO])
    return np.where(found >= 0, found, doubt).astype(np.int16)


def _each(lines: Lines, values: Sequence[float]) -> Floats:
    """A number of each line, for each place; NaN where it lies on none."""
    return np.array([*values, np.nan], dtype=np.float64)[lines.line]


def _words(lines: Lines, values: Sequence[str]) -> Fact:
    return np.array([*values, None], dtype=object)[lines.line]


def _facts(lines: Lines, found: Sequence[LineProperties], mains: Features) -> dict[str, Fact]:
    told, on = [line.told for line in lines.lines], [one.on_line for one in found]
    return {
        "properties": _each(lines, [len(one) for one in on]),
        "by_lateral": _each(lines, [_tied(one, "lateral") for one in on]),
        "by_frontage": _each(lines, [_tied(one, "frontage") for one in on]),
        "doubtful": _each(lines, [int((one.confidence == CONFIDENCES.index("doubtful")).sum()) for one in on]),
        "left_out": _each(lines, [len(one.left_out) for one in found]),
        "segments": _each(lines, [len(line.segments) for line in lines.lines]),
        "length_ft": _each(lines, [one["length_ft"] for one in told]),
        "reach": _words(lines, [one["reach"] for one in told]),
        "starts_at": _words(lines, [one["start"] for one in told]),
        "blocked": _words(lines, [", ".join(one["blocked"]) for one in told]),
        "doubts": _words(lines, [" ".join(one["doubts"]) for one in told]),
        "distance_ft": lines.snapped_ft,
        "facility_id": _names(mains, lines.main),
        "other_main": _names(mains, lines.other),
        "other_distance_ft": np.where(lines.other >= 0, lines.other_ft, np.nan),
    }


def _tied(on_line: OnLine, tie: str) -> int:
    return int((on_line.tie == [str(each) for each in TIES].index(tie)).sum())


def _names(mains: Features, rows: Rows) -> Fact:
    return np.array([_name(mains, row) if row >= 0 else None for row in rows.tolist()], dtype=object)


def _name(features: Features, row: int) -> str:
    own = "parcel_id" if features.role == "parcel" else "facility_id"
    return str(features.texts(own)[row] or features.ids[row])


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """How many properties there are and by what, how far the line goes, and what is doubtful; segments and parcels."""
    evidence, facts = [Evidence(sites.place[row], "site", "place")], findings.measures.facts
    question = "Properties on the sewer line"
    if np.isnan(facts["properties"][row]):
        return Account(answered(question, findings, row, _how_far(sites, query, row)), tuple(evidence))
    one = sites.take(np.array([row]))
    chosen = findings.measures.chosen
    lines = lines_of(query, one.place, Chosen(chosen.index[[row]], chosen.rules, chosen.book))
    line, on_line = lines.lines[0], _properties(query, lines, chosen)[0].on_line
    evidence += _drawn(query, line, on_line)
    main = query.features(ROLE).geometry[lines.main[0]]
    if lines.snapped_ft[0] > AT_LIMIT_FT:
        evidence.append(Evidence(shapely.shortest_line(lines.points[0], main), "distance", feet(lines.snapped_ft[0])))
    said = answered(question, findings, row, _fact(query, findings, row))
    return Account(" ".join([said, *line.told["doubts"]]), tuple(evidence))


def _how_far(sites: Sites, query: LayerQuery, row: int) -> str:
    point = np.asarray(shapely.centroid(sites.place[[row]]), dtype=object)
    pairs = query.nearest(ROLE, point, reach_ft=1e9, select=IN_SERVICE)
    return f"the nearest sewer main is {feet(float(pairs.distance_ft[0]))} away" if len(pairs) else "no sewer main"


def _fact(query: LayerQuery, findings: Findings, row: int) -> str:
    facts = findings.measures.facts
    count = {name: int(facts[name][row]) for name in ("by_lateral", "by_frontage", "doubtful", "left_out", "segments")}
    by = [f"{count['by_lateral']:,} by lateral", f"{count['by_frontage']:,} by frontage alone"]
    by += [f"{count['doubtful']:,} of them doubtful"] if count["doubtful"] else []
    segments = _many(count["segments"], "segment", "segments")
    above = "the manhole above " if facts["starts_at"][row] == "manhole" else ""
    at = f"{above}{facts['blocked'][row]}" if facts["blocked"][row] else "the last manhole"
    said = [
        f"{_many(int(facts['properties'][row]), 'property', 'properties')}: {', '.join(by)}",
        f"{segments}, {feet(float(facts['length_ft'][row]))}, from {at}",
        str(facts["reach"][row])[0].lower() + str(facts["reach"][row])[1:].rstrip("."),
        f"{_many(count['left_out'], 'neighbour', 'neighbours')} left out",
    ]
    if facts["other_main"][row] is not None:
        said.append(f"another line, {facts['other_main'][row]}, is {feet(float(facts['other_distance_ft'][row]))} away")
    return "; ".join(said if query.has("lateral") else [*said, "no laterals are on the map"])


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


def _drawn(query: LayerQuery, line: TracedLine, on_line: OnLine) -> list[Evidence]:
    mains, land = query.features(ROLE), query.features("parcel")
    blocked = set(line.blocked.tolist())
    parcels = [(land.geometry[p], f"{_name(land, p)}: {TIES[t]}") for p, t in _pairs(on_line)]
    segments = [
        (mains.geometry[row], f"{_name(mains, row)}{' (blocked)' if row in blocked else ''}")
        for row in line.segments.tolist()
    ]
    found = [Evidence(shape, "listed", label, "parcel") for shape, label in _few(parcels, "properties")]
    return found + [Evidence(shape, "main", label, ROLE) for shape, label in _few(segments, "segments")]


def _pairs(on_line: OnLine) -> list[tuple[int, int]]:
    return list(zip(on_line.parcel.tolist(), on_line.tie.tolist(), strict=True))


def _few(shapes: list[tuple[BaseGeometry, str]], name: str) -> list[tuple[BaseGeometry, str]]:
    if len(shapes) <= _MOST_SHOWN:
        return shapes
    together = shapely.union_all(np.array([shape for shape, _ in shapes], dtype=object))
    return [(together, f"{len(shapes):,} {name}")]


CHECK = Check(
    name="sso_properties_on_line",
    question="Which properties lie on the sewer line that overflowed?",
    answers=("listed", "none_on_line"),
    roles=("sewer_main", "parcel"),
    also=("manhole", "lateral", "meter"),
    measure=measure,
    explain=explain,
    rule_subject=SUBJECT,
    only_named=True,
    personal=("parcel_id",),
)
"""A list of homes is for staff alone, whatever layers are open; it is work, so it is made only when it is asked for."""
