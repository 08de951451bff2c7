"""Visits by the day, as a hall lives them: what the tests of second trips are built from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from hall_desk.services import consultations, missing_notices, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.consultations import NewConsultation
from hall_desk.services.missing_notices import NewNotice, NoticeItem
from hall_desk.services.tickets import NewPaper, NewTicket, TicketView
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING

SUN, SUNS_PHONE = "孙桂兰", "13800004127"
ZHAO, ZHAOS_PHONE = "赵永福", "13900008888"
SUNS_ID = "11010519491231002X"


@dataclass
class Days:
    """A desk and a window that are visited on day 0, 1, 2 …; `hour` counts from 10:03."""

    store: Store
    desk: Actor
    clerk: Actor
    matters: dict[str, Any]

    def at(self, day: float, hour: float = 0) -> None:
        self.store.freeze(MORNING + timedelta(days=day, hours=hour))

    def notice(
        self, day: float, *papers: str, name: str = SUN, phone: str = SUNS_PHONE, hour: float = 0,
        matter: str = "medical", original: bool = True,
    ) -> UUID:  # fmt: skip
        self.at(day, hour)
        items = tuple(NoticeItem(paper, original) for paper in papers)
        new = NewNotice(new_id(), self.matters[matter], items, name=name, phone=phone)
        missing_notices.give(self.desk, new)
        return new.id

    def scan(self, day: float, notice: UUID) -> None:
        self.at(day)
        missing_notices.reopen(self.desk, notice)

    def ticket(
        self, day: float, *, name: str = SUN, phone: str = SUNS_PHONE, id_number: str = "",
        matter: str = "medical", hour: float = 0,
    ) -> TicketView:  # fmt: skip
        self.at(day, hour)
        papers = (NewPaper("身份证"), NewPaper("户口本复印件", original=False))
        new = NewTicket(
            new_id(), self.matters[matter], name, phone, id_number=id_number, papers=papers, consent=True,
            second_allowed=True,
        )  # fmt: skip
        return tickets.open(self.desk, new)

    def handled(self, ticket: TicketView) -> TicketView:
        tickets.claim(self.clerk, ticket.card.id)
        return tickets.received(self.clerk, ticket.card.id)

    def suspended(self, ticket: TicketView, words: str) -> None:
        self.handled(ticket)
        tickets.suspend(self.clerk, ticket.card.id, words, None)

    def asked(
        self, day: float, outcome: str, *, channel: str = "in_person", hour: float = 0,
        name: str = SUN, phone: str = SUNS_PHONE,
    ) -> None:  # fmt: skip
        self.at(day, hour)
        new = NewConsultation(
            new_id(), outcome, channel, self.matters["medical"], name=name, phone=phone
        )
        consultations.record(self.desk, new)
