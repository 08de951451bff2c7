"""The people of the sample hall: who comes through the door, the proxy post and the windows behind it."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from uuid import UUID

from hall_desk import resources
from hall_desk.services import accounts, directory, matters, screening, slips, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.custody import PaperLine
from hall_desk.services.matters import Matter
from hall_desk.services.sample_day.day import ReplayedDay, moment, spread
from hall_desk.services.sample_day.other_posts import OtherPosts
from hall_desk.services.sample_day.script import (
    BROUGHT,
    CHECKS_BY_HOUR,
    DAY,
    ERRANDS,
    MONDAY,
    NEXT_DAY,
    NOW,
    PEOPLE,
    PIN,
    RELIEF,
    SCREENER,
    SECOND_DESK,
    SECOND_MANAGER,
    SLIPS_BY_HOUR,
    STORIES,
    SURNAMES,
    TITLES,
)
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewPaper, NewTicket, Proof
from hall_desk.store import ids
from hall_desk.store.database import Store


class People:
    """The people of the sample hall: the door, the proxy post, the windows, and who comes to them."""

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
        self.second_manager = accounts.sign_in(store, SECOND_MANAGER, PIN)
        self.relief = accounts.sign_in(store, RELIEF, PIN, "A")
        self.free: dict[str, datetime] = {}
        self.person_number = 0
        self.opened = 0
        self.matters: dict[str, Matter] = {}
        self.posts = OtherPosts(self)

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
        day = ReplayedDay(self.store, "2020-02-21")
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
        self.posts.friday(day)
        day.play(moment(DAY, time(17, 12)))

    # --- Monday morning, up to NOW ---------------------------------------------------------------

    def monday(self) -> None:
        day = ReplayedDay(self.store, "2020-02-24")
        self.free.clear()
        self._checks(day, NEXT_DAY, {9: 31, 10: 30})
        self._fever(day, NEXT_DAY, time(10, 1, 40), second="37.5")
        self._slips(day, NEXT_DAY, {9: 7, 10: 12})
        for minute, text in MONDAY:
            self._ticket(day, moment(NEXT_DAY, time(9, minute, 20)), text)
        self.posts.monday(day)
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

    def _intakes(self, day: ReplayedDay, on: date, count: int) -> list[datetime]:
        hours = {9: 3, 10: 7, 11: 5, 12: 2, 13: 1, 14: 4, 15: 4, 16: 2}
        return spread(day.chance, on, hours)[:count]

    def _checks(self, day: ReplayedDay, on: date, by_hour: dict[int, int]) -> None:
        for at in spread(day.chance, on, by_hour):
            day.at(at, lambda: self._check(day))

    def _check(self, day: ReplayedDay) -> None:
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
        if new.person != "staff":
            self.posts.leaves(day, self.store.now())

    def _fever(
        self, day: ReplayedDay, on: date, clock: time, second: str, first: str = "37.6"
    ) -> None:
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

    def _slips(self, day: ReplayedDay, on: date, by_hour: dict[int, int]) -> None:
        for at in spread(day.chance, on, by_hour):
            day.at(at, lambda: self._slip(day))

    def _slip(self, day: ReplayedDay) -> None:
        text = day.chance.choices([name for name, _ in BROUGHT], [count for _, count in BROUGHT])[0]
        matter = self.matter(text)
        desk, key = day.chance.choice(self.desks), ids.new_id()
        slips.give(desk, key, matter.line.window.id, matter.line.id)
        self.posts.asked(desk, "slip", matter.line.id, key)

    def _ticket(
        self, day: ReplayedDay, at: datetime, text: str, ending: str = "handed_back"
    ) -> None:
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
        day.at(at, lambda: self._open(desk, new))
        if ending != "unclaimed":
            wait = day.chance.randint(12, 45)
            day.at(at + timedelta(seconds=wait), lambda: self._take(day, desk, key, matter, ending))

    def _open(self, desk: Actor, new: NewTicket) -> None:
        tickets.open(desk, new)
        self.posts.asked(desk, "ticket", new.matter_id, new.id)

    def _door(self, day: ReplayedDay, name: str, phone: str, matter: Matter) -> None:
        tenths = 362 + day.chance.randint(0, 6)
        typed = f"{tenths // 10}.{tenths % 10}"
        screening.record(
            self.screener,
            NewCheck(ids.new_id(), typed, name=name, phone=phone, reason=matter.line.name),
        )

    def _take(self, day: ReplayedDay, desk: Actor, key: UUID, matter: Matter, ending: str) -> None:
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
            day.at(done + timedelta(seconds=200), lambda: self._hand_back(day, desk, key))
        else:
            day.at(done, lambda: self._finish(clerk, key, matter))
            if ending == "handed_back":
                day.at(
                    done + timedelta(seconds=chance.randint(40, 190)),
                    lambda: self._hand_back(day, desk, key),
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

    def _hand_back(self, day: ReplayedDay, desk: Actor, key: UUID) -> None:
        ticket = tickets.get(desk, key)
        proof = Proof("pickup_code", ticket.pickup_code)
        tickets.hand_back(desk, key, proof, None, self.posts.collector(ticket))
        self.posts.rates(desk, ticket)
        self.posts.leaves(day, self.store.now(), ticket)

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
