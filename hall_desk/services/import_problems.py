"""What can be wrong with an import file, named by row, column and reason, and the words for each reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hall_desk import errors
from hall_desk.i18n import N_, _, _n

# More than anybody mends before trying again; the rest is counted.
MOST_SHOWN = 1000
LONGEST_VALUE = 30

REASONS: dict[str, str] = {
    # the file
    "too_big": N_("The file is larger than {limit} MB. A directory is smaller: split it up."),
    "too_many_rows": N_(
        "The file has more than {limit} rows. Take out what does not belong, or split it up."
    ),
    "not_a_table": N_("This is not a table. Choose an XLSX or CSV file."),
    "old_excel": N_("This is an old Excel or WPS file (XLS, ET). Save it as XLSX and try again."),
    "encrypted": N_("The file is protected by a password. Save it without one and try again."),
    "damaged": N_("The file is damaged. Open it in WPS or Excel, save it again as XLSX."),
    "unpacks_too_big": N_("The file would unpack to more than {limit} MB and was not opened."),
    "empty_file": N_("The file is empty."),
    "no_rows": N_("Below the headings there is nothing."),
    "encoding": N_("The text is neither UTF-8 nor GBK. Save the file as XLSX and try again."),
    "unreadable": N_("The file cannot be opened. Close it in other programs and try again."),
    # the headings
    "no_headings": N_("No heading is known. The first row must have the headings: {expected}"),
    "other_list": N_("This is the list “{there}”, not “{wanted}”. Choose the other file."),
    "unknown_column": N_("There is no column of this name. Known are: {expected}"),
    "similar_column": N_("There is no column of this name. Is “{expected}” meant?"),
    "missing_column": N_("This column is missing."),
    "duplicate_column": N_("This column is there twice."),
    "no_heading": N_("There is a value in a column without a heading: “{value}”"),
    # cells as such
    "formula": N_("A formula cannot be taken. Put in its value (copy, paste as values)."),
    "cell_error": N_("The cell shows the error {value}. Put in the value itself."),
    "merged": N_("The cells {range} are merged. Split them and fill in each."),
    "quotes": N_("A quotation mark is opened and not closed here."),
    "control_character": N_("There is an invisible control character in the cell. Type it again."),
    "broken_character": N_("There is a character that was lost when the file was saved."),
    "line_break": N_("There is a line break in the cell. Put it on one line."),
    "empty": N_("The cell is empty and must be filled in."),
    "too_long": N_("The text is too long (at most {limit} characters)."),
    # values
    "not_a_number": N_("“{value}” is not a whole number."),
    "out_of_range": N_("“{value}” does not lie between {low} and {high}."),
    "not_a_date": N_("“{value}” is not a date such as 2020-02-21."),
    "date_ahead": N_("“{value}” lies ahead: nothing has been checked on that day yet."),
    "not_a_phone": N_("“{value}” is not a phone number such as 010-5555-0101 or 12345."),
    "lost_zero": N_(
        "“{value}” has lost its leading zero. Format the column as text and type it again."
    ),
    "not_an_email": N_("“{value}” is not an e-mail address such as name@example.com."),
    "not_an_address": N_("“{value}” is not a web address that begins with https:// or http://."),
    "not_yes_no": N_("“{value}” is neither yes nor no."),
    "not_a_choice": N_("“{value}” is not one of: {choices}"),
    "not_a_key": N_("“{value}” may only have letters, digits, “-”, “_” and “.”."),
    "pin_too_short": N_("The PIN has fewer than {limit} characters."),
    "pin_too_long": N_("A PIN or password has at most {limit} characters."),
    "pin_too_simple": N_("This PIN is too easy to guess. Do not repeat one digit or count up."),
    # rows together, and with what the hall has
    "duplicate": N_("“{value}” is in row {first} already."),
    "duplicate_person": N_(
        "“{value}” is in row {first} already. Tell the two apart, for example by window."
    ),
    "other_case": N_(
        "In the hall this name is written “{there}”. Write it the same way, or tell the two people apart."
    ),
    "duplicate_material": N_("This matter has “{value}” in row {first} already."),
    "differs": N_("Row {first} has another value for the same matter."),
    "no_material_name": N_("There are details of a material without its name."),
    "unknown_window": N_("There is no window “{value}”. Import the windows first."),
    "retired_window": N_("Window “{value}” is no longer in use."),
    "window_needed": N_("A window clerk needs a window."),
    "open_tickets": N_("Window “{value}” cannot be retired: tickets still open there: {count}."),
    "only_window": N_(
        "Window “{value}” cannot be retired: it is the only one for {matters}. "
        "Give these another window first."
    ),
    "papers_there": N_("Window “{value}” cannot be retired: papers still lie there: {count}."),
    "callbacks_there": N_(
        "Window “{value}” cannot be retired: callbacks still to be made there: {count}."
    ),
    "clerks_there": N_("Window “{value}” cannot be retired: staff still assigned to it: {count}."),
    "holds_papers": N_("This person cannot be retired: papers of residents still held: {count}."),
    "handles_tickets": N_("This person cannot be retired: tickets still being handled: {count}."),
    "moved_with_papers": N_(
        "This person keeps role and window while holding papers of residents ({count}). "
        "Hand them over first."
    ),
    "moved_with_tickets": N_(
        "This person keeps role and window while handling tickets ({count}). "
        "Hand them over or put them back first."
    ),
    "on_post": N_("This person is on a post. End that turn or hand it over first."),
    "last_manager": N_("The hall would have no manager left."),
    "oneself": N_("Nobody retires themselves: another manager does."),
    # a row that is given another name
    "there": N_("“{value}” is there already."),
    "there_retired": N_("“{value}” is there already, retired. Bring it back instead."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `row` counts from 1 as WPS and Excel do (0: the file as a whole).

    `column` is the heading and `letter` the column's letter; both may be empty. `value` is what
    stands there, shortened, and never a PIN. `facts` fill the sentence.
    """

    row: int
    column: str
    reason: str
    value: str = ""
    letter: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def why(self, words: str = "") -> str:
        """The reason and the cure as a sentence, without the place; `words` where a form says it otherwise."""
        value = " ".join(self.value.split())
        if len(value) > LONGEST_VALUE:
            value = value[: LONGEST_VALUE - 1] + "…"
        return (words or _(REASONS[self.reason])).format(value=value, **self.facts)

    def place(self) -> str:
        """Where it is, e.g. `Row 7, column C “Phone”`; empty for the file as a whole."""
        if not self.row:
            return _("Column “{column}”").format(column=self.column) if self.column else ""
        if not self.column and not self.letter:
            return _("Row {row}").format(row=self.row)
        if not self.letter:
            return _("Row {row}, column “{column}”").format(row=self.row, column=self.column)
        if not self.column:
            return _("Row {row}, column {letter}").format(row=self.row, letter=self.letter)
        return _("Row {row}, column {letter} “{column}”").format(
            row=self.row, letter=self.letter, column=self.column
        )

    def sentence(self) -> str:
        """Place, reason and cure in one line."""
        place = self.place()
        return (
            _("{place}: {reason}").format(place=place, reason=self.why()) if place else self.why()
        )


def refusal(name: str, problems: list[Problem]) -> errors.BadFile:
    """The failure for a file: its first problems in reading order, and how many there are."""
    ordered = sorted(problems, key=lambda p: (p.row, len(p.letter), p.letter))
    return errors.BadFile(name=name, problems=ordered[:MOST_SHOWN], problem_count=len(problems))


def explain(error: errors.BadFile) -> str:
    """One plain line for a refused file: the first problem, and how many more there are."""
    text = _("{name} was not taken; nothing was changed.").format(name=error.facts["name"])
    problems: list[Problem] = error.problems
    if problems:
        text = _("{first} {second}").format(first=text, second=problems[0].sentence())
    more = error.facts["problem_count"] - 1
    if more > 0:
        rest = _n("And {count} more problem.", "And {count} more problems.", more)
        text = _("{first} {second}").format(first=text, second=rest.format(count=more))
    return text
