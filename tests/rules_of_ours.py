"""A city's own rules pack that sets amounts, beside the file of a little town."""

from __future__ import annotations

from small_town import Town

PACK = """\
format: 1
pack: ours
title: Smallville
jurisdiction: NC
extends: nc-raleigh-2016
rules:
  - id: our-civil-penalty
    subject: civil_penalty
    effective_from: 2025-07-01
    status: confirmed
    limit_included: true
    citation: Our Code 8-2010
    text: A civil penalty of $100 a day.
    text_is: ordinance
    grade: A
    read_on: 2026-01-02
    values:
      penalties:
        leak_not_repaired:
          {meaning: leak not repaired, amount_cents: 10000, per: day, case_types: leaks, most_cents: 500000}
  - id: our-fees
    subject: fees
    effective_from: 2025-07-01
    status: confirmed
    limit_included: true
    citation: Our schedule of fees
    text: Fees of connections.
    text_is: ordinance
    grade: A
    read_on: 2026-01-02
    values:
      fees:
        water_tap: {meaning: water tap, amount_cents: 125000}
tests:
  town: {}
  cases:
    - {subject: civil_penalty, day: 2026-01-05, rule: our-civil-penalty}
"""


def with_own_rules(town: Town, pack: str = PACK) -> Town:
    """The town, whose city file names the pack."""
    folder = town.city_file.parent / "rules"
    folder.mkdir(exist_ok=True)
    (folder / "ours.yaml").write_text(pack, "utf-8")
    text = town.city_file.read_text("utf-8").replace('pack = "nc-raleigh-2016"', 'pack = "ours"\nfolder = "rules"')
    assert 'pack = "ours"' in text
    town.city_file.write_text(text, "utf-8")
    return town
