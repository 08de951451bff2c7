"""What each figure of the reports is called and means, in one place: small print on paper, `docs/figures.md`, files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hall_desk.i18n import N_
from hall_desk.services.figures.typed_tables import COUNT, DEGREES, SECONDS, SHARE

if TYPE_CHECKING:
    from hall_desk.services.figures import DayFigures
    from hall_desk.services.figures.counted import Totals

# The figures that every report has: field of `counted.Totals`, name, meaning.
MEANINGS: tuple[tuple[str, str, str], ...] = (
    ("working_days", N_("Working days"), N_("days with at least one check or ticket")),
    ("checked", N_("Temperature checks"), N_("readings that were not withdrawn on their day")),
    ("fevers", N_("Fevers"), N_("readings that confirmed a fever")),
    ("consultations", N_("Consultations"), N_("questions that were not withdrawn on their day")),
    ("slips", N_("Phone slips"), N_("slips given out")),
    ("notices", N_("Notices of what is missing"), N_("notices given out, at desks and windows")),
    ("opened", N_("Tickets opened"), N_("intakes")),
    ("finished", N_("Tickets finished"), N_("results back at the desk, whenever taken in")),
    ("withdrawn", N_("Tickets withdrawn"), N_("taken back by the resident")),
    ("terminated", N_("Tickets terminated"), N_("ended by a window without a result")),
    (
        "median_seconds",
        N_("Median turnaround"),
        N_("from intake to the result at the desk, less the time suspended; half took no longer"),
    ),
    ("p90_seconds", N_("Nine of ten within"), N_("the turnaround that nine of ten did not exceed")),
    (
        "within",
        N_("Within the promise"),
        N_("the part of finished tickets whose turnaround was within the promised minutes"),
    ),
    ("callbacks_promised", N_("Callbacks promised"), N_("promises to phone made")),
    ("callbacks_settled", N_("Callbacks settled"), N_("promises settled, as it stood at the end of the day")),
    ("phone_cases", N_("Phone cases"), N_("business settled by telephone, not withdrawn")),
    ("phone_minutes", N_("Minutes on the phone"), N_("minutes of these phone cases")),
    ("incidents", N_("Incidents"), N_("reports to the working group")),
    ("rated", N_("Ratings"), N_("grades given by residents")),
    ("satisfied", N_("Of them satisfied"), N_("grades of the three upper ones")),
)  # fmt: skip
# What only the report of one day has besides: section and field of `DayFigures`, name, meaning.
DAY_MEANINGS: tuple[tuple[str, str, str], ...] = (
    (
        "screening.held",
        N_("Held to measure again"),
        N_("first readings at or above the threshold"),
    ),
    ("screening.cleared_on_recheck", N_("Normal on recheck"), N_("second readings below it")),
    ("screening.went_away", N_("Left before the second"), N_("did not wait for it")),
    ("screening.highest_tenths", N_("Highest reading"), N_("of the readings that count")),
    ("people.came", N_("Let in"), N_("residents and others let in")),
    ("people.peak", N_("Most at once"), N_("people in the hall at one moment, without staff")),
    ("tickets.suspended", N_("Suspended now"), N_("open at the day's end and waiting for something")),
    ("tickets.open_at_end", N_("Open at day's end"), N_("papers not yet back, whenever taken in")),
    (
        "tickets.cumulative",
        N_("Tickets in all"),
        N_("intakes since the hall opened, with those before this program"),
    ),
    ("tickets.corrected", N_("Corrected by a manager"), N_("tickets put right on this day")),
    ("tickets.given_to_others", N_("Collected by others"), N_("not by the resident in person")),
    ("custody.received", N_("Papers taken in"), N_("sheets that residents handed over")),
    ("custody.handed_back", N_("Papers handed back"), N_("sheets that residents got")),
    ("custody.kept_copies", N_("Kept by windows"), N_("sheets that stay in a file")),
    ("custody.new_papers", N_("New from windows"), N_("cards and certificates made")),
    (
        "custody.originals_out",
        N_("Originals still out"),
        N_("originals not with the resident at the day's end"),
    ),
    ("callbacks.open_at_end", N_("Callbacks still due"), N_("promises not settled at the day's end")),
    ("callbacks.overdue", N_("Of them overdue"), N_("promised for a time that had passed")),
    (
        "numbers.reported",
        N_("Numbers that do not answer"),
        N_("reports that a window's telephone was not answered"),
    ),
    ("incidents.closed", N_("Incidents closed"), N_("on this day, whenever reported")),
    ("incidents.open_at_end", N_("Incidents still open"), N_("at the day's end, whenever reported")),
    ("attendance.present", N_("Staff present"), N_("members of staff who came in")),
    ("disinfection.rounds", N_("Disinfection rounds"), N_("rounds noted, all areas together")),
    ("ratings.waiting", N_("Low ratings to follow up"), N_("not looked into at the day's end")),
)  # fmt: skip
_KINDS = {
    "median_seconds": SECONDS,
    "p90_seconds": SECONDS,
    "within": SHARE,
    "screening.highest_tenths": DEGREES,
}


def share(part: int, of: int) -> float | None:
    return part / of if of else None


def kind_of(name: str) -> str:
    """What a figure is, as `typed_tables` has it."""
    return _KINDS.get(name, COUNT)


def value_of(totals: Totals, name: str) -> Any:
    """A figure of every report: a count, seconds, or for `within` a share; None where there is nothing to measure."""
    if name == "within":
        return share(totals.within_promise, totals.measured)
    return getattr(totals, name)


def value_of_day(figures: DayFigures, name: str) -> Any:
    """A figure of a day: one that every report has, or one of `DAY_MEANINGS`."""
    section, _dot, field = name.rpartition(".")
    return getattr(getattr(figures, section), field) if section else value_of(figures.totals, name)
