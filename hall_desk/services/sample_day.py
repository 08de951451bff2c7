"""The sample hall and its lived-in day: Friday 21 February 2020, and the Monday morning after it.

Everything happens through the real services, each call at its time of the day with the hall's clock standing there;
no row is inserted past them. Chance comes from a fixed seed, so the day is the same in every run.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hall_desk import resources
from hall_desk.services import accounts, directory, halls, matters, screening, slips, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.custody import PaperLine
from hall_desk.services.matters import Matter
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewPaper, NewTicket, Proof
from hall_desk.store import ids
from hall_desk.store.database import Store

HALL = "太平桥街道政务服务大厅"
PIN = halls.PRACTICE_PIN
# One person per role, for pictures and for trying things out.
PEOPLE = {"front_desk": "陈晓东", "window_clerk": "张颖", "manager": "李建国"}
SCREENER, SECOND_DESK = "王静", "李雪梅"
OPENED_DAY = date(2020, 2, 3)
DAY = date(2020, 2, 21)
NEXT_DAY = date(2020, 2, 24)
# Where the sample hall's clock starts to run when the app opens.
NOW = time(10, 3, 27)
# With the 31 tickets of the day the cumulative figure is 267, the paper's.
OPENING_BALANCE = 236
ZONE = ZoneInfo("Asia/Shanghai")

# Besides these, everyone who brings something to the proxy post is measured at the door.
CHECKS_BY_HOUR = {9: 15, 10: 22, 11: 32, 12: 32, 13: 8, 14: 16, 15: 22, 16: 9}
SLIPS_BY_HOUR = {9: 5, 10: 9, 11: 10, 12: 3, 13: 2, 14: 8, 15: 8, 16: 4}
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹喻柏水窦章云苏潘葛范彭郎鲁韦马苗方"
TITLES = ("先生", "女士")
ERRANDS = (
    "领取医保卡",
    "变更定点医院",
    "居住证",
    "失业登记",
    "老年优待卡",
    "社保卡",
    "咨询公租房",
    "生育登记",
    "退休认证",
    "高龄津贴",
)

# What is brought to the proxy post, by what clerks type to find it, and how often on the day.
BROUGHT = (
    ("医保卡领取", 7),
    ("变更定点", 4),
    ("居住证", 4),
    ("老年优待", 3),
    ("失业登记", 3),
    ("生育登记", 2),
    ("社保卡", 2),
    ("灵活就业", 1),
    ("高龄津贴", 1),
    ("退役军人优待证", 1),
)
# Cases with a story of their own: what, when it is opened, and how it ends.
STORIES = (
    ("公租房", time(11, 18), "suspended"),
    ("低保", time(14, 31), "suspended"),
    ("残疾", time(15, 12), "terminated"),
)

# Monday's first cases, by the minute after nine at which they are opened.
MONDAY = (
    (4, "医保卡领取"),
    (11, "居住证"),
    (16, "失业登记"),
    (23, "老年优待"),
    (31, "变更定点"),
    (38, "社保卡"),
    (44, "生育登记"),
    (49, "灵活就业"),
)


@dataclass(order=True)
class _Event:
    at: datetime
    order: int
    run: Callable[[], None] = field(compare=False)


class _Day:
    """Events in order of time; each may add later ones."""

    def __init__(self, store: Store, seed: str) -> None:
        self.store = store
        self.chance = random.Random(seed)  # noqa: S311 - a repeatable day, no secret
        self._events: list[_Event] = []

    def at(self, moment: datetime, run: Callable[[], None]) -> None:
        self._events.append(_Event(moment, len(self._events), run))

    def play(self, until: datetime) -> None:
        import heapq

        heapq.heapify(self._events)
        while self._events and self._events[0].at <= until:
            event = heapq.heappop(self._events)
            self.store.freeze(event.at)
            before = len(self._events)
            event.run()
            if len(self._events) != before:
                heapq.heapify(self._events)
        self._events.clear()
        self.store.freeze(until)


def moment(day: date, clock: time) -> datetime:
    """A time of day in the hall's zone, in UTC."""
    return datetime.combine(day, clock, ZONE).astimezone(UTC)


