"""Is sewer available within the rule's distance of the parcel?"""

from __future__ import annotations

from gis_ce.checks import availability, availability_of_one, availability_words
from gis_ce.checks.check import Account, Check, Findings, Measures, OneSite, Sites
from gis_ce.checks.service_ways import SEWER
from gis_ce.rules import RuleBook
from layers.query import LayerQuery


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """The rule's limit less the distance to the nearest sewer main that counts, by the rule's measure."""
    return availability.measure(SEWER, sites, query, rulebook)


def measure_one(site: OneSite, rulebook: RuleBook) -> Measures | None:
    """The same of one site, in numbers."""
    return availability_of_one.measure_one(SEWER, site, rulebook)


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """The way to the main by the rule's measure, with the other measures beside it."""
    return availability_words.explain(SEWER, sites, query, findings, row)


CHECK = Check(
    name="sewer_available",
    question="Is sewer available within the rule's distance of the parcel?",
    answers=("yes", "no"),
    roles=(SEWER.role, "parcel"),
    also=("right_of_way",),
    measure=measure,
    measure_one=measure_one,
    explain=explain,
    rule_subject=SEWER.subject,
)
