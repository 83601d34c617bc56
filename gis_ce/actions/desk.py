"""What an action stands on: the layers, rules, processes and day of one request, and who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from gis_ce.attachments.folder import AttachmentFolder
from gis_ce.city_letters import CityLetters
from gis_ce.city_processes import CityProcesses
from gis_ce.city_rules import CityRules
from gis_ce.closing_rules import ClosingRules, shipped_closing
from gis_ce.duplicate_reach import Reaches, shipped_reaches
from gis_ce.errors import AttachmentRefused
from gis_ce.locate import AddressBook
from gis_ce.mailing.settings import MailingSettings
from gis_ce.process_state import Act
from gis_ce.target_tables import shipped_targets
from gis_ce.targets import Targets
from layers.grid import Grid
from layers.model import City
from layers.query import LayerQuery
from layers.reference import ReferenceTables

CLOCK = "clock"
"""Who lets a deadline pass."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and the lanes in which they may act."""

    name: str
    lanes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Desk:
    """All that an action needs besides its session; made once a request.

    `query` and `addresses` are of one set of layer versions, `now` is an aware time. `processes` are the
    city's definitions; those that were published in the store go before them. `attachments` is None
    where no folder for them is kept, `tables` (accounts and the like) where there are none.
    """

    query: LayerQuery
    addresses: AddressBook
    rules: CityRules
    city: City
    processes: CityProcesses
    now: datetime
    actor: Actor
    attachments: AttachmentFolder | None = None
    reaches: Reaches = field(default_factory=shipped_reaches)
    tables: ReferenceTables | None = None
    mailing: MailingSettings = field(default_factory=MailingSettings)
    targets: Targets = field(default_factory=shipped_targets)
    letters: CityLetters = field(default_factory=CityLetters)
    closing: ClosingRules = field(default_factory=shipped_closing)

    @property
    def act(self) -> Act:
        """The actor, now, by the city's way of counting time."""
        return Act(self.actor.name, self.now, self.processes.time)

    @property
    def clock(self) -> Act:
        """The clock, now."""
        return Act(CLOCK, self.now, self.processes.time)

    @property
    def today(self) -> date:
        """The day in the city."""
        return self.act.today

    @property
    def grid(self) -> Grid:
        """The city's grid."""
        return Grid(self.city.grid_epsg)

    def folder(self) -> AttachmentFolder:
        """The folder of attachments; raises AttachmentRefused where none is kept."""
        if self.attachments is None:
            raise AttachmentRefused("This service keeps no attachments: set their folder.")
        return self.attachments
