"""What /trace and /isolate answer; each message holds exactly what is listed."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.answer_schemas import Answered


class NamedFeature(Answered):
    """A main, a valve, a meter or a hydrant: its stable feature id, and what people call it."""

    id: str
    name: str


class StartTold(Answered):
    """Where a trace starts, and how far the asked point lies from there."""

    kind: Literal["point", "manhole", "segment", "valve"]
    name: str
    told: str
    snapped_ft: float
    easting_ft: float
    northing_ft: float
    lon: float
    lat: float


class SegmentTold(NamedFeature):
    """A main of the trace."""

    length_ft: float = Field(description="The part that is traced.")
    direction: str = Field(description="How its direction of flow is known.")


class OtherWay(Answered):
    """Another way to the same side, as on a loop."""

    by: NamedFeature
    toward: str


class SideTold(Answered):
    """What lies beyond a main of unknown direction; it belongs to the trace if that main flows its way."""

    by: NamedFeature
    toward: str
    other_ways: list[OtherWay]
    sentence: str
    length_ft: float
    segments: list[NamedFeature]


class MissedJoint(Answered):
    """An end near another main, or on it, without a joint."""

    end_of: NamedFeature
    beside: NamedFeature
    apart_ft: float


class TraceAnswer(Answered):
    """A trace: what is certain, and apart from it what is only possible."""

    kind: Literal["upstream", "downstream", "line"]
    sentence: str
    certain: bool = Field(description="False where anything was met that could make the list longer or shorter.")
    doubts: list[str]
    notes: list[str]
    start: StartTold
    within_ft: float | None
    length_ft: float
    segments: list[SegmentTold]
    manholes: list[str]
    ends: list[str]
    unknown_directions: list[NamedFeature]
    sides: list[SideTold]
    possible_segments: list[NamedFeature]
    possible_length_ft: float
    gaps: list[MissedJoint]
    unjoined_ends: list[MissedJoint]
    blind_joints: list[str]
    splits: list[str]
    contradictions: list[NamedFeature]
    layers: dict[str, str]
    geojson: dict[str, Any] | None = Field(default=None, description="What a map can draw, in degrees.")


class WithoutWater(Answered):
    """What has no water when the valves are closed; `beyond` is what loses its only way to a source."""

    segments: list[NamedFeature]
    length_ft: float
    meters: list[NamedFeature]
    hydrants: list[NamedFeature]
    beyond_segments: list[NamedFeature]
    beyond_length_ft: float
    beyond_meters: list[NamedFeature]
    beyond_hydrants: list[NamedFeature]


class IfAValveFails(Answered):
    """What it takes if one valve does not close."""

    valve: NamedFeature
    also_close: list[NamedFeature]
    more_segments: list[NamedFeature]
    more_length_ft: float


class NextRing(Answered):
    """The ring of valves around the first."""

    close: list[NamedFeature]
    segments: list[NamedFeature]
    length_ft: float


class ClosingAlone(Answered):
    """What closing one valve alone does: who operated it illegally cut off these."""

    valve: NamedFeature
    condition: str
    segments: list[NamedFeature]
    meters: list[NamedFeature]


class IsolationAnswer(Answered):
    """How to shut off a break or a valve."""

    sentence: str
    doubts: list[str]
    start: StartTold
    close: list[NamedFeature]
    closed_already: list[NamedFeature]
    unusable: list[NamedFeature]
    without_water: WithoutWater
    if_a_valve_fails: list[IfAValveFails]
    next_ring: NextRing
    closing_it_alone: ClosingAlone | None = None
    layers: dict[str, str]
    geojson: dict[str, Any] | None = Field(default=None, description="What a map can draw, in degrees.")
