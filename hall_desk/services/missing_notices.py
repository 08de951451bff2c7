"""一次性告知单: a printed notice of exactly what is missing, found again by its code at the next visit.

The law behind it: 行政许可法 art. 32 (4) wants everything that has to be corrected told at once, so that nobody has to
come a third time.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import codes, matters, privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.services.halls import is_practice
from hall_desk.services.matters import MatterLine, WindowLine
from hall_desk.store import models
from hall_desk.store.models import MissingNotice, Staff

CODE_DIGITS = 12
MOST_ITEMS = 30
MOST_COPIES = 99
LONGEST_ITEM = 80
LONGEST_NOTE = 200

_DIGITS = re.compile(rf"\d{{{CODE_DIGITS}}}")


@dataclass(frozen=True)
class NoticeItem:
    """One paper: original or copy, how many, and a word about it (“valid for three months”)."""

    name: str
    original: bool = True
    count: int = 1
    note: str = ""


@dataclass(frozen=True)
class NewNotice:
    """A notice about to be given. `id` is made when the form is opened; the printed code follows from it.

    `window_id` is where to come back to; without one it is the matter's first window.
    """

    id: UUID
    matter_id: UUID
    missing: tuple[NoticeItem, ...]
    complete: tuple[NoticeItem, ...] = ()
    name: str = ""
    phone: str = ""
    note: str = ""
    window_id: UUID | None = None


@dataclass(frozen=True)
class Notice:
    """A notice that was given. `reopened_at` is when it was last opened at a later visit."""

    id: UUID
    code: str
    at: datetime
    matter_id: UUID
    matter: str
    window: WindowLine
    missing: tuple[NoticeItem, ...]
    complete: tuple[NoticeItem, ...]
    name: str
    phone_masked: str
    note: str
    staff: str
    letter: str
    reopened_at: datetime | None


@dataclass(frozen=True)
class Reopened:
    """A notice on the resident's next visit.

    `phone` is whole, for the ticket's form; `matter` is None where it is no longer offered.
    """

    notice: Notice
    phone: str
    matter: MatterLine | None


@dataclass(frozen=True)
class NoticeFacts:
    """What stands on the paper. `given_at` is in the hall's time zone, `resident` is masked."""

    hall: str
    code: str
    matter: str
    window: WindowLine
    missing: tuple[NoticeItem, ...]
    complete: tuple[NoticeItem, ...]
    note: str
    resident: str
    given_at: datetime
    clerk: str
    letter: str
    # The ASCII text of the QR code.
    scan: str
    # In a practice hall the paper says that it is none.
    practice: bool = False


# --- the code ------------------------------------------------------------------------------------


def code_of(notice_id: UUID) -> str:
    """The code printed on the notice with this key: eleven digits of a hash, and a check digit.

    Digits only, because they are typed on a number pad and under a Chinese input method alike; twelve, so that it
    is neither a mobile number (11) nor an ID number (18).
    """
    digits = CODE_DIGITS - 1
    number = int.from_bytes(hashlib.sha256(notice_id.bytes).digest()) % 10**digits
    body = f"{number:0{digits}d}"
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """ISO/IEC 7064 MOD 11,10: finds every wrong digit and nearly every pair of digits that changed places."""
    product = 10
    for digit in body:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def grouped(code: str) -> str:
    """The code as it is printed and read out: `4072 1885 3316`."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def looks_like_code(text: str) -> bool:
    """Whether what was scanned or typed can only be meant as a notice's code, and is all there."""
    try:
        code = codes.read(text)
    except errors.BadInput as error:
        return error.reason != "not_whole" and codes.plain(text).startswith("HDN1*")
    if code is not None:
        return code.kind == "notice"
    return _DIGITS.fullmatch(_plain(text)) is not None


def read_code(text: str, hall_id: UUID | None = None) -> str:
    """The twelve digits of what was scanned or typed, with or without spaces.

    Raises BadInput `code` (shape, checksum; not_whole, misread): a mistyped code is not looked up; with `hall_id` also
    other_hall, for what was scanned from another hall's notice.
    """
    scanned = codes.read_own(text, hall_id) if hall_id is not None else codes.read(text)
    code = scanned.number if scanned is not None and scanned.kind == "notice" else _plain(text)
    if not _DIGITS.fullmatch(code):
        raise errors.BadInput("code", "shape")
    if check_digit(code[:-1]) != code[-1]:
        raise errors.BadInput("code", "checksum")
    return code


