"""All tables of the case store."""

from gis_ce.tables.access import ApiKey, FailedSignIn, PersonsSeen, SignedSession, SignInUnderWay
from gis_ce.tables.base import Base, Json
from gis_ce.tables.cases import Case, CaseCounter, CaseLink, ExternalReference
from gis_ce.tables.charges import Charge, ChargeEntry
from gis_ce.tables.contacts import Contact, Proceeding, ProceedingEntry
from gis_ce.tables.decisions import Decision, DecisionArea, DecisionPersonal, DecisionRecord, LayerSet
from gis_ce.tables.mailings import Mailing, MailingEvent, MailingRow
from gis_ce.tables.people import AccountChange, Party, User, UserRole
from gis_ce.tables.published import IdempotencyKey, LayerVersionSeen, ProcessVersion
from gis_ce.tables.records import Attachment, Deadline, DeedSeen, Event, Letter, LetterService, Note
from gis_ce.tables.schedules import ScheduleRun
from gis_ce.tables.sites import Site, SiteMove
from gis_ce.tables.uploads import Upload
from gis_ce.tables.webhooks import Webhook, WebhookDelivery

__all__ = [
    "AccountChange",
    "ApiKey",
    "Attachment",
    "Base",
    "Case",
    "CaseCounter",
    "CaseLink",
    "Charge",
    "ChargeEntry",
    "Contact",
    "Deadline",
    "Decision",
    "DecisionArea",
    "DecisionPersonal",
    "DecisionRecord",
    "DeedSeen",
    "Event",
    "ExternalReference",
    "FailedSignIn",
    "IdempotencyKey",
    "Json",
    "LayerSet",
    "LayerVersionSeen",
    "Letter",
    "LetterService",
    "Mailing",
    "MailingEvent",
    "MailingRow",
    "Note",
    "Party",
    "PersonsSeen",
    "Proceeding",
    "ProceedingEntry",
    "ProcessVersion",
    "ScheduleRun",
    "SignInUnderWay",
    "SignedSession",
    "Site",
    "SiteMove",
    "Upload",
    "User",
    "UserRole",
    "Webhook",
    "WebhookDelivery",
]
