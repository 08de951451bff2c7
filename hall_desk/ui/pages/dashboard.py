"""The day so far: the running day's figures, who is about to be late, who is on post, and where people are short."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.services import dashboard, promises
from hall_desk.services.dashboard_lists import Figure
from hall_desk.ui import theme
from hall_desk.ui.charts import Bar, NamedBars
from hall_desk.ui.dialogs.figure_list import FigureListDialog
from hall_desk.ui.figure_tiles import NOTHING, FigureCard, FigureTile
from hall_desk.ui.figure_words import name_of
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.labels import Chip, Ground, Text
from hall_desk.ui.mirror_panel import MirrorPanel
from hall_desk.ui.pages import Page, Shortcut
from hall_desk.ui.posts_panel import held_text
from hall_desk.ui.promise_list import KEY as PROMISES
from hall_desk.ui.promise_list import left_text
from hall_desk.ui.staff_tables import post_text
from hall_desk.ui.tables import Column, RowsModel, Table
from hall_desk.ui.ticket_cards import window_text

if TYPE_CHECKING:
    from datetime import datetime

    from hall_desk.errors import HallDeskError
    from hall_desk.services.dashboard import Dashboard
    from hall_desk.services.posts import OnPost
    from hall_desk.services.ticket_cards import Card
    from hall_desk.ui.session import Session

_TICKETS = (
    ("opened", "queued", "handling", "suspended"),
    ("ready", "closed", "median", "late"),
)
_DOOR = (("checked", "held", "fevers"), ("inside", "consultations", "slips"))
_PHONE = (("callbacks", "callbacks_overdue"), ("callbacks_side", "phone_cases"))
_CARE = (("incidents", "incidents_overdue", "originals"), ("low_rated", "low_ratings", "troubles"))


class DashboardPage(Page):
    name = "dashboard"
    right = "figures.read"
    topics = frozenset(
        {
            *("check", "passage", "consultation", "slip", "ticket", "callback", "phone_case"),
            *("number", "incident", "post", "rating", "setting", "window", "matter", "staff"),
        }
    )

    @classmethod
    def title(cls) -> str:
        return _("The day so far")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._shown: Dashboard | None = None
        self.as_of = Text("", "soft")
        self.full = Chip("", "warn")
        self.full.hide()
        self.problem = Text("", "error")
        self.problem.hide()
        self.cards = tuple(
            FigureCard(title, [[(figure, name_of(figure)) for figure in row] for row in rows])
            for title, rows in (
                (_("Proxy tickets"), _TICKETS),
                (_("Door and consultation"), _DOOR),
                (_("Telephone"), _PHONE),
                (_("To look after"), _CARE),
            )
        )
        self.tiles: dict[str, FigureTile] = {
            figure: tile for card in self.cards for figure, tile in card.tiles.items()
        }
        self.late_model, self.late = _late_table(session)
        self.nobody_late = Text(_("No ticket is about to break its promise."), "soft")
        self.post_model, self.on_post = _post_table(session)
        self.nobody_there = Text(_("Nobody is on a post yet."), "soft")
        self.mirror = MirrorPanel(session)
        self.first_steps = FirstSteps(session, self.name, self.mirror.chart)
        self.channels = NamedBars(_("By channel"), 96)
        self.matters = NamedBars(_("By matter"), 150)
        self._lay_out()
        for card in self.cards:
            card.asked.connect(lambda figure: self.open_list(Figure(figure)))
        self.mirror.asked.connect(self.open_list)
        self.mirror.day.picked.connect(lambda _day: self._invite())
        self.channels.chosen.connect(self._bar_chosen)
        self.matters.chosen.connect(self._bar_chosen)
        self.late.chosen.connect(lambda card: session.go("proxy", ticket_id=card.id))
        self.on_post.chosen.connect(lambda _line: session.go("people"))
        session.ticked.connect(self._on_ticked)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Text(self.title(), "title"))
        head.addWidget(self.as_of)
        head.addWidget(self.full)
        head.addWidget(self.problem)
        head.addStretch(1)
        figures = QHBoxLayout()
        figures.setSpacing(theme.GAP)
        for card in self.cards:
            figures.addWidget(card, card.columns)
        below = QHBoxLayout()
        below.setSpacing(theme.GAP)
        people = _column(
            (_card(_("About to break the promise"), self.late, self.nobody_late), 4),
            (_card(_("Posts now"), self.on_post, self.nobody_there), 5),
        )
        shares = _column(
            (_card(_("By channel"), self.channels, inset=16), 0),
            (_card(_("By matter"), self.matters, inset=16), 1),
        )
        below.addLayout(people, 31)
        below.addWidget(self.mirror, 41)
        below.addLayout(shares, 28)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addLayout(head)
        layout.addLayout(figures)
        layout.addLayout(below, 1)

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (
            Shortcut(PROMISES, self._go_to_late),
            Shortcut("Alt+Left", partial(self.mirror.day.step, -1)),
            Shortcut("Alt+Right", partial(self.mirror.day.step, 1)),
        )

    def arrive(self) -> None:
        self.tiles["opened"].setFocus(Qt.FocusReason.TabFocusReason)

    def _go_to_late(self) -> None:
        self.late.setFocus(Qt.FocusReason.TabFocusReason)

    def open_list(self, figure: Figure, about: str = "") -> None:
        """Lays the list behind a figure over the page."""
        FigureListDialog(self.session, figure, about).open()

    def _bar_chosen(self, key: tuple[Figure, str]) -> None:
        self.open_list(*key)

    # --- reading ------------------------------------------------------------------------------------

    def reload(self) -> None:
        actor = self.session.actor
        self.session.background.data(
            self, lambda: dashboard.today(actor), self._show, self._unread, replaces="reload"
        )
        self.mirror.refresh()

    def _unread(self, error: HallDeskError) -> None:
        self.problem.setText(i18n.explain(error))
        self.problem.show()

    def _on_ticked(self, now: datetime) -> None:
        """Time goes by without anything having changed: promises and deadlines pass, and days."""
        shown = self._shown
        if shown is None or not self.isVisible():
            return
        passed = shown.open.changes_at is not None and shown.open.changes_at < now
        if passed or shown.day != self.session.today():
            self.reload()
        self._show_late(now)

    # --- showing ------------------------------------------------------------------------------------

    def _show(self, now: Dashboard) -> None:
        self._shown = now
        self.problem.hide()
        at = self.session.store.local(now.at)
        self.as_of.setText(_("{day}, as of {time}").format(day=now.day, time=f"{at:%H:%M:%S}"))
        inside = now.inside
        full = _("Hall full") if inside.level == "bad" else _("Hall nearly full")
        self.full.show_text("" if inside.level == "ok" else full, inside.level)
        for figure, tile in self.tiles.items():
            value, more, needs_somebody = _words(now, figure)
            tile.show_number(value, more, needs_somebody or theme.INK)
        self._show_late(self.session.now())
        self.post_model.show(now.on_post)
        self.nobody_there.setVisible(not now.on_post)
        self.on_post.horizontalHeader().setVisible(bool(now.on_post))
        self._show_bars(now)
        self._invite()

    def _invite(self) -> None:
        """First steps in the place of today's chart, as long as nothing has been recorded."""
        shown = self._shown
        if shown is not None:
            done = shown.totals
            nothing = not (done.opened or done.checked or done.consultations)
            self.first_steps.show_for(empty=nothing and self.mirror.day.day() == shown.day)

    def _show_late(self, at: datetime) -> None:
        if self._shown is None:
            return
        cards = self._shown.clock.about_to_break(at)
        self.late_model.show(cards)
        self.late_model.repaint_rows()
        self.nobody_late.setVisible(not cards)
        self.late.horizontalHeader().setVisible(bool(cards))

    def _show_bars(self, now: Dashboard) -> None:
        whole = sum(count for _name, count in now.channels)
        bars = []
        for channel, count in now.channels:
            name = i18n.code("channel", channel)
            share = f"{count / whole:.0%}" if whole else NOTHING
            key = (Figure("channel", channel=channel), name)
            bars.append(Bar(name, count, f"{count} · {share}", key if count else None))
        self.channels.show_bars(bars)
        self.matters.show_bars(
            [
                Bar(one.name, one.count, str(one.count), (Figure("matter", key=one.id), one.name))
                for one in now.matters
            ]
        )


