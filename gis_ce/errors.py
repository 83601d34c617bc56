"""What can go wrong with rules and checks, named for what the caller can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime


class CaseError(Exception):
    """Any mistake that this package reports in one clear sentence."""


class NotQuotable(CaseError):
    """A rule that no letter, notice or packet may quote yet; the message says what must be read first."""


class UnknownCheck(CaseError):
    """A check was asked for by a name that is not on the list."""


class UnknownPack(CaseError):
    """A rules pack was asked for that is not there."""


class PlaceUnknown(CaseError):
    """A place that cannot be found; the message lists what comes near."""


class PlaceAmbiguous(PlaceUnknown):
    """Words that name several places; the message lists them, `candidates` has all."""

    def __init__(self, text: str, what: str, candidates: Sequence[str]) -> None:
        self.candidates = tuple(candidates)
        listed = ", ".join(self.candidates[:5])
        more = f" and {len(self.candidates) - 5} more" if len(self.candidates) > 5 else ""
        super().__init__(f"{text!r} is the address of {what} ({listed}{more}); name one by its position.")


class UnknownProcess(CaseError):
    """A process was asked for by a name that is not there."""


class StepRefused(CaseError):
    """What was given for a step cannot be taken; the message says everything that is wrong or missing."""


class NotNow(CaseError):
    """A case stands elsewhere, is closed or waits, so this cannot be done to it now; the message says where it is."""


class CannotMove(CaseError):
    """A case cannot go over to a changed definition and stays on its own; the message says why."""


class NoDrawing(CaseError):
    """Process maps cannot be drawn on this machine; the message says what is missing."""


class GeometryRefused(CaseError):
    """A geometry that cannot be stored as a case's place."""


class TextRefused(CaseError):
    """A text or value that no database of ours can hold."""


class StoreNotReady(CaseError):
    """A case store that is of another version, or cannot be opened; the message says which command to run."""


class StoreBusy(CaseError):
    """Somebody else is writing for longer than one waits; try again."""


class CaseUnknown(CaseError):
    """There is no case of that number or id."""


class CaseChanged(CaseError):
    """A case that somebody else has changed since it was read; says who, what and when, and the version now."""

    def __init__(
        self,
        number: str,
        sentence: str,
        by: str | None = None,
        at: datetime | None = None,
        what: str | None = None,
        row_version: int | None = None,
    ) -> None:
        self.number, self.by, self.at, self.what, self.row_version = number, by, at, what, row_version
        super().__init__(sentence)


class KeyReused(CaseError):
    """An idempotency key that came before with another request; use a new key."""


class UserRefused(CaseError):
    """An account that cannot be made or changed as asked; the message says why."""


class UserUnknown(UserRefused):
    """There is no account of that name."""


class SignInRefused(CaseError):
    """A name and password that open no account, or a key that opens nothing."""


class KeyRefused(CaseError):
    """An API key that cannot be made or changed as asked; the message says why."""


class BackupRefused(CaseError):
    """A backup that cannot be made or restored; the message says what is missing."""


class MoveRefused(CaseError):
    """A store that cannot be moved; the message says why, and nothing was kept."""


class UnknownRegister(CaseError):
    """A register was asked for by a name that is not there."""


class FilterRefused(CaseError):
    """What cases or entries were asked for cannot be understood; the message says what is possible."""


class LinkRefused(CaseError):
    """Two cases that cannot be linked as asked; the message says why."""


class AttachmentRefused(CaseError):
    """A file that is not taken as an attachment; the message says why and what would be."""


class AttachmentTooLarge(AttachmentRefused):
    """A file, or what it unpacks to, that is larger than the service takes."""


class AttachmentMissing(CaseError):
    """The content of an attachment is not in the folder; restore it from a backup."""


class AttachmentNotKept(CaseError):
    """The folder of attachments could not take a file (full, not writable); nothing was kept, try again later."""


class NotYourLane(CaseError):
    """A step or a case that others do; the message says who."""


class PlaceRefused(CaseError):
    """A place that cannot be used as it was given; the message says why."""


class CaseRefused(CaseError):
    """A case that cannot be opened or changed as asked; the message says everything that is wrong."""


class ReasonNeeded(StepRefused):
    """An answer other than the map's, or a change after the fact, without a reason; give one."""


class ExhibitRefused(CaseError):
    """A page of evidence that cannot be drawn of a case; the message says what there is."""


class DecisionUnknown(CaseError):
    """There is no decision of that id in the case, or nobody needs to look at it any more."""


class TypesettingRefused(CaseError):
    """A template and its data from which no PDF can be made; the message says where and why."""


class ChargeRefused(CaseError):
    """Money that cannot be charged, paid, stayed or waived as asked; the message says why and what is missing."""


class ChargeUnknown(CaseError):
    """There is no charge of that id in the case."""


class MailingUnknown(CaseError):
    """There is no mailing of that number or id, or no such row in it."""


class MailingRefused(CaseError):
    """A mailing that cannot be made or changed as asked; the message says everything that is wrong."""


class ContactRefused(CaseError):
    """A contact, visit, hearing or the like that cannot be noted as asked; the message says why."""


class ContactUnknown(CaseError):
    """There is no contact or proceeding of that id in the case, or it is answered or ended already."""


class LetterUnknown(CaseError):
    """There is no letter of that number or id, or no kind of letter of that name."""


class LetterRefused(CaseError):
    """A letter that cannot be made, issued or served as asked; the message says everything that is wrong or missing."""


class ReportRefused(CaseError):
    """A report of the public that cannot be taken; the message says everything that is wrong with it."""


class ReportUnknown(CaseError):
    """There is no service or no report of that name."""


class JobsBusy(CaseError):
    """Another process does jobs just now; try again when it has ended."""


class JobUnknown(CaseError):
    """There is no such job, or it is in no state in which this can be done."""


class JobFailed(CaseError):
    """A step of a job failed as often as it was tried; the message says why."""


class MarkStale(CaseError):
    """A token of another store, or for something else than what is asked: begin again without one."""


class UploadUnknown(CaseError):
    """There is no upload of that id, or it is somebody else's."""


class UploadGone(CaseError):
    """An upload that expired or was refused; begin a new one, the file is still the sender's to keep."""


class UploadRefused(CaseError):
    """An upload that cannot begin as asked; the message says why."""


class UploadBusy(CaseError):
    """Another request is writing to the same upload; try again."""


class UploadOffsetWrong(CaseError):
    """A piece that does not begin where the file ends."""


class UploadTooLong(CaseError):
    """More bytes than the file was said to have, or than its sender may have under way."""


class ChecksumWrong(CaseError):
    """What arrived is not what was sent; send it again."""


class WebhookUnknown(CaseError):
    """There is no webhook or message of that id."""


class WebhookRefused(CaseError):
    """A webhook that cannot be made as asked, or an address that nothing may be sent to."""


class SchedulesBusy(CaseError):
    """Another process does what is on the schedule just now; try again when it has ended."""


class ScheduleUnknown(CaseError):
    """There is no schedule of that name."""


class ScheduleRefused(CaseError):
    """Settings of schedules that cannot be used; the message says everything that is wrong with them."""


class ScheduleFailed(CaseError):
    """What was on the schedule could not be done, or not all of it; the message says what came of it."""
