"""The directory as an e-mail: as PDF to print and put up, and as a workbook to search in; and a mail to try the way."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from hall_desk.devices.mail import Attachment, Letter
from hall_desk.documents.directory import directory
from hall_desk.i18n import _
from hall_desk.services import directory_paper

if TYPE_CHECKING:
    from hall_desk.services.directory_paper import Directory

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def directory_letter(facts: Directory, subject: str, text: str, at: datetime) -> Letter:
    """The letter that all communities get. Raises `resources.ResourceMissingError` where the fonts are missing."""
    files = (
        (".pdf", PDF, directory(facts)),
        (".xlsx", XLSX, directory_paper.as_xlsx(facts)),
    )
    attached = (
        Attachment(directory_paper.file_name(facts, ending), kind, content)
        for ending, kind, content in files
    )
    return Letter(subject, text, tuple(attached), at)


def trial_letter(hall: str, at: datetime) -> Letter:
    """A short letter without the directory, to see that a mail server takes it; `at` stands in it as its date."""
    subject = _("Test mail of {hall}").format(hall=hall)
    text = _("The mail server is set up. The directory of windows can be sent.")
    return Letter(subject, text, (), at)
