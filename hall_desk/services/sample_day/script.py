"""Who works in the sample hall, what its Friday and its Monday morning bring, and when."""

from __future__ import annotations

from datetime import date, time

from hall_desk.services import halls

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

# --- the other posts -----------------------------------------------------------------------------

# Who is at the door while the screener eats, and which second manager deals with incidents.
RELIEF, SECOND_MANAGER = "孙丽", "韩梅"
CAPACITY = 40
# Consultations that end on the spot, with a promised call, or with a notice; slips and tickets have theirs as well.
SETTLED_BY_HOUR = {9: 4, 10: 5, 11: 5, 12: 2, 13: 1, 14: 4, 15: 3, 16: 3}
NOTICES_BY_HOUR = {9: 1, 11: 1, 14: 1, 15: 2, 16: 1}
QUESTIONS = (
    "医保卡领取要带什么材料",
    "变更定点医院几时生效",
    "居住证到期怎么签注",
    "失业登记可不可以电话办理",
    "老年优待卡几天能拿到",
    "窗口现在几点下班",
)
# The window that changes designated hospitals takes over twenty business calls a day (the paper's figure).
PHONE_CASES = {"1": 3, "2": 4, "3": 22, "4": 6, "5": 9, "6": 5}
# Callbacks of the day: when promised, and what came of each call; `came_in` is withdrawn, "" waits for Monday.
CALLBACKS = (
    (time(9, 41), ("reached",)),
    (time(10, 12), ("reached",)),
    (time(10, 35), ("no_answer", "reached")),
    (time(11, 8), ("reached",)),
    (time(11, 44), ("reached",)),
    (time(12, 15), ("reached",)),
    (time(13, 22), ("no_answer", "no_answer", "no_answer")),
    (time(14, 3), ("reached",)),
    (time(14, 20), ("reached",)),
    (time(14, 48), ("needs_visit",)),
    (time(15, 2), ("reached",)),
    (time(15, 17), ("reached",)),
    (time(15, 35), ("came_in",)),
    (time(16, 5), ("reached",)),
    (time(16, 20), ()),
)
AREAS = (
    (time(8, 30), "大厅", "84 消毒液擦拭"),
    (time(8, 36), "窗口区", "84 消毒液擦拭"),
    (time(8, 42), "帮办代办岗", "酒精擦拭"),
    (time(12, 30), "大厅", "84 消毒液擦拭"),
    (time(12, 36), "窗口区", "84 消毒液擦拭"),
    (time(16, 40), "大厅", "84 消毒液擦拭"),
)
# What residents pressed after their papers were handed back, in turn; None did not press anything.
GRADES = (
    5, None, 5, 4, 5, None, 5, 5, None, 3, 5, None, 4, 5, None, 5, 5, None, 4, 5, None, 5, None, 5, 5,
    None, 5, 4, 5, None, 5, 5, None,
)  # fmt: skip
FOYER_NOTICE = "进厅请测温登记、佩戴口罩，保持一米间隔；能电话办理的事项请先取电话小贴士。"
