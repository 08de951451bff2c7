"""Beside a new ticket: this resident was here before with the same matter, and was told what was missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk.i18n import _
from hall_desk.services import missing_notices
from hall_desk.ui.intake_aside import Warned

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.services.missing_notices import Notice
    from hall_desk.ui.session import Session


class EarlierNotice(Warned):
    """A band that is there only when there is such a notice; its link opens it at the consultation post."""

    def __init__(self, session: Session) -> None:
        super().__init__("warn")
        self._session = session
        self._notice: Notice | None = None
        self.open_notice = self.link(_("Open the notice"))
        self.open_notice.clicked.connect(self._open)

    def look_up(self, matter_id: UUID | None, phone: str) -> None:
        """Shows the newest notice given to this number for this matter."""
        actor = self._session.actor
        if matter_id is None or not phone or not actor.may("missing_notices.read"):
            self._show([])
            return
        self._session.background.data(
            self,
            lambda: missing_notices.by_phone(actor, phone, matter_id, 1),
            self._show,
            lambda _error: None,  # only offered: without it the ticket is opened all the same
            replaces="notice",
        )

    def _show(self, notices: list[Notice]) -> None:
        self._notice = notices[0] if notices else None
        if self._notice is None:
            self.say("")
            return
        papers = _(", ").join(item.name for item in self._notice.missing)
        day = f"{self._session.store.local(self._notice.at):%Y-%m-%d}"
        said = _("Was here on {day} for the same matter; missing was: {papers}.")
        self.say(said.format(day=day, papers=papers))

    def _open(self) -> None:
        if self._notice is not None:
            self._session.go("consultation", notice=self._notice.code)
