"""Which checks are asked, and what is said where one cannot be."""

from __future__ import annotations

import pytest
from drawn_towns import drawn_layer, drawn_query, sites

from gis_ce.assess import applicable, assess, chosen_checks, explain
from gis_ce.checks.all import CHECKS
from gis_ce.errors import UnknownCheck
from gis_ce.rule_files import open_pack

SHED = "POLYGON((0 0,10 0,10 10,0 10,0 0))"


def test_checks_of_structures_are_asked_only_where_some_site_has_one() -> None:
    without = {check.name for check in applicable(CHECKS, sites(["POINT(0 0)", "POINT(9 9)"]))}
    some = {check.name for check in applicable(CHECKS, sites(["POINT(0 0)", "POINT(9 9)"], [None, SHED]))}
    assert some - without == {"asset_clearance", "easement_encroachment"}


def test_checks_that_need_more_than_a_place_are_asked_where_some_case_brings_it() -> None:
    plain = {check.name for check in applicable(CHECKS, sites(["POINT(0 0)"]))}
    marked = {check.name for check in applicable(CHECKS, sites(["POINT(0 0)"], details={"marks": "POINT(0 0)"}))}
    owned = {check.name for check in applicable(CHECKS, sites(["POINT(0 0)"], details={"other_owner": "SMITH"}))}
    assert marked - plain == {"properly_located"}
    assert owned - plain == {"same_owner"}


def test_an_unknown_check_is_told_which_there_are() -> None:
    with pytest.raises(UnknownCheck, match="right_of_way"):
        chosen_checks(CHECKS, ["rihgt_of_way"])


def test_a_finding_names_the_layer_versions_that_it_saw() -> None:
    query = drawn_query(
        drawn_layer("parcel", [{"id": "P", "wkt": SHED}]), drawn_layer("right_of_way", [{"id": "R", "wkt": SHED}])
    )
    found = assess(sites(["POINT(5 5)"]), query, open_pack("nc-raleigh-2016"), CHECKS)
    versions = {role: query.layers(role)[0].version for role in ("parcel", "right_of_way")}
    assert found["right_of_way"].versions == versions


def test_a_check_without_its_layers_is_undecided_and_explains_itself() -> None:
    query, places = drawn_query(drawn_layer("parcel", [{"id": "P", "wkt": SHED}])), sites(["POINT(5 5)"])
    found = assess(places, query, open_pack("nc-raleigh-2016"), CHECKS)
    for check in (check for check in CHECKS if set(check.roles) - {"parcel"}):
        account = explain(check, places, query, found[check.name], 0)
        assert found[check.name].answer_of(0) is None
        assert "is not there" in account.sentence