def _words(now: Dashboard, figure: str) -> tuple[str, str, str]:
    """A figure's number, a few words below it, and a colour where it needs somebody."""
    totals, value = now.totals, now.value(figure)
    number, more, ink = (NOTHING if value is None else f"{value:g}"), "", ""
    match figure:
        case "opened":
            more = _("{count} finished").format(count=totals.finished)
        case "median":
            number = NOTHING if value is None else i18n.clock(value)
            if totals.p90_seconds is not None:
                more = _("9 of 10: {time}").format(time=i18n.clock(totals.p90_seconds))
        case "late":
            measured = totals.measured
            number = f"{totals.within_promise / measured:.0%}" if measured else NOTHING
            late = _n("{count} late", "{count} late", now.late)
            more = late.format(count=now.late) if now.late else ""
        case "fevers" | "callbacks_overdue" | "incidents" | "incidents_overdue":
            ink = theme.BAD_STRONG if value else ""
        case "inside":
            if now.inside.capacity:
                more = _("of {count} at most").format(count=now.inside.capacity)
            ink = {"bad": theme.BAD_STRONG, "warn": theme.WARN}.get(now.inside.level, "")
        case "callbacks_side" | "originals":
            ink = theme.WARN if value else ""
        case "low_rated":
            more = _("of {count} ratings").format(count=totals.rated) if totals.rated else ""
            ink = theme.WARN if value else ""
        case "low_ratings":
            overdue = now.open.low_ratings_overdue
            more = _("{count} past their time").format(count=overdue) if overdue else ""
            ink = theme.BAD_STRONG if overdue else theme.WARN if value else ""
        case "troubles":
            ink = theme.BAD_STRONG if value else ""
            more = _(", ").join(window_text(one.window_number) for one in now.troubles)
    return number, more, ink


