"""Going on a post, and leaving it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import matters, posts
from hall_desk.services.posts import NewShift
from hall_desk.store.ids import new_id
from hall_desk.ui.buttons import Button, Segmented
from hall_desk.ui.dialogs.hand_over import HandOverDialog
from hall_desk.ui.dialogs.post_dialog import PostDialog
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text
from hall_desk.ui.staff_tables import place_of, post_text
from hall_desk.ui.ticket_cards import window_text

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.errors import HallDeskError
    from hall_desk.services.matters import WindowLine
    from hall_desk.services.posts import Candidate, OnPost
    from hall_desk.ui.session import Session


# --- going on a post -----------------------------------------------------------------------------


class TakePostDialog(PostDialog):
    """Puts one person on a post; the one they had last is offered, or their window."""

    personal = True

    def __init__(self, session: Session, staff_id: UUID | None = None) -> None:
        super().__init__(session, _("Take post"), _("Take post"), width=600, height=300)
        self._id = new_id()
        self._staff_id = staff_id or session.actor.staff_id
        self._reading = True
        self._enter_when_read = False
        self.who = Text("", "heading")
        self.post = Segmented([(post, i18n.code("post", post)) for post in posts.POSTS])
        self.post_field = LabelledField(_("Post"), self.post)
        self.windows = QComboBox()
        self.window_field = LabelledField(_("Window"), self.windows)
        self.window_field.hide()
        self.body.addWidget(self.who)
        self.body.addWidget(self.post_field)
        self.body.addWidget(self.window_field)
        self.close_body()
        self.bind("Return", self.enter)
        self.bind("Enter", self.enter)
        self.post.changed.connect(lambda post: self.window_field.setVisible(post == "window"))
        self.busy(on=True)
        actor = session.actor
        session.background.data(
            self,
            lambda: (posts.candidates(actor), matters.windows(actor)),
            self._offer,
            self.refused,
        )

    def arrive(self) -> None:
        self.post.setFocus(Qt.FocusReason.TabFocusReason)

    def _offer(self, read: tuple[list[Candidate], list[WindowLine]]) -> None:
        people, windows = read
        self.busy(on=False)
        self._reading = False
        for line in windows:
            self.windows.addItem(f"{window_text(line.number)}  {line.name}", line.id)
        person = next((p for p in people if p.id == self._staff_id), None)
        if person is None:
            self.refused(errors.BadInput("person", "gone"))
            self._sending = True  # there is nothing to send
            self.send.setEnabled(False)
            return
        now = (
            _(", now at {post}").format(post=i18n.code("post", person.post)) if person.post else ""
        )
        self.who.setText(f"{person.name} · {place_of(person.role, person.window)}{now}")
        usual = person.last_post or ("window" if person.window_id else "screening")
        self.post.set_value(usual)
        if person.window_id is not None:
            ids = [line.id for line in windows]
            self.windows.setCurrentIndex(
                ids.index(person.window_id) if person.window_id in ids else 0
            )
        self.window_field.setVisible(self.post.value() == "window")
        self.arrive()
        if self._enter_when_read:
            self.enter()

    def enter(self) -> None:
        # Faster than the reading: the key is not lost.
        self._enter_when_read = self._reading
        super().enter()

    def submit(self) -> None:
        post = str(self.post.value())
        window = self.windows.currentData() if post == "window" else None
        new = NewShift(self._id, post, self._staff_id, window)
        self.busy(on=True)
        actor = self.session.actor
        self.session.background.data(
            self, lambda: posts.take_post(actor, new), self._taken, self.refused
        )

    def _taken(self, line: OnPost) -> None:
        self.session.notices.success(
            _("{name} is at {post} now.").format(
                name=line.staff, post=post_text(line.post, line.window)
            )
        )
        self.accept()


# --- leaving -------------------------------------------------------------------------------------


class LeavePostDialog(PostDialog):
    """Asked only when papers would stay in the hands of somebody who leaves."""

    def __init__(self, session: Session, line: OnPost, refusal: errors.PapersHeld) -> None:
        title = _("{name} leaves the post").format(name=line.staff)
        super().__init__(session, title, _("Hand over…"), width=660, height=250)
        self._line = line
        self.body.addWidget(Text(i18n.explain(refusal)).wrap())
        self.stay = Button(_("Leave, papers stay in this name"), "plain", "Alt+S")
        if refusal.tickets:
            self.stay.hide()
        else:
            note = _("Papers that stay are listed under {name} until somebody takes them over.")
            self.body.addWidget(Text(note.format(name=line.staff), "soft").wrap())
        self.foot.insertWidget(1, self.stay)
        self.close_body()
        self.stay.clicked.connect(self.leave)
        self.bind("Return", self._enter)
        self.bind("Enter", self._enter)
        if not refusal.tickets:
            self.bind("Alt+S", self.leave)

    def _enter(self) -> None:
        if self.stay.hasFocus():
            self.leave()
        else:
            self.enter()

    def submit(self) -> None:
        self.accept()
        HandOverDialog(self.session, self._line.staff_id).open()

    def leave(self) -> None:
        if self._sending:
            return
        self.busy(on=True)
        actor, staff_id = self.session.actor, self._line.staff_id
        self.session.background.data(
            self,
            lambda: posts.leave_post(actor, staff_id, papers_stay=True),
            lambda _nothing: self.accept(),
            self.refused,
        )


def leave(session: Session, line: OnPost) -> None:
    """Ends a person's turn; where papers are in their hands, asks what becomes of them."""
    actor = session.actor

    def refused(error: HallDeskError) -> bool:
        if not isinstance(error, errors.PapersHeld):
            return False
        LeavePostDialog(session, line, error).open()
        return True

    def left(_nothing: None) -> None:
        session.notices.success(_("{name} has left the post.").format(name=line.staff))

    session.background.data(session, lambda: posts.leave_post(actor, line.staff_id), left, refused)


def leave_own(session: Session) -> None:
    """Ends the turn of whoever is signed in."""
    actor = session.actor

    def found(lines: list[OnPost]) -> None:
        own = next((line for line in lines if line.staff_id == actor.staff_id), None)
        if own is None:
            session.notices.info(_("You are on no post at the moment."))
        else:
            leave(session, own)

    session.background.data(session, lambda: posts.on_posts(actor), found)
