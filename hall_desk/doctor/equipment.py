"""What is plugged in: printers, voice, screens, thermometer, and the mail server. Nothing is printed or sent."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hall_desk import i18n
from hall_desk.devices import id_reader, printing, slip_printer, thermometer, voice
from hall_desk.devices.mail import Account, Connection, Patience
from hall_desk.devices.printer_address import Address, parse
from hall_desk.doctor import BROKEN, NOT_SET_UP, WORKS, Check, Patient, Said, asked_as_manager
from hall_desk.errors import CannotPrint
from hall_desk.i18n import N_, _, _n
from hall_desk.services import mail_server

LEAST_WIDTH, LEAST_HEIGHT = 1200, 700  # the main window's smallest size
MAIL_LIMIT_S = 15.0


def _slip_printer(patient: Patient) -> Said:
    return _printer(patient, patient.settings.slip_printer)


def _paper_printer(patient: Patient) -> Said:
    return _printer(patient, patient.settings.paper_printer)


def _printer(patient: Patient, entry: str) -> Said:
    address = parse(entry)
    if not address.prints:
        chosen = address.kind == "none"
        told = _("None, as chosen") if chosen else _("None chosen; papers are kept as PDF.")
        return Said(NOT_SET_UP, told, "" if chosen else _(CHOOSE_ADVICE))
    if address.is_escpos:
        return _asked(address)
    if address.kind == "folder":
        return _folder(address)
    if patient.screen is None:
        told = _("{printer}: cannot be told without a screen.").format(printer=address.place)
        return Said(NOT_SET_UP, told)
    known = patient.screen.printers
    if address.place in (printing.printers() if known is None else known):
        return Said(WORKS, address.place)
    told = _("The system has no printer “{printer}”.").format(printer=address.place)
    return Said(BROKEN, told, _(CHOOSE_ADVICE))


def _asked(address: Address) -> Said:
    told = slip_printer.status(address) if address.status else None
    if told is None:
        # Reached is what counts: many good printers never answer.
        with_port = f"{address.place}:{address.port}" if address.kind == "tcp" else address.place
        return Said(WORKS, _("{printer}, reached").format(printer=with_port))
    if told.reason:
        error = CannotPrint(printer=address.place, reason=told.reason)
        return Said(BROKEN, i18n.explain(error), _(PRINTER_ADVICE))
    if told.paper_low:
        return Said(WORKS, _("{printer}, ready; its paper runs low").format(printer=address.place))
    return Said(WORKS, _("{printer}, ready").format(printer=address.place))


def _folder(address: Address) -> Said:
    folder = Path(address.place).expanduser()
    if folder.is_dir() and os.access(folder, os.W_OK):
        return Said(WORKS, str(folder))
    error = CannotPrint(printer=address.place, reason="folder")
    return Said(BROKEN, i18n.explain(error), _(CHOOSE_ADVICE))


def _voice(patient: Patient) -> Said:
    if patient.settings.foyer_sound == "off":
        return Said(NOT_SET_UP, _("Silent, as chosen"))
    found = voice.find()
    if found.player and found.speaker:
        return Said(WORKS, f"{found.player}, {found.speaker}")
    told = (
        _("Chime only") if found.player else _("Words only") if found.speaker else _("None found")
    )
    return Said(NOT_SET_UP, told, _(VOICE_ADVICE))


def _screen(patient: Patient) -> Said:
    screen = patient.screen
    if screen is None or not screen.monitors:
        return Said(NOT_SET_UP, _("None can be opened from here."), _(SCREEN_ADVICE))
    told = _(", ").join(
        _("{width} × {height} at {percent} %").format(
            width=one.width, height=one.height, percent=round(100 * one.scale)
        )
        for one in screen.monitors
    )
    first = screen.monitors[0]
    if first.width < LEAST_WIDTH or first.height < LEAST_HEIGHT:
        return Said(BROKEN, told, _(SMALL_ADVICE).format(width=LEAST_WIDTH, height=LEAST_HEIGHT))
    return Said(WORKS, told)


def _second_screen(patient: Patient) -> Said:
    screen = patient.screen
    if screen is None or not screen.monitors:
        return Said(NOT_SET_UP, _("None can be opened from here."))
    others = len(screen.monitors) - 1
    if not others:
        return Said(NOT_SET_UP, _("None; the foyer screen may be on another PC."))
    told = _n("{count} more monitor", "{count} more monitors", others)
    return Said(WORKS, told.format(count=others))


def _thermometer(patient: Patient) -> Said:
    source = thermometer.read_source(patient.settings.thermometer)
    if source is None:
        return Said(NOT_SET_UP, _("None chosen; temperatures are typed."))
    if not source.port.startswith("/"):
        return Said(WORKS, _("{port}, as chosen").format(port=source.port))
    if not Path(source.port).exists():
        told = _("Nothing is plugged in at {port}.").format(port=source.port)
        return Said(BROKEN, told, _(CABLE_ADVICE))
    if not os.access(source.port, os.R_OK | os.W_OK):
        told = _("This user may not read {port}.").format(port=source.port)
        return Said(BROKEN, told, _(DIALOUT_ADVICE))
    return Said(WORKS, source.port)


def _id_reader(_patient: Patient) -> Said:
    # It types like a keyboard and answers no question: only its name tells it from one.
    names = id_reader.plugged_in()
    if names:
        return Said(WORKS, _("{names}, plugged in").format(names=_(", ").join(names)))
    told = _("None that says so; one that types like a keyboard works all the same.")
    return Said(NOT_SET_UP, told, _(READER_ADVICE))


def _mail(patient: Patient) -> Said:
    if patient.health is None or not patient.health.hall:
        return Said(NOT_SET_UP, _("Cannot be told without the hall's database."))
    if patient.actor is None and not patient.alone:
        return Said(NOT_SET_UP, _("Cannot be told before somebody signs in."))
    server = asked_as_manager(patient, "directory.mail", mail_server.of_hall)
    if server is None:
        return Said(NOT_SET_UP, _("None chosen; it is needed to send the directory."))
    patience = Patience(connect_s=5.0, command_s=5.0, answer_s=5.0, address_s=5.0)
    with Connection(Account.of_pc(server, patient.settings), patience) as connection:
        connection.open()
    return Said(WORKS, _("{host}, signed in; nothing was sent").format(host=server.host))


CHOOSE_ADVICE = N_(
    "Choose one in the menu under “Printers of this PC”; a test page can be printed there."
)
PRINTER_ADVICE = N_("Look at the printer: paper, cover, power, cable. Then print a test page.")
VOICE_ADVICE = (
    N_("Install Hall Desk with its extra “speech” for spoken announcements.")
    if sys.platform == "win32"
    else N_(
        "Install espeak-ng or speech-dispatcher, and aplay or paplay, for spoken announcements."
    )
)
SCREEN_ADVICE = N_(
    "Try it on the desktop of this PC. Where Hall Desk does not start there, ldd of Qt's platforms/libqxcb.so "
    "names the missing library."
)
SMALL_ADVICE = N_(
    "Choose a smaller scaling or a larger resolution: {width} × {height} is the least."
)
CABLE_ADVICE = N_("Plug the cable in, or choose another port in the menu under “Devices”.")
DIALOUT_ADVICE = N_(
    "Let the administrator add this user to the group that may (dialout on most systems), then sign in again."
)
READER_ADVICE = N_(
    "To try one, open “Devices” in the menu and lay a card on it: what it gives is shown there."
)
MAIL_ADVICE = N_("Check the mail server and the password where the directory is sent from.")

CHECKS = (
    Check("slip_printer", N_("Printer for slips"), _slip_printer, PRINTER_ADVICE),
    Check("paper_printer", N_("Printer for A4 papers"), _paper_printer, PRINTER_ADVICE),
    Check("voice", N_("Voice"), _voice, VOICE_ADVICE),
    Check("screen", N_("Screen"), _screen, SCREEN_ADVICE),
    Check("second_screen", N_("Second monitor"), _second_screen, SCREEN_ADVICE),
    Check("thermometer", N_("Thermometer"), _thermometer, CABLE_ADVICE),
    Check("id_reader", N_("ID card reader"), _id_reader, READER_ADVICE),
    Check("mail", N_("Mail server"), _mail, MAIL_ADVICE, MAIL_LIMIT_S),
)