# --- parts ---------------------------------------------------------------------------------------


def _card(title: str, inside: QWidget, empty: Text | None = None, inset: int = 1) -> Ground:
    card = Ground("card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(inset, 12, inset, 10)
    layout.setSpacing(6)
    heading = Text(title, "heading")
    heading.setContentsMargins(max(0, 14 - inset + 1), 0, 0, 0)
    layout.addWidget(heading)
    if empty is not None:
        empty.setContentsMargins(14, 0, 14, 0)
        layout.addWidget(empty)
    layout.addWidget(inside, 1)
    return card


def _column(*cards: tuple[QWidget, int]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(theme.GAP)
    for card, stretch in cards:
        column.addWidget(card, stretch)
    return column


def _late_table(session: Session) -> tuple[RowsModel[Card], Table[Card]]:
    def ink(card: Card) -> str:
        return theme.BAD if promises.seconds_left(card, session.now()) < 0 else theme.WARN

    columns: tuple[Column[Card], ...] = (
        Column(_("No."), lambda card: card.number, 66, bold=True),
        Column(_("Matter"), lambda card: card.matter, 70, weight=2),
        Column(_("Window"), lambda card: card.window_number, 76),
        Column(_("Promise"), lambda card: left_text(card, session.now()), 108, ink=ink, right=True),
    )
    model: RowsModel[Any] = RowsModel(columns, key=lambda card: card.id)
    table = Table(model)
    table.setAccessibleName(_("About to break the promise"))
    return model, table


def _post_table(session: Session) -> tuple[RowsModel[OnPost], Table[OnPost]]:
    store = session.store
    columns: tuple[Column[OnPost], ...] = (
        Column(_("Post"), lambda line: post_text(line.post, line.window), 116, weight=1),
        Column(_("Name"), lambda line: line.staff, 72, weight=1, bold=True),
        Column(_("Since"), lambda line: f"{store.local(line.since):%H:%M}", 60),
        Column(_("Holds"), held_text, 86, chip=lambda _line: "info"),
    )
    model: RowsModel[Any] = RowsModel(columns, key=lambda line: line.id)
    table = Table(model)
    table.setAccessibleName(_("Posts now"))
    return model, table
