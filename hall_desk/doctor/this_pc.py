"""What this PC keeps: its data folder, disk, settings, outbox, the hall's key, and backups."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

from hall_desk import errors, i18n
from hall_desk.doctor import BROKEN, NOT_SET_UP, WORKS, Check, Patient, Said, asked_as_manager
from hall_desk.i18n import N_, _, _n
from hall_desk.services import backups
from hall_desk.store import hall_key
from hall_desk.store.database import is_postgres
from hall_desk.store.local_hall import fingerprint
from hall_desk.store.outbox import Outbox

LEAST_FREE = 1024**3  # bytes: a year of papers and backups of a busy hall
OLD_BACKUP_DAYS = 7
OUTBOX, BACKUPS = "outbox", "backups"


def _folder(patient: Patient) -> Said:
    folder = patient.folder
    if not folder.exists():
        return Said(NOT_SET_UP, _("{place} is made at the first start.").format(place=folder))
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"hall desk")
    except OSError:
        return Said(
            BROKEN, _("{place} cannot be written to.").format(place=folder), _(FOLDER_ADVICE)
        )
    if os.name == "posix" and stat.S_IMODE(folder.stat().st_mode) & 0o022:
        told = _("Others of this PC may write to {place}.").format(place=folder)
        return Said(BROKEN, told, _("Take that right away: chmod 700 {place}").format(place=folder))
    return Said(WORKS, str(folder))


def _disk(patient: Patient) -> Said:
    folder = next(one for one in (patient.folder, *patient.folder.parents) if one.exists())
    free = shutil.disk_usage(folder).free
    told = _("{free} GB free").format(free=f"{free / 1024**3:.1f}")
    return Said(WORKS, told) if free >= LEAST_FREE else Said(BROKEN, told, _(DISK_ADVICE))


def _settings(patient: Patient) -> Said:
    ignored = patient.settings.ignored
    if not ignored:
        return Said(WORKS, _("Every entry was understood"))
    told = _("Not understood: {names}").format(names=", ".join(ignored))
    return Said(BROKEN, told, _(SETTINGS_ADVICE))


def _outbox(patient: Patient) -> Said:
    if not is_postgres(patient.place):
        return Said(WORKS, _("Not needed: the hall is on this PC"))
    if patient.outbox is not None:
        return _of_outbox(patient.outbox)
    folder = patient.folder / OUTBOX / fingerprint(patient.place)
    if not folder.is_dir():
        return Said(WORKS, _("Empty"))
    try:
        outbox = Outbox(folder)
    except errors.AlreadyThere:
        return Said(WORKS, _("Kept by Hall Desk, which is open: see its page “Outbox”"))
    try:
        return _of_outbox(outbox)
    finally:
        outbox.close()


def _of_outbox(outbox: Outbox) -> Said:
    waiting, refused = len(outbox.of_state("waiting")), len(outbox.of_state("refused"))
    if refused:
        told = _n(
            "{count} record was refused by the server.",
            "{count} records were refused by the server.",
            refused,
        )
        return Said(BROKEN, told.format(count=refused), _(OUTBOX_ADVICE))
    if waiting:
        told = _n("{count} record waits to be sent", "{count} records wait to be sent", waiting)
        return Said(WORKS, told.format(count=waiting))
    if outbox.damaged is not None:
        told = _("A file could not be read and was put aside: {file}")
        return Said(BROKEN, told.format(file=outbox.damaged.name), _(OUTBOX_ADVICE))
    return Said(WORKS, _("Empty"))


def _key(patient: Patient) -> Said:
    found = patient.health
    if found is None or found.hall_id is None:
        return Said(NOT_SET_UP, _("Cannot be told without the hall's database."))
    if found.practice:
        return Said(WORKS, _("A practice hall needs none"))
    key, trouble = hall_key.find(patient.folder, found.hall_id, found.key_check)
    if trouble is None:
        return Said(WORKS, _("On this PC"))
    state = NOT_SET_UP if trouble.reason == "none" else BROKEN
    advice = _(KEY_ADVICE) if key is None else _("Take that right away: chmod 600 {place}")
    return Said(state, i18n.explain(trouble), advice.format(place=trouble.place))


def _backup(patient: Patient) -> Said:
    if is_postgres(patient.place):
        return _server_backup(patient)
    if patient.health is not None and patient.health.practice:
        return Said(WORKS, _("Practice is not kept"))
    newest = _newest(patient.folder / BACKUPS)
    if newest is None:
        return Said(NOT_SET_UP, _("None on this PC yet."), _(BACKUP_ADVICE))
    days = int((time.time() - newest) // 86_400)
    if days <= OLD_BACKUP_DAYS:
        return Said(WORKS, _age_words(days))
    return Said(BROKEN, _age_words(days), _(BACKUP_ADVICE))


def _server_backup(patient: Patient) -> Said:
    """The server has backups of its own, of which the hall knows nothing; it knows those that Hall Desk made."""
    known = patient.health is not None and bool(patient.health.hall)
    if not known or (patient.actor is None and not patient.alone):
        return Said(NOT_SET_UP, _("The server's administrator keeps them."))
    made = asked_as_manager(patient, "backups.make", backups.newest)
    if made is None:
        told = _("None by Hall Desk lately; the server's administrator keeps the server's own.")
        return Said(NOT_SET_UP, told, _(SERVER_BACKUP_ADVICE))
    days = int((time.time() - made.timestamp()) // 86_400)
    if days <= OLD_BACKUP_DAYS:
        return Said(WORKS, _age_words(days))
    # No fault: there may be newer ones of the server's own.
    return Said(NOT_SET_UP, _age_words(days), _(SERVER_BACKUP_ADVICE))


def _age_words(days: int) -> str:
    days = max(0, days)
    return _n("The newest is {count} day old", "The newest is {count} days old", days).format(
        count=days
    )


def _newest(folder: Path) -> float | None:
    """When the newest file of a folder was written, in seconds since 1970."""
    try:
        return max(
            (file.stat().st_mtime for file in folder.iterdir() if file.is_file()), default=None
        )
    except OSError:
        return None


FOLDER_ADVICE = N_(
    "Let this PC's administrator give you the right to write there, or choose another with --data."
)
DISK_ADVICE = N_("Delete what is not needed, or move old papers to another disk.")
SETTINGS_ADVICE = N_(
    "Choose printers, devices and keys again in the program; what it saves replaces the file."
)
OUTBOX_ADVICE = N_("A manager decides on the page “Outbox” what is to become of it.")
KEY_ADVICE = N_("Take the key to this PC from the recovery sheet: hall-desk key take")
BACKUP_ADVICE = N_("Make one now: hall-desk backup FILE, and keep it on another disk.")

SERVER_BACKUP_ADVICE = N_(
    "Ask when the server was last backed up and tried, or make one now: hall-desk backup FILE"
)

CHECKS = (
    Check("folder", N_("Data folder"), _folder, FOLDER_ADVICE),
    Check("disk", N_("Disk"), _disk, DISK_ADVICE),
    Check("settings", N_("Settings of this PC"), _settings, SETTINGS_ADVICE),
    Check("outbox", N_("Outbox"), _outbox, OUTBOX_ADVICE),
    Check("key", N_("Hall's key"), _key, KEY_ADVICE),
    Check("backup", N_("Backup"), _backup, BACKUP_ADVICE),
)