@contextmanager
def make(place: str, progress: Callable[[str], None] = lambda _step: None) -> Iterator[Store]:
    """Makes the sample hall at `place`, lives its day and gives the open store, its clock standing at `NOW`.

    `progress` hears `hall`, `day`, `morning`. Raises what `halls.create` raises.
    """
    start = moment(DAY, time(8, 20))
    progress("hall")
    store: Store | None = None

    def now() -> datetime:
        return store.now() if store is not None else start

    try:
        with ids.repeatable("taipingqiao", now):
            store = halls.create(
                place,
                name=HALL,
                manager=PEOPLE["manager"],
                pin=PIN,
                opened_day=OPENED_DAY,
                opening_balance=OPENING_BALANCE,
                practice_at=start,
            )
            hall = _Hall(store)
            progress("day")
            hall.friday()
            progress("morning")
            hall.monday()
        yield store
    finally:
        if store is not None:
            store.close()


class _Hall:
    """The people of the sample hall at their posts."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.manager = accounts.sign_in(store, PEOPLE["manager"], PIN)
        for kind in ("windows", "matters", "staff", "communities"):
            directory.import_file(self.manager, kind, resources.path("sample_hall", f"{kind}.csv"))
        people = accounts.names(store)
        for person in people:
            if person.name != self.manager.name:
                accounts.set_pin(self.manager, person.name, PIN)
        self.screener = accounts.sign_in(store, SCREENER, PIN, "A")
        self.desks = (
            accounts.sign_in(store, PEOPLE["front_desk"], PIN, "A"),
            accounts.sign_in(store, SECOND_DESK, PIN, "B"),
        )
        self.clerks: dict[str, Actor] = {}
        for person in people:
            if person.window_number and person.window_number not in self.clerks:
                self.clerks[person.window_number] = accounts.sign_in(store, person.name, PIN, "W")
        self.free: dict[str, datetime] = {}
        self.person_number = 0
        self.opened = 0
        self.matters: dict[str, Matter] = {}

    def matter(self, typed: str) -> Matter:
        if typed not in self.matters:
            found = matters.search(self.manager, typed, 1)[0]
            self.matters[typed] = matters.get(self.manager, found.id)
        return self.matters[typed]

    def resident(self, chance: random.Random) -> tuple[str, str]:
        """A name as clerks note it, and a phone number; the same never comes twice on a day."""
        self.person_number += 1
        name = SURNAMES[self.person_number * 7 % len(SURNAMES)] + chance.choice(TITLES)
        prefix = chance.choice(("135", "136", "137", "138", "139", "158", "188"))
        return name, f"{prefix}0000{(self.person_number * 373 + 27) % 10000:04d}"

    # --- Friday ----------------------------------------------------------------------------------

    def friday(self) -> None:
        day = _Day(self.store, "2020-02-21")
        self._checks(day, DAY, CHECKS_BY_HOUR)
        self._fever(day, DAY, time(10, 1, 40), second="37.5")
        self._fever(day, DAY, time(14, 22, 5), second="36.8", first="37.4")
        typed = [text for text, count in BROUGHT for _ in range(count)]
        day.chance.shuffle(typed)
        for text, at in zip(typed, self._intakes(day, DAY, len(typed)), strict=True):
            self._ticket(day, at, text)
        for text, clock, ending in STORIES:
            self._ticket(day, moment(DAY, clock), text, ending)
        self._slips(day, DAY, SLIPS_BY_HOUR)
        day.play(moment(DAY, time(17, 12)))

    # --- Monday morning, up to NOW ---------------------------------------------------------------

    def monday(self) -> None:
        day = _Day(self.store, "2020-02-24")
        self.free.clear()
        self._checks(day, NEXT_DAY, {9: 31, 10: 30})
        self._fever(day, NEXT_DAY, time(10, 1, 40), second="37.5")
        self._slips(day, NEXT_DAY, {9: 7, 10: 12})
        for minute, text in MONDAY:
            self._ticket(day, moment(NEXT_DAY, time(9, minute, 20)), text)
        # The last minutes before NOW: something in every column of the board.
        for clock, text, ending in (
            (time(9, 54, 50), "高龄津贴", "waits_for_hand_back"),
            (time(9, 56, 40), "变更定点", "in_hand"),
            (time(9, 58, 2), "居住证", "waits_for_hand_back"),
            (time(9, 59, 30), "老年优待", "in_hand"),
            (time(10, 0, 7), "社保卡", "unclaimed"),
            (time(10, 1, 5), "生育登记", "in_hand"),
            (time(10, 1, 32), "失业登记", "unclaimed"),
            (time(10, 2, 45), "医保卡领取", "unclaimed"),
        ):
            self._ticket(day, moment(NEXT_DAY, clock), text, ending)
        day.play(moment(NEXT_DAY, NOW))

    # --- what people do --------------------------------------------------------------------------

    def _spread(self, day: _Day, on: date, by_hour: dict[int, int]) -> list[datetime]:
        moments = []
        for hour, count in by_hour.items():
            seconds = sorted(day.chance.sample(range(40, 3590), count))
            moments += [moment(on, time(hour)) + timedelta(seconds=second) for second in seconds]
        return moments

    def _intakes(self, day: _Day, on: date, count: int) -> list[datetime]:
        hours = {9: 3, 10: 7, 11: 5, 12: 2, 13: 1, 14: 4, 15: 4, 16: 2}
        return self._spread(day, on, hours)[:count]

    def _checks(self, day: _Day, on: date, by_hour: dict[int, int]) -> None:
        for at in self._spread(day, on, by_hour):
            day.at(at, lambda: self._check(day))

    def _check(self, day: _Day) -> None:
        chance = day.chance
        kind = chance.random()
        tenths = round(min(max(chance.gauss(364, 2.2), 357), 370))
        typed = f"{tenths // 10}.{tenths % 10}"
        if kind < 0.16:
            clerk = chance.choice(list(self.clerks.values()))
            new = NewCheck(ids.new_id(), typed, name=clerk.name, reason="上岗", person="staff")
        elif kind < 0.21:
            new = NewCheck(ids.new_id(), typed, reason="快递", person="other")
        else:
            name, phone = self.resident(chance)
            new = NewCheck(
                ids.new_id(), typed, name=name, phone=phone, reason=chance.choice(ERRANDS)
            )
        screening.record(self.screener, new)

    def _fever(self, day: _Day, on: date, clock: time, second: str, first: str = "37.6") -> None:
        name, phone = self.resident(day.chance)
        key = ids.new_id()
        at = moment(on, clock)
        day.at(
            at,
            lambda: _ignored(
                screening.record(self.screener, NewCheck(key, first, name=name, phone=phone))
            ),
        )
        day.at(
            at + timedelta(minutes=5, seconds=10),
            lambda: _ignored(
                screening.record(self.screener, NewCheck(ids.new_id(), second, recheck_of=key))
            ),
        )

    def _slips(self, day: _Day, on: date, by_hour: dict[int, int]) -> None:
        for at in self._spread(day, on, by_hour):
            day.at(at, lambda: self._slip(day))

    def _slip(self, day: _Day) -> None:
        text = day.chance.choices([name for name, _ in BROUGHT], [count for _, count in BROUGHT])[0]
        matter = self.matter(text)
        slips.give(
            day.chance.choice(self.desks), ids.new_id(), matter.line.window.id, matter.line.id
        )

    def _ticket(self, day: _Day, at: datetime, text: str, ending: str = "handed_back") -> None:
        matter = self.matter(text)
        name, phone = self.resident(day.chance)
        self.opened += 1
        desk = self.desks[1 if self.opened % 3 == 0 else 0]
        old = any(word in text for word in ("老年", "高龄"))
        key = ids.new_id()
        new = NewTicket(
            id=key,
            matter_id=matter.line.id,
            name=name,
            phone=phone,
            priority="70+" if old else "disabled" if text == "残疾" else "",
            remark="本人腿脚不便，在门厅等候" if old else "",
            consent=True,
            papers=tuple(
                NewPaper(material.name, material.original, material.count)
                for material in matter.materials
                if material.required
            ),
        )
        day.at(at - timedelta(seconds=75), lambda: self._door(day, name, phone, matter))
        day.at(at, lambda: _ignored(tickets.open(desk, new)))
        if ending != "unclaimed":
            wait = day.chance.randint(12, 45)
            day.at(at + timedelta(seconds=wait), lambda: self._take(day, desk, key, matter, ending))

    def _door(self, day: _Day, name: str, phone: str, matter: Matter) -> None:
        tenths = 362 + day.chance.randint(0, 6)
        typed = f"{tenths // 10}.{tenths % 10}"
        screening.record(
            self.screener,
            NewCheck(ids.new_id(), typed, name=name, phone=phone, reason=matter.line.name),
        )

    def _take(self, day: _Day, desk: Actor, key: UUID, matter: Matter, ending: str) -> None:
        """The window's clerk claims when free; else tries again when the ticket in hand is done."""
        number = matter.line.window.number
        clerk = self.clerks[number]
        now = self.store.now()
        free = self.free.get(number, now)
        if free > now:
            day.at(free + timedelta(seconds=6), lambda: self._take(day, desk, key, matter, ending))
            return
        tickets.claim(clerk, key)
        chance = day.chance
        # Most are done within the three minutes; some need a signature from elsewhere.
        spent = chance.randint(78, 152) if chance.random() < 0.76 else chance.randint(175, 420)
        done = now + timedelta(seconds=spent)
        self.free[number] = done
        day.at(now + timedelta(seconds=9), lambda: _ignored(tickets.received(clerk, key)))
        if ending == "in_hand":
            self.free[number] = now + timedelta(hours=1)
        elif ending == "suspended":
            # The window calls on the next working day at half past nine.
            again = moment(NEXT_DAY, time(9, 30))
            day.at(done, lambda: _ignored(tickets.suspend(clerk, key, "收入证明", again)))
            day.at(done + timedelta(seconds=240), lambda: self._hand_back_most(desk, key))
        elif ending == "terminated":
            day.at(
                done,
                lambda: _ignored(tickets.terminate(clerk, key, "户籍不在本区，已告知到户籍地办理")),
            )
            day.at(done + timedelta(seconds=200), lambda: self._hand_back(desk, key))
        else:
            day.at(done, lambda: self._finish(clerk, key, matter))
            if ending == "handed_back":
                day.at(
                    done + timedelta(seconds=chance.randint(40, 190)),
                    lambda: self._hand_back(desk, key),
                )

    def _finish(self, clerk: Actor, key: UUID, matter: Matter) -> None:
        ticket = tickets.get(clerk, key)
        result = matter.result_texts[0] if matter.result_texts else "已办理"
        kept = tuple(paper.id for paper in ticket.papers if not paper.original)
        # Where the matter's name promises a card or certificate, one comes back with the papers.
        name = matter.line.name
        made = next(
            (word for word in ("医保卡", "社保卡", "优待卡", "优待证", "居住证") if word in name),
            "",
        )
        new = (NewPaper(made),) if made and not _has(ticket.papers, made) else ()
        tickets.finish(clerk, key, result, kept, new)

    def _hand_back(self, desk: Actor, key: UUID) -> None:
        ticket = tickets.get(desk, key)
        tickets.hand_back(desk, key, Proof("pickup_code", ticket.pickup_code))

    def _hand_back_most(self, desk: Actor, key: UUID) -> None:
        """While a ticket is suspended the resident takes the papers home; of one, the window still needs the card."""
        ticket = tickets.get(desk, key)
        stays = "身份证" if "公租房" in ticket.card.matter else ""
        given = tuple(paper.id for paper in ticket.papers if paper.name != stays)
        tickets.hand_back(desk, key, Proof("pickup_code", ticket.pickup_code), given)


def _has(papers: tuple[PaperLine, ...], name: str) -> bool:
    return any(name in paper.name for paper in papers)


def _ignored(_result: object) -> None:
    """The day's script looks at what the services hold, not at what one call returned."""
