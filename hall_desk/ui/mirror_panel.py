"""The staffing mirror: waits by hour against people on post, and what one more person would have changed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services import staffing
from hall_desk.services.dashboard_lists import Figure
from hall_desk.ui.buttons import Link
from hall_desk.ui.charts import Bar, HourChart
from hall_desk.ui.day_field import DayField
from hall_desk.ui.labels import Elided, Ground, Text
from hall_desk.ui.ticket_cards import window_text

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from hall_desk.errors import HallDeskError
    from hall_desk.services.staffing import HourLine, Mirror, OneMore, Place
    from hall_desk.ui.session import Session

# The running day is looked at again at most this often: what it tells moves slowly, and it counts a lot.
_AGAIN = timedelta(seconds=60)


def place_name(place: Place) -> str:
    if place.window_id is None:
        return i18n.code("post", "proxy")
    return f"{window_text(place.number)} {place.name}"


def says(place: Place) -> str:
    """What one more person would have changed, in one sentence; or why that cannot be told."""
    more = place.one_more
    if more.verdict == "gain":
        said = _(
            "One more at {place} from {first}:00 to {end}:00 would have held the promise for {then} "
            "of {tickets} tickets; it was {kept}. Median wait {wait}, then {wait_then}."
        )
        where = i18n.code("post", "proxy") if place.window_id is None else window_text(place.number)
        return said.format(
            place=where,
            first=more.first_hour,
            end=more.end_hour,
            then=more.kept_then,
            kept=more.kept,
            tickets=more.tickets,
            wait=i18n.clock(more.wait_seconds),
            wait_then=i18n.clock(more.wait_then_seconds),
        )
    return {
        "no_gain": _("One more person would not have held one more promise, at whatever hours."),
        "too_few": _("Too few tickets to say what one more person would change."),
        "unsure": _("It may be chance whether one more person would have held more promises."),
        "no_posts": _(
            "Nobody was put on this post, so nothing can be said about its number of people."
        ),
        "does_not_fit": _("The day did not run as the replay assumes, so nothing is claimed."),
    }[more.verdict]


def sure(more: OneMore) -> str:
    """What the sentence stands on, and how far it may be trusted."""
    parts = [_("{count} tickets finished that day").format(count=more.tickets)]
    if more.verdict == "gain":
        parts = [
            _("From {count} tickets").format(count=more.tickets),
            _("drawn again, {low} to {high} more (nine of ten)").format(
                low=more.low, high=more.high
            ),
        ]
    if more.error_seconds is not None:
        missed = _("the replay misses the real waits by {time}")
        parts.append(missed.format(time=i18n.clock(more.error_seconds)))
    return " · ".join(parts)


class MirrorPanel(Ground):
    """One post at a time; `asked` gives the figure and the name of an hour that was chosen."""

    asked = Signal(object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self._session = session
        self._mirror: Mirror | None = None
        self._read_at: datetime | None = None
        today = session.today()
        self.day = DayField(today, today)
        self.place = QComboBox()
        self.place.setAccessibleName(_("Post"))
        self.place.setMinimumWidth(190)
        self.chart = HourChart(_("Waits by hour and people on post"), _("No tickets on this day"))
        self.says = Text("").wrap()
        self.sure = Text("", "label").wrap()
        self.how = Text(
            _(
                "How: a ticket waits until it is taken, and then occupies one person of the post until it is let go. "
                "The day's arrivals and handling times are replayed with the people on post and with one more; the "
                "difference is taken off the real waits. Residents waiting before intake are not known."
            ),
            "label",
        ).wrap()
        self.how.hide()
        self.how_link = Link(_("How this is computed"))
        self._lay_out()
        self.day.picked.connect(lambda _day: self.reload())
        self.place.currentIndexChanged.connect(lambda _index: self._show_place())
        self.chart.chosen.connect(self._hour_chosen)
        self.how_link.clicked.connect(self._toggle_how)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Text(_("Waits and people"), "heading"))
        head.addStretch(1)
        head.addWidget(self.day)
        choice = QHBoxLayout()
        choice.setSpacing(10)
        choice.addWidget(self.place)
        choice.addWidget(Elided(_("Bars: median wait · line: people on post"), "label"), 1)
        foot = QHBoxLayout()
        foot.addWidget(self.sure, 1)
        foot.addWidget(self.how_link, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 10, 12, 12)
        layout.setSpacing(7)
        layout.addLayout(head)
        layout.addLayout(choice)
        layout.addWidget(self.chart, 1)
        layout.addWidget(self.how, 1, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.says)
        layout.addLayout(foot)

    # --- reading ------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Reads the running day again, unless that was just done or a past day is shown."""
        now = self._session.now()
        today = self._session.today()
        followed = self._read_at is None or self.day.day() == self._session.store.day_of(
            self._read_at
        )
        if self._read_at is not None and (not followed or now - self._read_at < _AGAIN):
            return
        self.day.set_last(today)
        if self.day.day() != today:
            self.day.set_day(today)  # which reads
        else:
            self.reload()

    def reload(self) -> None:
        self._read_at = self._session.now()
        actor, day = self._session.actor, self.day.day()
        self._session.background.data(
            self, lambda: staffing.of_day(actor, day), self._show, self._unread, replaces="mirror"
        )

    def _show(self, mirror: Mirror) -> None:
        if mirror.day != self.day.day():
            return
        wanted = self._wanted(mirror)
        self._mirror = mirror
        self.place.blockSignals(True)
        self.place.clear()
        for place in mirror.places:
            self.place.addItem(place_name(place), place.window_id)
        self.place.setCurrentIndex(wanted)
        self.place.blockSignals(False)
        self._show_place()

    def _wanted(self, mirror: Mirror) -> int:
        """The post that was looked at on this day; else the one where one more person would help most."""
        before = self._mirror
        if before is not None and before.day == mirror.day:
            chosen: UUID | None = self.place.currentData()
            keys = [place.window_id for place in mirror.places]
            return keys.index(chosen) if chosen in keys else 0
        best = mirror.best
        return mirror.places.index(best) if best is not None else 0

    def _unread(self, error: HallDeskError) -> None:
        self.says.setText(i18n.explain(error))
        self.sure.setText("")

    # --- showing ------------------------------------------------------------------------------------

    def shown(self) -> Place | None:
        """The post that is looked at."""
        place = self.place.currentIndex()
        return self._mirror.places[place] if self._mirror is not None and place >= 0 else None

    def _show_place(self) -> None:
        place = self.shown()
        if place is None or self._mirror is None:
            return
        day = self._mirror.day
        self.chart.show_bars([_bar(place, line, day) for line in place.hours])
        self.says.setText(says(place))
        self.sure.setText(sure(place.one_more))

    def _hour_chosen(self, figure: Figure) -> None:
        place = self.shown()
        if place is not None:
            title = _("{place}, {hour}:00: waits until taken").format(
                place=place_name(place), hour=figure.hour
            )
            self.asked.emit(figure, title)

    def _toggle_how(self) -> None:
        """In the chart's place: on a small screen there is no room for both."""
        explained = self.how.isHidden()
        self.chart.setVisible(not explained)
        self.how.setVisible(explained)


def _bar(place: Place, line: HourLine, day: date) -> Bar:
    wait = i18n.clock(line.median_seconds) if line.median_seconds is not None else ""
    hint = _("{hour}:00: {count} tickets").format(hour=line.hour, count=line.tickets)
    if line.longest_seconds is not None:
        hint += _(", median wait {wait}, longest {longest}").format(
            wait=wait, longest=i18n.clock(line.longest_seconds)
        )
    if line.people is not None:
        hint += _(", {people} on post").format(people=f"{line.people:g}")
    figure = Figure("wait", key=place.window_id, hour=line.hour, day=day)
    more = place.one_more
    mark = more.verdict == "gain" and more.first_hour <= line.hour < more.end_hour
    return Bar(
        str(line.hour), line.median_seconds, wait, figure if line.tickets else None, line.people, hint,
        mark,
    )  # fmt: skip
