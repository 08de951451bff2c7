"""Setting a PC up for the first time: a new hall with its lists, or a place in a hall that is there already.

What the lists would do is shown first, in a hall made for that in a temporary folder. The real one is made in one go:
until it stands complete, nothing of it is in the data folder.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hall_desk import errors, resources
from hall_desk import settings as pc_settings
from hall_desk.services import accounts, directory, halls, identity
from hall_desk.services.directory_columns import Kind
from hall_desk.services.identity import Recovery
from hall_desk.services.import_problems import Problem
from hall_desk.settings import Settings
from hall_desk.store import hall_key
from hall_desk.store.database import Store, is_postgres
from hall_desk.store.hall_key import HallKey
from hall_desk.store.models import Hall

# Windows come first: matters and staff name them.
ORDER = (Kind.WINDOWS, Kind.MATTERS, Kind.STAFF, Kind.COMMUNITIES)
MOST_TICKETS = 100_000_000


@dataclass(frozen=True)
class NewHall:
    """What a hall starts with; `files` are imported in `ORDER`."""

    name: str
    opened_day: date | None
    opening_balance: int
    manager: str
    pin: str = field(repr=False)
    files: tuple[tuple[Kind, Path], ...] = ()


@dataclass(frozen=True)
class FilePlan:
    """What importing one file would do. `waits`: it was not looked at, because the windows are wrong."""

    kind: Kind
    path: Path
    added: int = 0
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    waits: bool = False

    @property
    def good(self) -> bool:
        return not self.problem_count and not self.waits


def new_hall(
    name: str, opened: str, balance: str, manager: str, pin: str, pin_again: str
) -> NewHall:
    """What was typed, checked. Raises BadInput (`hall`, `day`, `balance`, `name`, `pin`).

    Without an opening day the hall opens today.
    """
    if not name.strip():
        raise errors.BadInput("hall", "empty")
    day = _day(opened)
    figures = balance.strip() or "0"
    if not (figures.isascii() and figures.isdecimal() and int(figures[:12]) <= MOST_TICKETS):
        raise errors.BadInput("balance", "shape")
    if not manager.strip():
        raise errors.BadInput("name", "empty")
    accounts.check_pin(pin)
    if pin != pin_again:
        raise errors.BadInput("pin", "not_the_same")
    return NewHall(name.strip(), day, int(figures), manager.strip(), pin)


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise errors.BadInput("day", "shape") from None
    # Nowhere on earth is it later than this.
    if day > (datetime.now(UTC) + timedelta(hours=14)).date():
        raise errors.BadInput("day", "ahead")
    return day


def sample_lists() -> tuple[tuple[Kind, Path], ...]:
    """The sample hall's windows and matters, to start from."""
    return tuple(
        (kind, resources.path("sample_hall", f"{kind}.csv"))
        for kind in (Kind.WINDOWS, Kind.MATTERS)
    )


def preview(hall: NewHall) -> tuple[FilePlan, ...]:
    """What the hall's files would bring, and every problem in them; nothing is kept."""
    with tempfile.TemporaryDirectory(prefix="hall-desk-", ignore_cleanup_errors=True) as folder:
        bare = replace(hall, files=())
        store = _made(str(Path(folder) / pc_settings.DATABASE), bare)
        try:
            actor = accounts.operator(store)
            plans: list[FilePlan] = []
            for kind, path in _ordered(hall):
                windows_wrong = any(p.kind is Kind.WINDOWS and not p.good for p in plans)
                if windows_wrong and kind in (Kind.MATTERS, Kind.STAFF):
                    plans.append(FilePlan(kind, path, waits=True))
                else:
                    plans.append(_planned(actor, kind, path))
            return tuple(plans)
        finally:
            store.close()


def _ordered(hall: NewHall) -> list[tuple[Kind, Path]]:
    return sorted(hall.files, key=lambda file: ORDER.index(file[0]))


def _planned(actor: accounts.Actor, kind: Kind, path: Path) -> FilePlan:
    try:
        planned = directory.plan(actor, kind, directory.read_table(path))
        if planned.good:
            directory.apply(actor, planned)
            return FilePlan(kind, path, added=len(planned.added))
        return FilePlan(kind, path, problems=planned.problems, problem_count=planned.problem_count)
    except errors.BadFile as error:
        problems = tuple(error.problems)
        return FilePlan(kind, path, problems=problems, problem_count=error.problem_count)
    except errors.NotFound:
        return FilePlan(kind, path, problems=(Problem(0, "", "unreadable"),), problem_count=1)


