"""The case office of a city: its case store, processes and attachments, and the desk at which somebody works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from api.settings import Settings
from api.wiring import OpenCity, attachments_folder, open_cases
from gis_ce.access_rules import access_mistakes
from gis_ce.actions.desk import Actor, Desk
from gis_ce.appeal_agreement import appeal_mistakes
from gis_ce.attachments.folder import AttachmentFolder
from gis_ce.case_store import CaseStore
from gis_ce.city_letters import CityLetters, city_letters
from gis_ce.city_processes import CityProcesses, city_processes, processes_folder
from gis_ce.closing_rules import ClosingRules, city_closing, closing_mistakes
from gis_ce.duplicate_reach import Reaches, city_reaches, reach_mistakes
from gis_ce.mailing.settings import mailing_settings
from gis_ce.public_reports import Intake, intake_mistakes, intake_of
from gis_ce.register import Register
from gis_ce.register_files import open_registers
from gis_ce.target_tables import city_targets, target_mistakes
from gis_ce.targets import Targets
from layers.errors import CityFileError


@dataclass(frozen=True, slots=True)
class CaseOffice:
    """Everything that work on cases needs, for as long as the service or the command runs."""

    city: OpenCity
    store: CaseStore
    processes: CityProcesses
    reaches: Reaches
    targets: Targets
    closing: ClosingRules
    attachments: AttachmentFolder
    letters: CityLetters
    intake: Intake | None

    def desk(self, actor: Actor) -> Desk:
        """The desk of somebody, now, over the layer versions that are current now; make one for each request."""
        view = self.city.view("staff")
        return Desk(
            query=view.query,
            addresses=view.addresses,
            rules=self.city.rules,
            city=self.city.city,
            processes=self.processes,
            now=datetime.now(UTC),
            actor=actor,
            attachments=self.attachments,
            reaches=self.reaches,
            tables=view.tables,
            mailing=mailing_settings(self.city.city.other.get("mailing", {})),
            targets=self.targets,
            letters=self.letters,
            closing=self.closing,
        )

    def registers(self) -> dict[str, Register]:
        """The registers of the city by their names, read anew; raises RegisterFileError."""
        return open_registers(self.processes.processes, processes_folder(self.city.city))


def open_office(settings: Settings, city: OpenCity) -> CaseOffice:
    """The office of a city; an empty store gets its tables. Raises StoreNotReady, CityFileError, ProcessFileError."""
    path = str(city.city_file)
    processes = city_processes(city.city, city.rules.rulebook.calendar, path)
    table = city.city.other.get("duplicates", {})
    targets = city.city.other.get("targets", {})
    mistakes = reach_mistakes(table, processes.processes)
    reports = city.city.other.get("open311")
    mistakes += intake_mistakes(reports, processes.processes)
    mistakes += appeal_mistakes(processes.time, city.rules.rulebook)
    closing, access = city.city.other.get("closing", {}), city.city.other.get("access", {})
    mistakes += access_mistakes(access, {lane for each in processes.processes.values() for lane in each.lanes})
    mistakes += target_mistakes(targets, processes.processes)
    if mistakes := [*mistakes, *closing_mistakes(closing, processes.processes)]:
        raise CityFileError(path, mistakes)
    return CaseOffice(
        city=city,
        store=open_cases(settings, city.city).ready(),
        processes=processes,
        reaches=city_reaches(table),
        targets=city_targets(targets),
        closing=city_closing(closing),
        attachments=AttachmentFolder(attachments_folder(settings, city.city)),
        letters=city_letters(city.city, path),
        intake=intake_of(reports),
    )


def opened_once(settings: Settings, city: OpenCity) -> Callable[[], CaseOffice]:
    """The office, opened when it is first asked for; what failed is tried again by the next who asks."""
    lock, opened = Lock(), list[CaseOffice]()

    def office() -> CaseOffice:
        with lock:
            if not opened:
                opened.append(open_office(settings, city))
            return opened[0]

    return office
