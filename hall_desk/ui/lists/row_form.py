"""The form of one row of the hall's lists: typed values over those that were seen, merged with what others write."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from hall_desk import errors, i18n
from hall_desk.i18n import N_, _
from hall_desk.services import list_forms
from hall_desk.services.directory_columns import MATERIAL_FIELDS, Kind
from hall_desk.services.list_editing import Typed
from hall_desk.ui.labels import Text
from hall_desk.ui.lists.edit_fields import (
    ChannelBoxes,
    EditField,
    RoleChoice,
    line_edit,
    text_edit,
)
from hall_desk.ui.lists.materials_table import MaterialsField
from hall_desk.ui.lists.pin_fields import PinFields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hall_desk.services.list_editing import Conflict, Listed
    from hall_desk.services.list_forms import FieldProblem, MaterialText

# Sections with their lines of fields; a line of one field takes the whole width.
_SECTIONS: dict[Kind, tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]] = {
    Kind.WINDOWS: (("", (("number", "name"), ("phone", "extension"), ("hours",), ("note",))),),
    Kind.MATTERS: (
        (
            "",
            (("code", "name"), ("nicknames",), ("windows", "promised_minutes"), ("channels",)),
        ),
        (N_("Materials"), (("materials",),)),
        (
            N_("What residents are told"),
            (("fee", "online_address"), ("legal_basis",), ("note",)),
        ),
        (N_("Results, one text a line"), (("result_texts",),)),
        (N_("Last compared with the rules"), (("checked_on", "checked_by"),)),
    ),
    Kind.STAFF: (("", (("name", "role"), ("window",))), (N_("PIN"), (("pin",),))),
    Kind.COMMUNITIES: (("", (("name", "email"), ("contact", "phone"))),),
}
_HINTS = {
    (Kind.MATTERS, "nicknames"): N_("Other words for it, with spaces between"),
    (Kind.MATTERS, "windows"): N_("Numbers; new tickets go to the first"),
    (Kind.MATTERS, "checked_on"): N_("For example 2020-02-21"),
    (Kind.STAFF, "window"): N_("For window clerks"),
    (Kind.WINDOWS, "hours"): N_("Empty: as the hall"),
}
_TEXT_LINES = {"note": 2, "legal_basis": 2, "result_texts": 3}


@dataclass(frozen=True)
class Draft:
    """What was typed and not saved when the form was left: of which row, over which values."""

    row: Listed | None
    seen: Mapping[str, Any]
    texts: Mapping[str, str]
    materials: tuple[MaterialText, ...] = field(default=())


class RowForm(QScrollArea):
    """The fields of one kind of row. `edited` tells that something was typed or decided."""

    edited = Signal()

    def __init__(self, kind: Kind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.row: Listed | None = None
        # The values that what is typed is compared with: those shown last, or those of another that were decided upon.
        self._seen: dict[str, Any] = {}
        self._his: dict[str, Any] = {}  # what another wrote where it is still to be decided
        self._filling = False
        self.fields: dict[str, EditField] = {}
        self.materials: MaterialsField | None = None
        self.pin: PinFields | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lay_out()

    def _lay_out(self) -> None:
        ground = QWidget()
        ground.setProperty("clear", "yes")
        column = QVBoxLayout(ground)
        column.setContentsMargins(2, 2, 12, 4)
        column.setSpacing(10)
        for title, lines in _SECTIONS[self.kind]:
            if title:
                column.addSpacing(4)
                column.addWidget(Text(_(title), "heading"))
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(10)
            grid.setColumnStretch(0, 1)
            grid.setColumnStretch(1, 1)
            for place, names in enumerate(lines):
                for at, name in enumerate(names):
                    wide = 2 if len(names) == 1 else 1
                    grid.addWidget(self._make(name), place, at, 1, wide, Qt.AlignmentFlag.AlignTop)
            column.addLayout(grid)
        column.addStretch(1)
        self.setWidget(ground)

    def _make(self, name: str) -> QWidget:
        if name == "materials":
            self.materials = MaterialsField()
            self.materials.edited.connect(self._on_edited)
            self.materials.keep_asked.connect(lambda: self._decide("materials", take=False))
            self.materials.take_asked.connect(lambda: self._decide("materials", take=True))
            return self.materials
        if name == "pin":
            self.pin = PinFields()
            self.pin.edited.connect(self._on_edited)
            return self.pin
        if name == "channels":
            edit: QWidget = ChannelBoxes()
        elif name == "role":
            edit = RoleChoice()
        else:
            edit = text_edit(_TEXT_LINES[name]) if name in _TEXT_LINES else line_edit()
        made = EditField(
            list_forms.label(self.kind, name),
            edit,
            placeholder=_(_HINTS.get((self.kind, name), "")),
        )
        made.edited.connect(self._on_edited)
        made.keep_asked.connect(lambda: self._decide(name, take=False))
        made.take_asked.connect(lambda: self._decide(name, take=True))
        self.fields[name] = made
        return made

    # --- what stands in it ---------------------------------------------------------------------------

    def load(self, row: Listed | None) -> None:
        """Fills the form with a row, or empties it for a new one."""
        self.row = row
        self._seen = dict(row.values) if row else {}
        values = row.values if row else None
        self._fill(list_forms.texts(self.kind, values), list_forms.material_texts(values))
        if self.pin is not None:
            without = row is not None and not row.has_pin
            self.pin.show_hint(
                _("Without a PIN this person cannot sign in.")
                if without or row is None
                else _("Empty: the PIN stays as it is.")
            )
        self.verticalScrollBar().setValue(0)

    def restore(self, draft: Draft) -> None:
        """Puts back what was typed before; what others wrote meanwhile comes with the next `merge`."""
        self.load(draft.row)
        self._seen = dict(draft.seen)
        self._fill(draft.texts, draft.materials)

    def draft(self) -> Draft | None:
        """What was typed and not saved; None when there is nothing of the kind. A PIN is not kept."""
        if not self.dirty():
            return None
        return Draft(self.row, dict(self._seen), self._texts(), self._lines())

    def dirty(self) -> bool:
        """Whether the form says something else than what was seen."""
        if self.pin is not None and not self.pin.empty():
            return True
        return any(not self._untouched(name) for name in self._names())

    def typed(self) -> Typed:
        """What is typed, to be saved. Raises BadInput `pin` `not_the_same`."""
        texts = self._texts()
        if self.pin is not None:
            texts["pin"] = self.pin.text()
        return Typed(texts, self._lines())

    @property
    def seen(self) -> dict[str, Any]:
        return dict(self._seen)

    def focus_first(self) -> None:
        next(iter(self.fields.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    # --- others --------------------------------------------------------------------------------------

    def merge(self, row: Listed, told: Callable[[str], str]) -> None:
        """Takes in what others wrote: fields not touched here follow, the others ask which value holds.

        `told` gives who changed a field last, and when.
        """
        self.row = row
        for name in self._names():
            now = row.values[name]
            if now == self._seen.get(name) or now == self._his.get(name, _NOTHING):
                continue
            if self._untouched(name):
                self._seen[name] = now
                self._put(name, now)
                self._strip(name).tell(_("Changed by {who}").format(who=told(name)))
            elif self._says(name, now):
                self._seen[name] = now
                self._end(name)
            else:
                self._ask(name, now, told(name))

    def show_conflicts(
        self, conflicts: Sequence[Conflict], told: Callable[[Conflict], str]
    ) -> None:
        """Shows another's value beside one's own, at each field that both changed."""
        for one in conflicts:
            self._ask(one.field, one.his, told(one))
        if conflicts:
            self._widget(conflicts[0].field).setFocus(Qt.FocusReason.OtherFocusReason)

    def undecided(self) -> int:
        """At how many fields another's value is still to be decided."""
        return len(self._his)

    def saved(self, row: Listed, sent: Typed) -> None:
        """The row is written; what was typed since it was sent stays."""
        before = self._texts()
        lines = self._lines()
        self.row, self._seen, self._his = row, dict(row.values), {}
        for name in self._names():
            same = (
                lines == sent.materials
                if name == "materials"
                else before[name] == sent.fields[name]
            )
            if same:
                self._put(name, row.values[name])
            self._strip(name).hide()
        if self.pin is not None:
            self.pin.clear()
            self.pin.show_hint(_("Empty: the PIN stays as it is."))

    # --- what is wrong -------------------------------------------------------------------------------

    def show_problems(self, problems: Sequence[FieldProblem]) -> list[FieldProblem]:
        """Says at each field what is wrong, the keyboard on the first; gives those that belong to none."""
        lines = [one for one in problems if one.field in MATERIAL_FIELDS]
        if lines and self.materials is not None:
            self.materials.show_problems(lines)
        left = []
        for one in reversed([one for one in problems if one not in lines]):
            if one.field in self.fields:
                self.fields[one.field].show_error(one.words)
                self.ensureWidgetVisible(self.fields[one.field])
            elif one.field == "pin" and self.pin is not None:
                self.pin.show_error(one.words)
            else:
                left.append(one)
        return left

    def pins_differ(self) -> None:
        if self.pin is not None:
            words = i18n.explain(errors.BadInput("pin", "not_the_same"))
            self.pin.again.show_error(words)

    def clear_problems(self) -> None:
        for one in self.fields.values():
            one.clear_error()
        if self.materials is not None:
            self.materials.clear_error()
        if self.pin is not None:
            self.pin.clear_error()

    # --- inside --------------------------------------------------------------------------------------

    def _names(self) -> list[str]:
        return [*self.fields, *(["materials"] if self.materials is not None else [])]

    def _texts(self) -> dict[str, str]:
        return {name: one.text() for name, one in self.fields.items()}

    def _lines(self) -> tuple[MaterialText, ...]:
        return self.materials.lines() if self.materials is not None else ()

    def _fill(self, texts: Mapping[str, str], lines: Sequence[MaterialText]) -> None:
        self._filling = True
        self._his = {}
        for name, one in self.fields.items():
            one.set_text(texts[name])
            one.strip.hide()
            inside = one.line()
            if isinstance(inside, QPlainTextEdit):
                inside.document().setModified(False)
        if self.materials is not None:
            self.materials.show_lines(lines)
            self.materials.strip.hide()
        if self.pin is not None:
            self.pin.clear()
        self._filling = False
        self.clear_problems()

    def _put(self, name: str, value: Any) -> None:
        if name == "materials":
            assert self.materials is not None
            self.materials.show_lines(list_forms.material_texts({"materials": value}))
        else:
            self.fields[name].set_text(list_forms.shown(self.kind, name, value))

    def _says(self, name: str, value: Any) -> bool:
        """Whether the form says just this value."""
        if name == "materials":
            written = tuple(line for line in self._lines() if not line.empty)
            return written == list_forms.material_texts({"materials": value})
        return self.fields[name].text() == list_forms.shown(self.kind, name, value)

    def _untouched(self, name: str) -> bool:
        if self.row is None and name not in self._seen:
            new = list_forms.texts(self.kind, None)
            if name == "role":
                return True  # chosen from the start
            return (
                not self._lines() if name == "materials" else self.fields[name].text() == new[name]
            )
        return self._says(name, self._seen.get(name, ()))

    def _widget(self, name: str) -> QWidget:
        if name == "materials":
            assert self.materials is not None
            return self.materials
        return self.fields[name]

    def _strip(self, name: str) -> Any:
        return (
            self.materials.strip
            if name == "materials" and self.materials
            else self.fields[name].strip
        )

    def _ask(self, name: str, his: Any, who: str) -> None:
        self._his[name] = his
        value = list_forms.shown(self.kind, name, his)
        words = _("{who} wrote: {value}").format(who=who, value=value or _("(empty)"))
        self._strip(name).ask(words)
        self.edited.emit()

    def _decide(self, name: str, *, take: bool) -> None:
        his = self._his.pop(name)
        self._seen[name] = his
        if take:
            self._put(name, his)
        self._end(name)
        self._widget(name).setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _end(self, name: str) -> None:
        self._his.pop(name, None)
        self._strip(name).hide()

    def _on_edited(self) -> None:
        if not self._filling:
            self.edited.emit()


_NOTHING = object()
