"""The database: reached, of the right version, written to, pushing, and with a clock that agrees."""

from __future__ import annotations

from datetime import timedelta

from hall_desk import errors
from hall_desk.doctor import BROKEN, NOT_SET_UP, SERVER_LIMIT_S, WORKS, Check, Patient, Said
from hall_desk.i18n import N_, _
from hall_desk.store import health
from hall_desk.store.database import is_postgres

# The same as the warning in the status bar: times come from the server, so only people are misled.
CLOCK_MAY_DIFFER = timedelta(minutes=5)
SLOW_PUSH_S = 0.5


def _reached(patient: Patient) -> Said:
    try:
        patient.health = health.look(patient.place)
    except errors.DatabaseMissing:
        if is_postgres(patient.place):
            raise
        return Said(
            NOT_SET_UP,
            _("There is no hall on this PC yet."),
            _("Start Hall Desk: it asks whether to make a hall here or to join one."),
        )
    found = patient.health
    if not found.hall:
        return Said(
            NOT_SET_UP,
            _("The server answers, and there is no hall yet."),
            _("Start Hall Desk to make the hall."),
        )
    where = _("on a server") if found.on_server else _("on this PC")
    told = _("“{hall}”, {where}").format(hall=found.hall, where=where)
    return Said(WORKS, f"{told} · {_('practice')}" if found.practice else told)


def _known(patient: Patient) -> health.Health | Said:
    """What the first check found; where it found nothing, there is nothing to say."""
    if patient.health is None or not patient.health.hall:
        return Said(NOT_SET_UP, _("Cannot be told without the hall's database."))
    return patient.health


def _version(patient: Patient) -> Said:
    found = _known(patient)
    if isinstance(found, Said):
        return found
    return Said(WORKS, _("Version {version}, as this program needs").format(version=found.version))


def _writes(patient: Patient) -> Said:
    found = _known(patient)
    if isinstance(found, Said):
        return found
    if found.writes:
        return Said(WORKS, _("May be written to"))
    return Said(BROKEN, _("May only be read."), _(WRITES_ADVICE))


def _pushes(patient: Patient) -> Said:
    found = _known(patient)
    if isinstance(found, Said):
        return found
    if found.push_s is None:
        return Said(BROKEN, _("What is written is not told to the other screens."), _(PUSH_ADVICE))
    if not found.on_server:
        return Said(WORKS, _("The windows of this PC hear of each other's changes"))
    told = _("A change is heard after {count} ms").format(count=max(1, round(found.push_s * 1000)))
    return Said(WORKS, told) if found.push_s < SLOW_PUSH_S else Said(BROKEN, told, _(PUSH_ADVICE))


def _clock(patient: Patient) -> Said:
    found = _known(patient)
    if isinstance(found, Said):
        return found
    if found.clock is None:
        return Said(WORKS, _("This PC's own clock counts"))
    seconds = round(abs(found.clock).total_seconds())
    if abs(found.clock) <= CLOCK_MAY_DIFFER:
        return Said(WORKS, _("{seconds} s from the server's").format(seconds=seconds))
    ahead = found.clock > timedelta()
    told = (
        _("{minutes} min ahead of the server's.")
        if ahead
        else _("{minutes} min behind the server's.")
    )
    return Said(BROKEN, told.format(minutes=round(seconds / 60)), _(CLOCK_ADVICE))


REACH_ADVICE = N_(
    "Check the network cable and the address in the settings; ask the administrator whether the server runs."
)
WRITES_ADVICE = N_("Ask the administrator to run “hall-desk server init” for this database again.")
PUSH_ADVICE = N_(
    "Ask the administrator whether something between this PC and the server (a connection pool, a firewall) holds "
    "notices back."
)
CLOCK_ADVICE = N_(
    "Set this PC's date and time, best from the network. Records have the server's time all the same."
)

CHECKS = (
    Check("database", N_("Hall's database"), _reached, REACH_ADVICE, SERVER_LIMIT_S),
    Check("schema", N_("Version of its tables"), _version, REACH_ADVICE),
    Check("writing", N_("Writing to it"), _writes, WRITES_ADVICE),
    Check("push", N_("News from the other screens"), _pushes, PUSH_ADVICE),
    Check("clock", N_("This PC's clock"), _clock, CLOCK_ADVICE),
)
