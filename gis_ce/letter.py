"""What a kind of letter is: its title and topic, the steps that send it, its merge fields and the law it quotes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gis_ce.process import Length
from gis_ce.typesetting import Template

FieldType = Literal["text", "paragraphs", "date", "money", "number", "lines", "table", "picture"]
FIELD_TYPES: tuple[FieldType, ...] = ("text", "paragraphs", "date", "money", "number", "lines", "table", "picture")
LETTER_STATES = ("draft", "sent", "issued", "served", "received", "returned", "reissued", "withdrawn")
"""`sent` is a letter that was written elsewhere and noted at its step; all others go from `draft` over `issued`."""
METHODS = ("certified_mail", "hand", "posting", "first_class_mail")
COUNTED_FROM = ("receipt", "issue")


@dataclass(frozen=True, slots=True)
class MergeField:
    """One value that a letter needs.

    `sources` say where it may come from, the first that has it counts: `given` by the officer, `case.number`,
    `data.FIELD` as noted at a step, `site.address`, `party.ROLE.name`, `decision.CHECK.sentence`, `step.period`,
    `charges.rows`, `hearing.on`, `hearing.where`, `deed.words`, `picture.NAME`. `ask` tells the officer what is wanted.
    """

    name: str
    type: FieldType
    sources: tuple[str, ...]
    ask: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Compliance:
    """When what the letter demands is due: `period` (or that of the step's wait, or a merge field's date).

    A period counts from `counted_from`: the receipt of the letter or the day it was issued.
    """

    period: Length | None = None
    of_step: bool = False
    date_field: str | None = None
    counted_from: str = "receipt"


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One kind of letter; `id` is its file's name.

    `steps` are those that send it (`leaks.notice_48h`), `recipients` the roles it may go to, the first
    that the case has; `occupant` is whoever is at the site. `rules` are subjects of law by the names under which
    the template quotes them. `about_easement`: it rests on an easement, so somebody must have seen the deed.
    `form` has no recipient and no letter's frame. `issue_day` is the field in which its step notes the day of issue.
    `tells_outcome`: whoever gets it is told how the case ends.
    """

    id: str
    title: str
    topic: str
    about: str
    source: str
    template: Template
    steps: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    fields: tuple[MergeField, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
    compliance: Compliance | None = None
    appealable: bool = False
    about_easement: bool = False
    issue_day: str | None = None
    tells_outcome: bool = False
    form: bool = False

    def field(self, name: str) -> MergeField | None:
        """The merge field of that name, or None."""
        return next((known for known in self.fields if known.name == name), None)
