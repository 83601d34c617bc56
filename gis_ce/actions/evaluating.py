"""One check of one place, run with everything that a decision keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gis_ce.actions.in_the_field import in_the_field
from gis_ce.actions.kept_evidence import kept_evidence, known
from gis_ce.assess import explain, found_by
from gis_ce.checks.check import Check, Findings
from gis_ce.city_rules import CityRules
from gis_ce.decision_inputs import Inputs, sites_from
from gis_ce.made_with import made_with
from gis_ce.rule_record import pack_on_record, rule_on_record
from gis_ce.tables import Json
from layers.footprint import Footprint, FootprintQuery
from layers.query import LayerQuery

PERSONAL = ("details", "sentence", "facts", "evidence")
"""What may name people or firms, and so enters the record as a salted digest."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of it. `result` and `rule` are in JSON's kinds; `layers` has by name the versions that were looked at
    and the days they speak of; `footprint` is what the answer rests on."""

    check: str
    inputs: Inputs
    result: Json
    rule: Json
    pack: Json
    confidence: float
    layers: Json
    versions: Mapping[str, str]
    footprint: Footprint

    def said(self) -> Json:
        """What goes into a line of the record as it is."""
        open_words = {name: value for name, value in self.result.items() if name not in PERSONAL}
        return {
            "check": self.check,
            "inputs": self.inputs.as_json(),
            "layers": self.layers,
            "rule": self.rule,
            "pack": self.pack,
            "confidence": self.confidence,
            "with": made_with(),
            "result": open_words,
        }

    def personal(self) -> Json:
        """What goes into it as salted digests."""
        return {"details": dict(self.inputs.details), **{name: self.result[name] for name in PERSONAL[1:]}}


def evaluate(check: Check, inputs: Inputs, query: LayerQuery, rules: CityRules) -> Evaluation:
    """Asks one check of one place. Undecided has no answer; its reason says what to do in the field."""
    asked, sites = FootprintQuery(query), sites_from([inputs])
    found = found_by(check, sites, asked, rules.rulebook, rules.confidence)
    footprint = asked.footprint()
    account = explain(check, sites, asked, found, 0)
    evidence = kept_evidence(account.evidence, found, 0)
    rule = found.rule_of(0)
    return Evaluation(
        check=check.name,
        inputs=inputs,
        result=_result(check, found, account.sentence, evidence),
        rule=rule_on_record(rule),
        pack=pack_on_record(rules.rulebook),
        confidence=rules.confidence,
        layers=_layers(query, asked.footprint()),
        versions=found.versions,
        footprint=footprint,
    )


def footprint_of(check: Check, inputs: Inputs, query: LayerQuery, rules: CityRules) -> Footprint:
    """What the answer of one check of one place rests on."""
    asked = FootprintQuery(query)
    found_by(check, sites_from([inputs]), asked, rules.rulebook, rules.confidence)
    return asked.footprint()


def _result(check: Check, found: Findings, sentence: str, evidence: Json) -> Json:
    why = found.reason_of(0)
    return {
        "answer": found.answer_of(0),
        "reason": in_the_field(check.name, why) if why is not None else None,
        "margin_ft": known(found.measures.margin_ft[0]),
        "probability": known(found.probability[0]),
        "sigma_ft": known(found.sigma_ft[0]),
        "sentence": sentence,
        "facts": evidence["facts"],
        "evidence": {name: value for name, value in evidence.items() if name != "facts"},
    }


def _layers(query: LayerQuery, footprint: Footprint) -> Json:
    seen = [version for role in sorted(footprint.roles) for version in query.layers(role)]
    return {each.name: {"version": each.version, "as_of": each.as_of.isoformat()} for each in seen}
