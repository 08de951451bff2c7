"""Every code on paper does what it says: a slip dials its window, a receipt opens its ticket."""

from __future__ import annotations

import pypdfium2
import pytest
import zxingcpp

from hall_desk.documents.bag_label import bag_label
from hall_desk.documents.missing_notice import missing_notice
from hall_desk.documents.receipt import receipt, routing_slip
from hall_desk.documents.slip import phone_slip
from hall_desk.services import (
    accounts,
    finding,
    matters,
    missing_notices,
    sample_day,
    slips,
    tickets,
)
from hall_desk.services.accounts import Actor
from hall_desk.services.finding import NoticeHit
from hall_desk.store.database import Store

DOTS_PER_POINT = 203.2 / 72  # a slip printer's eight dots a millimetre


@pytest.fixture
def boss(sample_hall: Store) -> Actor:
    return accounts.sign_in(sample_hall, sample_day.PEOPLE["manager"], sample_day.PIN)


def codes(pdf: bytes) -> list[str]:
    """The texts of all QR codes on a paper, as a slip printer would print it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            code.text
            for page in document
            for code in zxingcpp.read_barcodes(
                page.render(scale=DOTS_PER_POINT, grayscale=True).to_pil()
            )
        ]
    finally:
        document.close()


@pytest.mark.parametrize("roll", ["58", "80"])
def test_every_slip_dials_its_window(boss: Actor, roll: str) -> None:
    windows = matters.windows(boss)
    assert len(windows) == 12
    for window in windows:
        dialled = codes(phone_slip(slips.preview(boss, window.id), roll))
        digits = window.phone.replace("-", "")
        assert dialled == [
            f"tel:{digits},{window.extension}" if window.extension else f"tel:{digits}"
        ]


@pytest.mark.parametrize("roll", ["58", "80"])
def test_every_receipt_opens_its_ticket(boss: Actor, roll: str) -> None:
    board = tickets.board(boss)
    for card in (*board.queued, *board.handling, *board.suspended, *board.ready):
        facts = tickets.receipt_facts(boss, card.id)
        [scanned] = codes(receipt(facts, roll))
        assert tickets.by_code(boss, scanned) == (card, True)
        # Whoever finds the routing slip or the bag must not be able to fetch the papers with it.
        for paper in (routing_slip, bag_label):
            assert codes(paper(facts, roll)) == [facts.reference]
            assert tickets.by_code(boss, facts.reference) == (card, False)


@pytest.mark.parametrize("roll", ["58", "80"])
@pytest.mark.parametrize("large", [False, True])
def test_every_notice_opens_itself(boss: Actor, roll: str, large: bool) -> None:
    for given in missing_notices.today(boss):
        facts = missing_notices.facts(boss, given.id)
        [scanned] = codes(missing_notice(facts, roll, large))
        (hit,) = finding.scanned(boss, scanned).hits
        assert isinstance(hit, NoticeHit)
        assert hit.notice.id == given.id
