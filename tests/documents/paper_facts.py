"""Facts for papers as a hall would have them: an ordinary day, an empty one, and a huge one."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from hall_desk.services.custody import PaperLine
from hall_desk.services.figures import (
    Attention,
    Bin,
    CustodyFigures,
    DayFigures,
    HourCount,
    MatterFigures,
    PaperOutLine,
    ScreeningFigures,
    TicketFigures,
    WindowFigures,
)
from hall_desk.services.matters import MaterialLine, WindowLine
from hall_desk.services.slips import SlipFacts
from hall_desk.services.tickets import ReceiptFacts

BEIJING = timezone(timedelta(hours=8))
MORNING = datetime(2020, 2, 21, 10, 3, tzinfo=BEIJING)
ID = uuid.UUID(int=1)


WINDOW = WindowLine(
    id=ID,
    number="3",
    name="医疗保险",
    phone="010-5555 0103",
    extension="",
    hours="工作日 9:00–12:00　13:30–17:00",
)


def material(name: str, **changes: Any) -> MaterialLine:
    return replace(
        MaterialLine(name=name, original=True, count=1, required=True, note=""), **changes
    )


SLIP = SlipFacts(
    hall="太平桥政务服务大厅",
    matter="变更医疗定点医院",
    window=WINDOW,
    materials=(material("身份证"), material("社保卡")),
    online_address="",
    printed_at=MORNING,
    letter="A",
    directory_version=7,
)


def paper(name: str, **changes: Any) -> PaperLine:
    line = PaperLine(
        id=ID,
        name=name,
        original=True,
        count=1,
        new=False,
        holder="desk",
        holder_window="",
        holder_staff="陈",
        held_since=MORNING,
        difference="",
    )
    return replace(line, **changes)


RECEIPT = ReceiptFacts(
    hall="太平桥政务服务大厅",
    number="A018",
    matter="领取医保卡",
    window=WINDOW,
    papers=(paper("身份证"), paper("领卡证明")),
    pickup_code="4072",
    code="HD1*A018*20200221*7K",
    expected_minutes=4,
    printed_at=MORNING,
    clerk="陈",
    resident="孙**",
    priority="",
    remark="",
    consent=True,
)

# The longest a hall may type: 40 characters of a matter, eight papers, a name of eight characters.
LONG_MATTER = "城乡居民基本养老保险与城镇职工基本养老保险制度衔接转移接续（含异地参保人员）申请"
assert len(LONG_MATTER) == 40
LONG_HALL = "北京市西城区金融街街道太平桥社区联合政务服务大厅（便民服务中心）"
LONG_WINDOW = replace(
    WINDOW,
    number="12",
    name="城乡居民医疗保险与异地就医结算综合受理",
    phone="010-5555 0103",
    extension="80106",
    hours="工作日 9:00–12:00　13:30–17:00，周六 9:00–12:00（法定节假日除外）",
)
EIGHT_MATERIALS = (
    material("居民身份证"),
    material("户口簿首页及本人页", original=False, count=2),
    material("北京市基本医疗保险参保人员变更定点医疗机构申请表", note="可在窗口填写"),
    material("社会保障卡"),
    material("异地居住证明或暂住证", required=False),
    material("近期一寸免冠照片", count=2),
    material("委托书", required=False, note="他人代办时需要，并带受托人身份证原件"),
    material("单位出具的在职证明", original=False, count=1),
)
LONG_SLIP = replace(
    SLIP,
    hall=LONG_HALL,
    matter=LONG_MATTER,
    window=LONG_WINDOW,
    materials=EIGHT_MATERIALS,
    online_address="https://banshi.example.gov.cn/pubtask/task/1/110102000000/6f0c1e52-8a6d.html?locationCode=110102",
)
LONG_RECEIPT = replace(
    RECEIPT,
    hall=LONG_HALL,
    matter=LONG_MATTER,
    window=LONG_WINDOW,
    papers=tuple(
        paper(m.name, original=m.original, count=m.count, difference=d)
        for m, d in zip(
            EIGHT_MATERIALS, ("", "missing", "", "", "只有复印件", "", "", ""), strict=True
        )
    ),
    expected_minutes=125,
    resident="欧阳******",
    priority="70+",
    remark="老人听力不好，请窗口回电时说慢一点；女儿的电话也可以打。办好后请先通知前台。",
    clerk="欧阳娜娜",
)

DAY = DayFigures(
    hall="太平桥街道政务服务大厅",
    day=date(2020, 2, 21),
    weekday=4,
    hours="9:00-17:00",
    opened_day=date(2020, 2, 3),
    as_of=datetime(2020, 2, 21, 17, 12, tzinfo=BEIJING),
    made_by="李",
    practice=False,
    screening=ScreeningFigures(
        total=192,
        residents=151,
        staff=32,
        others=9,
        held=2,
        fevers=1,
        cleared_on_recheck=1,
        withdrawn=0,
        highest_tenths=376,
        by_hour=tuple(
            HourCount(hour, count)
            for hour, count in zip(range(9, 17), (18, 31, 38, 34, 9, 22, 27, 13), strict=True)
        ),
    ),
    tickets=TicketFigures(
        opened=31,
        finished=28,
        suspended=2,
        withdrawn=0,
        terminated=1,
        open_at_end=2,
        median_seconds=161.0,
        p90_seconds=310.0,
        within_promise=22,
        measured=28,
        previous_day_share=0.71,
        cumulative=267,
        distribution=tuple(
            Bin(label, count)
            for label, count in zip(
                ("0-1", "1-2", "2-3", "3-4", "4-5", "5-8", "8+"),
                (3, 9, 10, 4, 1, 1, 0),
                strict=True,
            )
        ),
        by_window=(
            WindowFigures("1", "综合受理", 4, 4, 132, 4, 4, 5),
            WindowFigures("2", "居住与户籍", 5, 4, 185, 3, 4, 7),
            WindowFigures("3", "医疗保险", 11, 11, 140, 10, 11, 19),
            WindowFigures("4", "养老助残", 4, 4, 171, 3, 4, 8),
            WindowFigures("5", "就业与失业", 5, 4, 198, 2, 4, 6),
            WindowFigures("6", "住房保障", 2, 1, None, 0, 1, 4),
        ),
        by_matter=(
            MatterFigures("YB01", "领取医保卡", "3", 7, 7, 128),
            MatterFigures("YB02", "变更医疗定点医院", "3", 4, 4, 166),
            MatterFigures("HJ01", "居住证签注", "2", 5, 4, 185),
            MatterFigures("ZF01", "公租房补贴申领", "6", 2, 1, None),
        ),
    ),
    custody=CustodyFigures(
        received=74,
        handed_back=69,
        kept_copies=4,
        new_papers=9,
        originals_out=1,
        out=(
            PaperOutLine(
                "B006",
                "陈**",
                "身份证",
                True,
                1,
                "window",
                "6",
                "周",
                datetime(2020, 2, 21, 15, 2, tzinfo=BEIJING),
            ),
        ),
    ),
    slips=49,
    attention=(
        Attention("fever", {"at": "10:07"}),
        Attention(
            "originals_out",
            {
                "number": "B006",
                "papers": ["身份证"],
                "holder": "window",
                "window": "6",
                "staff": "周",
            },
        ),
        Attention("over_promise", {"number": "A021", "minutes": 12, "promised": 3}),
        Attention("busy_hour", {"hour": 10, "opened": 17, "median_wait_seconds": 65.0}),
        Attention("still_open", {"number": "B006", "state": "suspended"}),
    ),
    digest="7f3a91c20b4ed85a" + "0123456789abcdef" * 3,
    previous_digest="c19e44d07a2103bf" + "fedcba9876543210" * 3,
    entries=731,
)

EMPTY_DAY = replace(
    DAY,
    as_of=None,
    screening=ScreeningFigures(0, 0, 0, 0, 0, 0, 0, 0, None, ()),
    tickets=TicketFigures(0, 0, 0, 0, 0, 0, None, None, 0, 0, None, 236, (), (), ()),
    custody=CustodyFigures(0, 0, 0, 0, 0, ()),
    slips=0,
    attention=(),
    digest="",
    entries=0,
)

HUGE_DAY = replace(
    DAY,
    hall=LONG_HALL,
    screening=replace(
        DAY.screening,
        total=12_345,
        residents=11_000,
        staff=1_300,
        others=45,
        by_hour=tuple(HourCount(hour, 1_000 + hour) for hour in range(7, 22)),
    ),
    tickets=replace(
        DAY.tickets,
        opened=500,
        finished=470,
        suspended=17,
        terminated=13,
        cumulative=1_234_567,
        p90_seconds=7_384.0,
        by_window=tuple(
            WindowFigures(
                str(n), f"综合受理第{n}组（含社会保险与住房公积金业务）", n, n, n * 31.0, n, n, n
            )
            for n in range(1, 31)
        ),
        by_matter=tuple(
            MatterFigures(f"SX{n:03}", f"{n}、{LONG_MATTER}"[:40], str(n % 30 + 1), n, n, n * 17.0)
            for n in range(1, 61)
        ),
    ),
    custody=replace(
        DAY.custody,
        originals_out=40,
        out=tuple(
            replace(
                DAY.custody.out[0],
                number=f"B{n:03}",
                paper="北京市基本医疗保险参保人员变更定点医疗机构申请表"
                if n % 7 == 0
                else "身份证",
                original=n % 5 != 0,
            )
            for n in range(1, 41)
        ),
    ),
    attention=tuple(
        Attention("over_promise", {"number": f"A{n:03}", "minutes": n, "promised": 3})
        for n in range(4, 40)
    ),
)