def _plain(text: str) -> str:
    digits = re.sub(r"[\s-]+", "", privacy.folded(text)).upper()
    return re.sub(r"^HDN1[*×]?", "", digits)


# --- giving --------------------------------------------------------------------------------------


def preview(actor: Actor, new: NewNotice) -> NoticeFacts:
    """What would stand on the paper, without giving it. Raises what `give` raises."""
    actor.needs("missing_notices.give")
    checked = check(new)
    with actor.store.reading():
        matter = matters.get(actor, checked.matter_id)
        window = matters.window(actor, new.window_id) if new.window_id else matter.line.window
        practice = is_practice(actor.hall_id)
    return NoticeFacts(
        hall=actor.hall_name,
        code=code_of(new.id),
        matter=matter.line.name,
        window=window,
        missing=checked.missing,
        complete=checked.complete,
        note=checked.note,
        resident=privacy.mask_name(checked.name),
        given_at=actor.store.local(actor.store.now()),
        clerk=actor.name,
        letter=actor.letter,
        scan=codes.of_notice(actor.hall_id, code_of(new.id)),
        practice=practice,
    )


def check(new: NewNotice) -> NewNotice:
    """The notice as it is kept, without asking the database. Raises BadInput (missing, papers, name, phone, note)."""
    missing, complete = _checked(new.missing), _checked(new.complete)
    if not missing:
        raise errors.BadInput("missing", "empty")
    if len(missing) + len(complete) > MOST_ITEMS:
        raise errors.BadInput("missing", "too_many", limit=MOST_ITEMS)
    return replace(
        new,
        missing=missing,
        complete=complete,
        name=privacy.check_name(new.name, required=False),
        phone=privacy.check_phone(new.phone),
        note=privacy.check_text("note", new.note, limit=LONGEST_NOTE),
    )


@waits
def give(actor: Actor, new: NewNotice) -> NoticeFacts:
    """Records a notice, once per `new.id`, and gives what is printed.

    Raises BadInput (missing, papers, name, phone, note), NotFound (matter, window).
    """
    actor.needs("missing_notices.give")
    checked = check(new)
    with actor.store.change(actor) as change:
        if _row(actor, MissingNotice.id == new.id) is None:
            matter = matters.get(actor, new.matter_id)
            window = matters.window(actor, new.window_id) if new.window_id else matter.line.window
            MissingNotice.create(
                id=new.id,
                hall=actor.hall_id,
                code=code_of(new.id),
                at=change.at,
                service_day=change.day,
                matter=new.matter_id,
                window=window.id,
                name=checked.name,
                phone=checked.phone,
                missing=_as_json(checked.missing),
                complete=_as_json(checked.complete),
                note=checked.note,
                staff=actor.person(),
                letter=actor.letter,
                force_insert=True,
            )
            change.record(
                "missing_notice.given",
                new.id,
                matter=matter.line.code,
                missing=len(checked.missing),
                complete=len(checked.complete),
            )
        return facts(actor, new.id)


def _checked(items: tuple[NoticeItem, ...]) -> tuple[NoticeItem, ...]:
    found = []
    for item in items:
        name = privacy.check_text("papers", item.name, limit=LONGEST_ITEM)
        if not name:
            raise errors.BadInput("papers", "name")
        if not 1 <= item.count <= MOST_COPIES:
            raise errors.BadInput("papers", "count")
        note = privacy.check_text("papers", item.note, limit=LONGEST_ITEM)
        found.append(NoticeItem(name, item.original, item.count, note))
    return tuple(found)


def _as_json(items: tuple[NoticeItem, ...]) -> str:
    # An empty note is left out: retention finds by the word which notices have one.
    written = [{key: part for key, part in asdict(item).items() if part != ""} for item in items]
    return json.dumps(written, ensure_ascii=False)


def _items(text: str) -> tuple[NoticeItem, ...]:
    return tuple(NoticeItem(**item) for item in json.loads(text))