def set_up(
    folder: Path, settings: Settings, pc: str, hall: NewHall | None, key: HallKey | None = None
) -> Settings:
    """Makes `hall`, or joins the one in `settings.database`; gives this PC its letter and writes its settings.

    A new hall's key is kept in `folder`; `key` is that of the hall that is joined, where its recovery code was typed.
    Done whole or not at all; on a server a hall may stand without its lists when the line breaks in between.
    Raises BadInput `recovery_code` (other_hall),
    BadFile, AlreadyThere (`hall`, `desk`), NotFound `desk`, CannotWrite, and what `Store.open` raises.
    """
    place = settings.database or str(folder / pc_settings.DATABASE)
    with _settings_kept(folder, settings):
        if hall is None:
            with _closing(Store.open(place)) as store:
                if key is not None:
                    take_key(store, folder, key)
                _claim(store, pc, settings.letter)
        elif is_postgres(place):
            _refuse_bad_files(hall)
            with _closing(_made(place, hall, folder)) as store:
                _claim(store, pc, settings.letter)
        else:
            _found_in_file(Path(place), hall, pc, settings.letter)
    return settings


@contextmanager
def _settings_kept(folder: Path, settings: Settings) -> Iterator[None]:
    """Writes the settings first: a full disk is best noticed before a hall is made. A failure takes them back."""
    file = folder / pc_settings.FILE
    before = file.read_bytes() if file.exists() else None
    fresh = not folder.exists()
    pc_settings.save(folder, settings)
    try:
        yield
    except BaseException:
        if before is None:
            file.unlink(missing_ok=True)
            if fresh and not any(folder.iterdir()):
                folder.rmdir()
        else:
            pc_settings.write_file(file, before)
        raise


@contextmanager
def _closing(store: Store) -> Iterator[Store]:
    try:
        yield store
    finally:
        store.close()


def take_key(store: Store, folder: Path, key: HallKey) -> Path:
    """Keeps the hall's key on this PC; gives where. Raises BadInput `recovery_code` (other_hall), CannotWrite."""
    with store.reading():
        expected = Hall.get_by_id(store.hall_id).key_check
    if key.check(store.hall_id) != expected:
        raise errors.BadInput("recovery_code", "other_hall")
    kept_in = hall_key.keep(folder, store.hall_id, key)
    store.learn_key(folder)
    return kept_in


def recovery(folder: Path, settings: Settings) -> Recovery:
    """What stands on the recovery sheet of the hall that was just set up. Raises what `identity.recovery` raises."""
    place = settings.database or str(folder / pc_settings.DATABASE)
    with _closing(Store.open(place)) as store:
        store.learn_key(folder)
        return identity.recovery(accounts.operator(store))


def _made(place: str, hall: NewHall, folder: Path | None = None) -> Store:
    store = halls.create(
        place,
        name=hall.name,
        manager=hall.manager,
        pin=hall.pin,
        opened_day=hall.opened_day,
        opening_balance=hall.opening_balance,
        folder=folder,
    )
    try:
        actor = accounts.operator(store)
        for kind, path in _ordered(hall):
            directory.import_file(actor, kind, path)
    except BaseException:
        # A hall in a file goes again as a whole, and its key with it; on a server it stands.
        if folder is not None and not is_postgres(place):
            hall_key.forget(folder, store.hall_id)
        store.close()
        raise
    return store


def _refuse_bad_files(hall: NewHall) -> None:
    for plan in preview(hall):
        if not plan.good:
            raise errors.BadFile(
                name=plan.path.name,
                problems=list(plan.problems),
                problem_count=plan.problem_count,
            )


def _found_in_file(place: Path, hall: NewHall, pc: str, letter: str) -> None:
    """Makes the hall beside its place and moves it there when it is complete."""
    if place.exists():
        raise errors.AlreadyThere(kind="hall", key=place.name)
    making = place.with_name(f".{place.name}.making")
    _remove(making)
    try:
        with _closing(_made(str(making), hall, place.parent)) as store:
            hall_id = store.hall_id
            _claim(store, pc, letter)
        try:
            _move(making, place)
        except BaseException:
            hall_key.forget(place.parent, hall_id)
            raise
    except OSError as error:
        reason = pc_settings.why_not_written(error)
        raise errors.CannotWrite(place=str(place), reason=reason) from error
    finally:
        _remove(making)


def _move(making: Path, place: Path) -> None:
    try:
        # Whoever comes first: another program may be setting up as well.
        place.open("xb").close()
    except FileExistsError:
        raise errors.AlreadyThere(kind="hall", key=place.name) from None
    try:
        making.replace(place)
    except OSError:
        place.unlink(missing_ok=True)
        raise


def _remove(file: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _claim(store: Store, pc: str, letter: str) -> None:
    if letter:
        accounts.claim_letter(store, pc, letter)
