"""The spatial questions, against PostGIS and DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks import in_duckdb, in_postgis
from benchmarks.engines import Engines
from benchmarks.question_words import QUESTIONS, Question
from benchmarks.results import Row
from benchmarks.timing import seconds, seconds_of_one
from benchmarks.towns import BenchTown
from gis_ce.checks.check import Sites
from gis_ce.rules import RuleBook
from layers.query import LayerQuery

NAME = "questions"
ROLES = ("water_main", "parcel", "easement", "address")
"""The layers that are asked about, and those that the places are chosen by."""


def rows(
    town: BenchTown,
    query: LayerQuery,
    engines: Engines | None,
    ones: Sites,
    batches: Sequence[Sites],
    rulebook: RuleBook,
) -> Iterator[list[Row]]:
    """Single places, each alone, then every batch."""
    for sites, one_each in ((ones, True), *((batch, False) for batch in batches)):
        for question in QUESTIONS:
            count = 1 if one_each else len(sites)
            ours = Row(town.name, question.name, count, _ours_s(query, question, sites, one_each) * 1e6 / count)
            if engines is None:
                yield [ours]
            else:
                yield [
                    in_postgis.question_row(ours, query, engines.sessions, question, sites, one_each=one_each),
                    in_duckdb.question_row(ours, query, engines.database, question, sites, one_each=one_each),
                ]


def _ours_s(query: LayerQuery, question: Question, sites: Sites, one_each: bool) -> float:
    if not one_each:
        return seconds(lambda: question.ask(query, sites.place))
    places = [sites.place[row : row + 1] for row in range(len(sites))]
    return seconds_of_one([lambda place=place: question.ask(query, place) for place in places])
