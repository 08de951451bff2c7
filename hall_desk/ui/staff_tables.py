"""The staff of today as a table, and today's register line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.tables import Column, RowsModel, Table
from hall_desk.ui.ticket_cards import window_text

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hall_desk.services.attendance import Entry, Person
    from hall_desk.store.database import Store

NOTHING = "—"


def place_of(role: str, window: str) -> str:
    """Where somebody belongs: their window, or their role."""
    return window_text(window) if window else i18n.code("role", role)


def post_text(post: str, window: str) -> str:
    return window_text(window) if window else i18n.code("post", post)


def presence(person: Person, store: Store) -> tuple[str, str]:
    """Whether somebody is here, as words and as the kind of a chip."""
    if person.inside and person.came_at is not None:
        return _("Here {time}").format(time=f"{store.local(person.came_at):%H:%M}"), "ok"
    if person.left_at is not None:
        gone = _("Gone {time}").format(time=f"{store.local(person.left_at):%H:%M}")
        return gone, "warn" if person.post else "muted"
    if person.post:
        return _("Not recorded"), "warn"
    return _("Not here"), "muted"


def checks(person: Person) -> tuple[str, str]:
    """How often somebody was measured of how often the hall asks."""
    if person.unchecked:
        return _("None yet"), "warn"
    if person.asked == 0:
        return (str(person.checks), "muted") if person.checks else ("", "")
    if person.checks == 0:
        return "", ""
    count = _("{done}/{asked}").format(done=person.checks, asked=person.asked)
    return count, "ok" if person.checks >= person.asked else "muted"


def mask_text(mask: bool | None) -> str:
    if mask is None:
        return NOTHING
    return _("Worn") if mask else _("Not worn")


def health(*, unwell: bool, words: str) -> str:
    """The symptoms for who may read them; else only that there are some."""
    return (words or _("Unwell")) if unwell else ""


def people_table(
    store: Store, parent: QWidget | None = None
) -> tuple[RowsModel[Person], Table[Person]]:
    columns: tuple[Column[Person], ...] = (
        Column(_("Name"), lambda p: p.name, 92, bold=True, weight=2),
        Column(_("Belongs to"), lambda p: place_of(p.role, p.window), 88, weight=1),
        Column(
            _("Presence"),
            lambda p: presence(p, store)[0],
            116,
            weight=1,
            chip=lambda p: presence(p, store)[1],
        ),
        Column(
            _("Times read"),
            lambda p: checks(p)[0],
            96,
            weight=1,
            chip=lambda p: checks(p)[1] or "",
        ),
        Column(
            _("Temp."),
            lambda p: p.degrees or NOTHING,
            62,
            bold=True,
            ink=lambda p: theme.BAD_STRONG if p.high else theme.INK,
        ),
        Column(
            _("Mask"),
            lambda p: mask_text(p.mask),
            86,
            ink=lambda p: theme.BAD_STRONG if p.mask is False else theme.INK,
        ),
        Column(
            _("Symptoms"),
            lambda p: health(unwell=p.unwell, words=p.symptoms),
            106,
            weight=3,
            chip=lambda p: "bad",
        ),
        Column(_("Post now"), lambda p: post_text(p.post, p.post_window) if p.post else "", 124, 1),
    )
    model: RowsModel[Person] = RowsModel(columns, key=lambda person: person.id, parent=parent)
    table = Table(model)
    table.setAccessibleName(_("Staff today"))
    return model, table


def register_table(
    store: Store, parent: QWidget | None = None
) -> tuple[RowsModel[Entry], Table[Entry]]:
    def ink(entry: Entry) -> str:
        return theme.LABEL if entry.withdrawn else theme.INK

    def what(entry: Entry) -> str:
        if entry.withdrawn:
            return _("Withdrawn by staff")
        return i18n.code("attendance", entry.kind)

    columns: tuple[Column[Entry], ...] = (
        Column(_("Time"), lambda e: f"{store.local(e.at):%H:%M:%S}", 92, ink=ink),
        Column(_("Name"), lambda e: e.person, 96, bold=True, weight=2, ink=ink),
        Column(
            _("Came or went"),
            what,
            110,
            weight=1,
            chip=lambda e: "muted" if e.withdrawn or e.kind == "out" else "ok",
        ),
        Column(
            _("Temp."),
            lambda e: e.degrees or NOTHING,
            66,
            bold=True,
            ink=lambda e: theme.BAD_STRONG if e.high and not e.withdrawn else ink(e),
        ),
        Column(_("Mask"), lambda e: mask_text(e.mask), 72, ink=ink),
        Column(
            _("Symptoms"),
            lambda e: health(unwell=e.unwell, words=e.symptoms),
            84,
            weight=3,
            chip=lambda e: "bad",
        ),
        Column(_("Recorded by"), lambda e: e.staff, 104, weight=1, ink=ink),
    )
    model: RowsModel[Entry] = RowsModel(columns, key=lambda entry: entry.id, parent=parent)
    table = Table(model)
    table.setAccessibleName(_("Today's register"))
    return model, table
