"""Sends a mailing in a lane of its own and goes on when its form is closed; one at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from hall_desk import i18n
from hall_desk.devices import mail_run
from hall_desk.documents.directory_mail import directory_letter
from hall_desk.i18n import _
from hall_desk.services import directory_paper, mailings
from hall_desk.services.progress import Progress

if TYPE_CHECKING:
    from hall_desk.devices.mail import Account
    from hall_desk.errors import HallDeskError
    from hall_desk.services.mailings import Envelope, Mailing, Outcome, Run
    from hall_desk.ui.session import Session

_STATES = ("sent", "refused", "unknown", "waiting")


class MailKeeper(QObject):
    """One per session.

    Signals:
        begun: the key of the mailing that is being sent from now on.
        moved: the name of the community that is written to now; empty when one was answered.
        ended: how it went (`ok`: all have it, `warn`: not all, `bad`: the server took nothing), and that in words.
    """

    begun = Signal(object)
    moved = Signal(str)
    ended = Signal(str, str)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._progress: Progress | None = None

    @property
    def sending(self) -> bool:
        return self._progress is not None

    @property
    def stopping(self) -> bool:
        """Whether it ends after the address that is under way."""
        return self._progress is not None and self._progress.stopped

    def send(self, take: Callable[[], Run], account: Account) -> None:
        """Begins a mailing, or goes on with one: `take` gets the right to (`mailings.start`, `mailings.go_on`)."""
        if self.sending:
            return
        actor = self._session.actor
        self._progress = progress = Progress()

        def work() -> Mailing:
            # Drawn before it is begun, so that nobody else is kept from sending meanwhile.
            facts = directory_paper.of_hall(actor)
            letter = directory_letter(facts, "", "", mailings.date(actor))
            run = take()
            self._tell(self.begun, run.mailing_id)
            letter = replace(letter, subject=run.subject, text=run.text)
            return mail_run.send(actor, run, account, letter, self._told, progress)

        self._session.background.mail(
            self,
            work,
            lambda mailing: self._done(mailing, account),
            self._failed,
            progress=progress,
        )

    def stop(self) -> None:
        """Ends after the address that is under way; the rest stays waiting."""
        if self._progress is not None:
            self._progress.stop()

    def _told(self, envelope: Envelope, outcome: Outcome | None) -> None:
        self._tell(self.moved, envelope.name if outcome is None else "")

    @staticmethod
    def _tell(signal: Any, value: object) -> None:
        # In the mail lane's thread. The session may be gone by now; the address under way is finished all the same.
        with contextlib.suppress(RuntimeError):
            signal.emit(value)

    def _done(self, mailing: Mailing, account: Account) -> None:
        self._progress = None
        if mailing.error:
            trouble = i18n.explain(account.server.trouble(mailing.error))
            self._end(f"{trouble} {counts_words(mailing)}")
            return
        said = _("Directory by e-mail: {counts}").format(counts=counts_words(mailing))
        if mailing.counts["sent"] == len(mailing.results):
            self._session.notices.success(said)
            self.ended.emit("ok", said)
        else:
            self._session.notices.info(said)
            self.ended.emit("warn", said)

    def _failed(self, error: HallDeskError) -> bool:
        self._end(i18n.explain(error))
        return True

    def _end(self, said: str) -> None:
        self._progress = None
        self._session.notices.error(said)
        self.ended.emit("bad", said)


def counts_words(mailing: Mailing) -> str:
    """How many addresses are in which state, without the states that none is in."""
    counts = mailing.counts
    return " · ".join(
        f"{i18n.code('mail_state', state)} {counts[state]}" for state in _STATES if counts[state]
    )