def facts(actor: Actor, notice_id: UUID) -> NoticeFacts:
    """What stands on a notice that was given, to print it again. Raises NotFound `missing_notice`."""
    actor.needs("missing_notices.give")
    with actor.store.reading():
        row = _row(actor, MissingNotice.id == notice_id)
        if row is None:
            raise errors.NotFound(kind="missing_notice", key="")
        given = _value(row)
        practice = is_practice(actor.hall_id)
    return NoticeFacts(
        hall=actor.hall_name,
        code=given.code,
        matter=given.matter,
        window=given.window,
        missing=given.missing,
        complete=given.complete,
        note=given.note,
        resident=privacy.mask_name(given.name),
        given_at=actor.store.local(given.at),
        clerk=given.staff,
        letter=given.letter,
        scan=codes.of_notice(actor.hall_id, given.code),
        practice=practice,
    )


# --- finding -------------------------------------------------------------------------------------


def find(actor: Actor, text: str) -> Notice:
    """The notice whose code was scanned or typed. Raises BadInput `code`, NotFound `missing_notice`."""
    actor.needs("missing_notices.read")
    code = read_code(text, actor.hall_id)
    with actor.store.reading():
        row = _row(actor, MissingNotice.code == code)
    if row is None:
        raise errors.NotFound(kind="missing_notice", key=grouped(code))
    return _value(row)


def by_phone(
    actor: Actor, phone: str, matter_id: UUID | None = None, limit: int = 10
) -> list[Notice]:
    """The notices given to this phone number, newest first; nothing for what is no whole number."""
    actor.needs("missing_notices.read")
    try:
        number = privacy.check_phone(phone, required=True)
    except errors.BadInput:
        return []
    query = _selected().where(MissingNotice.hall == actor.hall_id, MissingNotice.phone == number)
    if matter_id is not None:
        query = query.where(MissingNotice.matter == matter_id)
    with actor.store.reading():
        return [_value(row) for row in query.order_by(MissingNotice.at.desc()).limit(limit)]


@waits
def reopen(actor: Actor, notice_id: UUID) -> Reopened:
    """Opens a notice at the resident's next visit; journalled, once a day however often it is scanned.

    Raises NotFound `missing_notice`.
    """
    actor.needs("missing_notices.read")
    with actor.store.change(actor) as change:
        row = _row(actor, MissingNotice.id == notice_id)
        if row is None:
            raise errors.NotFound(kind="missing_notice", key="")
        last = row.reopened_at
        if last is None or actor.store.day_of(last) != change.day:
            MissingNotice.update(reopened_at=change.at).where(
                MissingNotice.id == notice_id
            ).execute()
            row.reopened_at = change.at
            change.record(
                "missing_notice.reopened",
                notice_id,
                days=(change.day - actor.store.day_of(row.at)).days,
            )
        return Reopened(_value(row), row.phone, _still_offered(actor, row))


def _still_offered(actor: Actor, row: Any) -> MatterLine | None:
    if row.matter.retired_at is not None:
        return None
    try:
        return matters.get(actor, row.matter_id).line
    except errors.BadInput:  # its windows have all been closed
        return None


def today(actor: Actor, limit: int = 200) -> list[Notice]:
    """Today's notices, newest first, at most `limit`."""
    actor.needs("missing_notices.read")
    query = _selected().where(
        MissingNotice.hall == actor.hall_id, MissingNotice.service_day == actor.store.today()
    )
    order = (MissingNotice.at.desc(), MissingNotice.id.desc())
    with actor.store.reading():
        return [_value(row) for row in query.order_by(*order).limit(limit)]


def _selected() -> Any:
    return (
        MissingNotice.select(MissingNotice, models.Matter, models.Window, Staff)
        .join(models.Matter)
        .switch(MissingNotice)
        .join(models.Window)
        .switch(MissingNotice)
        .join(Staff)
    )


def _row(actor: Actor, which: Any) -> Any:
    """The newest row of this hall for which `which` holds, or None."""
    query = _selected().where(MissingNotice.hall == actor.hall_id, which)
    return query.order_by(MissingNotice.at.desc()).first()


def _value(row: Any) -> Notice:
    return Notice(
        id=row.id,
        code=row.code,
        at=row.at,
        matter_id=row.matter_id,
        matter=row.matter.name,
        window=matters.window_line(row.window),
        missing=_items(row.missing),
        complete=_items(row.complete),
        name=row.name,
        phone_masked=privacy.mask_phone(row.phone),
        note=row.note,
        staff=row.staff.name,
        letter=row.letter,
        reopened_at=row.reopened_at,
    )
