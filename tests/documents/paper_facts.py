"""Facts for papers as a hall would have them: an ordinary day, an empty one, and a huge one."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from hall_desk.services.custody import PaperLine
from hall_desk.services.figures import (
    AreaLine,
    AttendanceFigures,
    Attention,
    Bin,
    CallbackFigures,
    CarriedLine,
    ClerkLine,
    CloseFigures,
    ConsultationFigures,
    Count,
    CustodyFigures,
    DayFigures,
    DisinfectionFigures,
    HighReading,
    HourCount,
    HourLine,
    IncidentFigures,
    IncidentLine,
    LateFigures,
    LowRating,
    MatterCount,
    MatterFigures,
    MatterLine,
    NumberFigures,
    NumberLine,
    PaperOutLine,
    PeopleFigures,
    PhoneCaseFigures,
    PhoneWindow,
    PostFigures,
    PostLine,
    RatingFigures,
    ScreeningFigures,
    SlipFigures,
    StepLine,
    TicketFigures,
    Totals,
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
    code="HD1*A018*20200221*9F3C21A0*K7QMJ",
    reference="HD1*A018*20200221*K7QMU",
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


def at(hour: int, minute: int) -> datetime:
    return datetime(2020, 2, 21, hour, minute, tzinfo=BEIJING)


def by_code(**counts: int) -> tuple[Count, ...]:
    return tuple(Count(code, count) for code, count in counts.items())


def grades(*counts: int) -> tuple[Count, ...]:
    return tuple(Count(str(5 - place), count) for place, count in enumerate(counts))


MOST_ASKED = (
    MatterCount("YB02", "变更医疗定点医院", 21),
    MatterCount("YB01", "领取医保卡", 17),
    MatterCount("HJ01", "居住证签注", 12),
    MatterCount("ZF01", "公租房补贴申领", 9),
)

DAY = DayFigures(
    hall="太平桥街道政务服务大厅",
    day=date(2020, 2, 21),
    weekday=4,
    hours="9:00-17:00",
    epidemic=True,
    opened_day=date(2020, 2, 3),
    as_of=datetime(2020, 2, 21, 17, 12, tzinfo=BEIJING),
    made_by="李",
    practice=False,
    totals=Totals(
        working_days=1,
        checked=192,
        fevers=1,
        consultations=128,
        slips=49,
        notices=6,
        opened=31,
        finished=28,
        withdrawn=0,
        terminated=1,
        measured=28,
        within_promise=22,
        median_seconds=161.0,
        p90_seconds=310.0,
        callbacks_promised=15,
        callbacks_settled=13,
        phone_cases=49,
        phone_minutes=163,
        incidents=2,
        rated=21,
        satisfied=20,
    ),
    screening=ScreeningFigures(
        total=192,
        residents=151,
        staff=32,
        others=9,
        held=2,
        fevers=1,
        cleared_on_recheck=1,
        went_away=0,
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
        corrected=0,
        given_to_others=0,
        distribution=tuple(
            Bin(label, count)
            for label, count in zip(
                ("0-1", "1-2", "2-3", "3-4", "4-5", "5-8", "8+"),
                (3, 9, 10, 4, 1, 1, 0),
                strict=True,
            )
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
    people=PeopleFigures(
        came=159,
        left_by_key=151,
        left_at_close=8,
        refused=1,
        peak=19,
        peak_at=at(11, 20),
        capacity=30,
        most_by_hour=tuple(
            HourCount(hour, count)
            for hour, count in zip(range(9, 17), (6, 15, 19, 17, 7, 11, 13, 9), strict=True)
        ),
    ),
    consultations=ConsultationFigures(
        total=128,
        by_outcome=by_code(settled=27, slip=49, callback=15, ticket=31, online=0, notice=6),
        by_channel=by_code(in_person=119, phone=9),
        by_hour=tuple(
            HourCount(hour, count)
            for hour, count in zip(range(9, 17), (13, 22, 24, 18, 6, 16, 19, 10), strict=True)
        ),
        top_matters=MOST_ASKED,
        about_nothing_listed=4,
        withdrawn=2,
        notices_given=6,
        notices_reopened=2,
    ),
    slips=SlipFigures(total=49, top_matters=MOST_ASKED, of_window_only=5),
    windows=(
        WindowFigures("1", "综合受理", 4, 4, 132, 4, 4, 3, 2, 2, 5),
        WindowFigures("2", "居住与户籍", 5, 4, 185, 3, 4, 4, 1, 1, 7),
        WindowFigures("3", "医疗保险", 11, 11, 140, 10, 11, 22, 4, 5, 19),
        WindowFigures("4", "养老助残", 4, 4, 171, 3, 4, 6, 2, 2, 8),
        WindowFigures("5", "就业与失业", 5, 4, 198, 2, 4, 9, 3, 3, 6),
        WindowFigures("6", "住房保障", 2, 1, None, 0, 1, 5, 1, 2, 4),
    ),
    by_hour=tuple(
        HourLine(hour, checked, asked, opened)
        for hour, checked, asked, opened in (
            (9, 18, 13, 3),
            (10, 31, 22, 5),
            (11, 38, 24, 7),
            (12, 34, 18, 5),
            (13, 9, 6, 2),
            (14, 22, 16, 4),
            (15, 27, 19, 3),
            (16, 13, 10, 2),
        )
    ),
    by_matter=(
        MatterLine("YB01", "领取医保卡", 17, 9, 1, 7, 7, 6, 128.0, 12),
        MatterLine("HJ01", "居住证签注", 12, 7, 2, 5, 4, 3, 185.0, 4),
        MatterLine("YB02", "变更医疗定点医院", 21, 10, 0, 4, 4, 4, 166.0, 10),
    ),
    by_clerk=(
        ClerkLine("张敏", "window_clerk", 0, 0, 0, 0, 11, 96.0, 0, 22),
        ClerkLine("陈晓", "front_desk", 192, 128, 49, 31, 0, None, 28, 0),
    ),
    callbacks=CallbackFigures(
        promised=15,
        calls=19,
        no_answer=6,
        settled=13,
        by_result=by_code(reached=11, needs_visit=1, wrong_number=0, withdrawn=1),
        open_at_end=2,
        side=1,
        overdue=1,
    ),
    phone_cases=PhoneCaseFigures(
        total=49,
        minutes=163,
        by_outcome=by_code(settled=31, answered=12, needs_visit=4, passed_on=2),
        by_window=(PhoneWindow("3", "医疗保险", 22, 71),),
        top_matters=MOST_ASKED[:2],
        about_nothing_listed=7,
        withdrawn=1,
    ),
    numbers=NumberFigures(2, (NumberLine("6", "住房保障", at(14, 20)),)),
    incidents=IncidentFigures(
        opened=2,
        closed=2,
        open_at_end=0,
        late=1,
        lines=(
            IncidentLine(
                "fever",
                "大厅入口",
                "",
                at(10, 7),
                at(10, 17),
                at(10, 8),
                at(10, 25),
                True,
                (
                    StepLine(at(10, 7), "opened", "王静"),
                    StepLine(at(10, 8), "on_my_way", "李建国"),
                    StepLine(at(10, 12), "step", "王静"),
                    StepLine(at(10, 25), "closed", "李建国"),
                ),
            ),
            IncidentLine(
                "refuses_rules",
                "大厅入口",
                "",
                at(14, 40),
                at(14, 55),
                at(14, 46),
                at(14, 54),
                False,
                (
                    StepLine(at(14, 40), "opened", "王静"),
                    StepLine(at(14, 46), "on_my_way", "李建国"),
                    StepLine(at(14, 54), "closed", "李建国"),
                ),
            ),
        ),
    ),
    attendance=AttendanceFigures(
        asked=2,
        present=18,
        readings=34,
        not_checked=("梁爽",),
        too_few=1,
        highest_tenths=374,
        high=(HighReading(at(13, 2), "高**", 374),),
        unwell=1,
        without_mask=0,
        not_out=1,
    ),
    posts=PostFigures(
        turns=4,
        handed_over=1,
        lines=(
            PostLine("screening", "", "王静", at(8, 40), at(12, 0), "孙丽"),
            PostLine("screening", "", "孙丽", at(12, 0), at(17, 5), ""),
            PostLine("proxy", "", "陈晓东", at(8, 40), at(17, 5), ""),
            PostLine("window", "3", "张颖", at(8, 50), None, ""),
        ),
    ),
    disinfection=DisinfectionFigures(
        rounds=5,
        areas=(
            AreaLine("大厅", (at(8, 30), at(12, 30), at(16, 30)), ("孙丽",)),
            AreaLine("窗口区", (at(8, 40), at(12, 40)), ("孙丽", "王静")),
        ),
    ),
    ratings=RatingFigures(
        total=17,
        satisfied=16,
        by_grade=grades(12, 3, 1, 0, 1),
        low=(
            LowRating(at(10, 44), 1, ("slow",), "A021", "2", at(10, 44) + timedelta(days=5), None),
        ),
        waiting=1,
        late=0,
    ),
    close=CloseFigures(
        at(17, 10),
        "李建国",
        (
            CarriedLine("ticket", "B006", "等待补材料"),
            CarriedLine("paper", "B006", "窗口继续办理需要"),
            CarriedLine("callback", "6", "无人接听，明日再拨"),
        ),
    ),
    late=LateFigures(2, by_code(phone_case=2), at(17, 12)),
    purged=by_code(screening=12, callback=3),
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
                "reason": "",
                "since": "",
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
    totals=Totals(*[0] * 12, None, None, *[0] * 7),
    by_hour=(),
    by_matter=(),
    by_clerk=(),
    screening=ScreeningFigures(0, 0, 0, 0, 0, 0, 0, 0, 0, None, ()),
    people=PeopleFigures(0, 0, 0, 0, 0, None, 0, ()),
    consultations=ConsultationFigures(0, (), (), (), (), 0, 0, 0, 0),
    slips=SlipFigures(0, (), 0),
    tickets=TicketFigures(0, 0, 0, 0, 0, 0, None, None, 0, 0, None, 236, 0, 0, (), ()),
    windows=(),
    custody=CustodyFigures(0, 0, 0, 0, 0, ()),
    callbacks=CallbackFigures(0, 0, 0, 0, (), 0, 0, 0),
    phone_cases=PhoneCaseFigures(0, 0, (), (), (), 0, 0),
    numbers=NumberFigures(0, ()),
    incidents=IncidentFigures(0, 0, 0, 0, ()),
    attendance=AttendanceFigures(2, 0, 0, (), 0, None, (), 0, 0, 0),
    posts=PostFigures(0, 0, ()),
    disinfection=DisinfectionFigures(0, ()),
    ratings=RatingFigures(0, 0, grades(0, 0, 0, 0, 0), (), 0, 0),
    close=CloseFigures(None, "", ()),
    late=LateFigures(0, (), None),
    purged=(),
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
        by_matter=tuple(
            MatterFigures(f"SX{n:03}", f"{n}、{LONG_MATTER}"[:40], str(n % 30 + 1), n, n, n * 17.0)
            for n in range(1, 61)
        ),
    ),
    windows=tuple(
        WindowFigures(
            str(n),
            f"综合受理第{n}组（含社会保险与住房公积金业务）",
            n,
            n,
            n * 31.0,
            n,
            n,
            n,
            n,
            n,
            n,
        )
        for n in range(1, 31)
    ),
    consultations=replace(
        DAY.consultations,
        total=9_876,
        top_matters=tuple(MatterCount(f"SX{n:03}", LONG_MATTER, 1_000 - n) for n in range(1, 9)),
    ),
    incidents=replace(
        DAY.incidents,
        opened=30,
        lines=tuple(
            replace(
                DAY.incidents.lines[0],
                place="二层东侧自助服务区三号自助终端机前（靠近消防通道）",
                closed_at=None if n % 2 else at(10, 25),
                steps=DAY.incidents.lines[0].steps * 4,
            )
            for n in range(30)
        ),
    ),
    posts=replace(
        DAY.posts,
        turns=30,
        lines=tuple(
            PostLine("window", str(n), "欧阳娜娜", at(8, 50), at(17, 0), "张颖")
            for n in range(1, 31)
        ),
    ),
    ratings=replace(
        DAY.ratings,
        low=tuple(
            replace(DAY.ratings.low[0], reasons=("slow", "manner", "unclear", "errands", "mistake"))
            for _ in range(20)
        ),
    ),
    close=replace(
        DAY.close,
        carried=tuple(
            CarriedLine("ticket", f"B{n:03}", f"等待补材料，{LONG_MATTER}") for n in range(1, 41)
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
