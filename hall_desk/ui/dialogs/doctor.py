"""Does this PC work? Each thing the program needs, as it is looked at, and what to do where something does not work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import doctor
from hall_desk.doctor import BROKEN, NOT_SET_UP, WORKS, Finding, Patient, screen
from hall_desk.i18n import _, _n
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Sheet
from hall_desk.ui.labels import Band, Ground, Text
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from hall_desk.ui.background import Background
    from hall_desk.ui.session import Session

AGAIN, COPY, PRINTERS = "Alt+R", "Alt+C", "Alt+P"
_LOOKING = "looking"
_CHIPS = {WORKS: "ok", BROKEN: "bad", NOT_SET_UP: "muted", _LOOKING: "info"}


class DoctorDialog(Sheet):
    """Over a page or a screen before it. `printers_asked` is for whoever can show the printers, if anybody can."""

    printers_asked = Signal()

    def __init__(
        self,
        place: QWidget | None,
        background: Background,
        patient: Patient,
        *,
        printers: bool = False,
    ) -> None:
        super().__init__(place, _("Does this PC work?"), width=1040, height=640)
        self._background = background
        self._patient = patient
        self._waiting: list[doctor.Check] = []
        self._moved = False
        self.findings: list[Finding] = []
        self.model, self.table = self._make_table()
        self.summary = Text("", "heading")
        self.band = Band("muted")
        self.told = Text("").wrap()
        self.advice = Text("", "heading").wrap()
        self.again = Button(_("Look again"), "primary", AGAIN)
        self.copy = Button(_("Copy as text"), "plain", COPY)
        self.printers = Button(_("Printers, test page…"), "plain", PRINTERS)
        self.cancel = Button(_("Close"), key="Esc")
        self._lay_out()
        self.printers.setVisible(printers)
        self.table.moved_to.connect(self._show_finding)
        self.again.clicked.connect(self.look)
        self.copy.clicked.connect(self.copy_all)
        self.printers.clicked.connect(self._go_to_printers)
        self.cancel.clicked.connect(self.reject)
        self.bind(AGAIN, self.look)
        self.bind(COPY, self.copy_all)
        if printers:
            self.bind(PRINTERS, self._go_to_printers)
        self.look()

    def _make_table(self) -> tuple[RowsModel[Finding], Table[Finding]]:
        columns: tuple[Column[Finding], ...] = (
            Column(_("Looked at"), lambda one: one.title, 230, bold=True),
            Column(
                _("State"),
                lambda one: _(doctor.STATES.get(one.state, "…")),
                140,
                chip=lambda one: _CHIPS[one.state],
            ),
            Column(_("In words"), lambda one: one.told, 300, weight=1),
        )
        model: RowsModel[Finding] = RowsModel(columns, key=lambda one: one.name, parent=self)
        table = Table(model)
        table.setAccessibleName(_("Does this PC work?"))
        return model, table

    def _lay_out(self) -> None:
        self.escape_hint.hide()
        self.head.addWidget(self.summary)
        card = Ground()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        words = QVBoxLayout(self.band)
        words.setContentsMargins(14, 10, 14, 10)
        words.setSpacing(4)
        words.addWidget(self.told)
        words.addWidget(self.advice)
        words.addStretch(1)
        self.band.setFixedHeight(104)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        for button in (self.again, self.copy, self.printers):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        self.body.addWidget(card, 1)
        self.body.addWidget(self.band)
        self.body.addLayout(foot)

    def arrive(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- looking -----------------------------------------------------------------------------------

    def look(self) -> None:
        """Looks at everything once more, one thing after the other, so that the lane is never held long."""
        if self._waiting:
            return
        self._patient.screen = screen.look()
        self._patient.health = None
        self._waiting = list(doctor.checks())
        self.findings = []
        self._moved = False
        self.again.setEnabled(False)
        self._show_all()
        self.table.selectRow(0)
        self._next()

    def _next(self) -> None:
        check, patient = self._waiting[0], self._patient
        self._background.reports(self, lambda: next(doctor.examine(patient, (check,))), self._found)

    def _found(self, finding: Finding) -> None:
        self._waiting.pop(0)
        self.findings.append(finding)
        self._show_all()
        if finding.state == BROKEN and not self._moved:
            self._moved = True
            self.table.select(finding.name)
        selected = self.table.selected()
        if selected is not None:
            self._show_finding(selected)
        if self._waiting:
            self._next()
        else:
            self.again.setEnabled(True)

    def _show_all(self) -> None:
        pending = [Finding(one.name, _(one.title), _LOOKING, "") for one in self._waiting]
        self.model.show([*self.findings, *pending])
        broken = sum(one.state == BROKEN for one in self.findings)
        if broken:
            said = _n("{count} thing does not work", "{count} things do not work", broken)
            self.summary.setText(said.format(count=broken))
        elif self._waiting:
            self.summary.setText(_("Looking …"))
        else:
            self.summary.setText(_("Nothing is broken"))

    def _show_finding(self, finding: Finding) -> None:
        self.told.setText(f"{finding.title}{_(': {what}').format(what=finding.told or '…')}")
        self.advice.setText(finding.advice)
        self.band.show_kind(_CHIPS[finding.state])

    # --- what else can be done -----------------------------------------------------------------------

    def copy_all(self) -> None:
        """Puts the findings on the clipboard as text, for whoever is asked for help. It names no person."""
        QGuiApplication.clipboard().setText(doctor.as_text(self.findings))

    def _go_to_printers(self) -> None:
        self.accept()
        self.printers_asked.emit()


def doctor_dialog(session: Session) -> DoctorDialog:
    """The dialog of somebody who is signed in."""
    store = session.store
    patient = Patient(
        store.place,
        session.papers.parent,
        session.settings,
        actor=session.actor,
        outbox=store.outbox,
    )
    return DoctorDialog(session.dialog_place, session.background, patient, printers=True)
