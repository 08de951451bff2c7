"""People and words for a drill: invented names and telephone numbers, and stock phrases for what people said.

Equal values of the real day become equal invented ones, so that a check still belongs to its ticket. Which one they
become is drawn by lot when the day is recorded; the lots are kept nowhere, so nothing leads back.
"""

from __future__ import annotations

import random
from collections.abc import Collection

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹喻柏水窦章云苏潘葛范彭郎鲁韦马苗方"
GIVEN = "明华文建志国春秋海山林江晨宁安平雪松梅兰竹菊雨云星月辉峰岚清泉石青禾川原岩波帆航歌思远怡然"
# Nobody has such a number (`privacy.doubtful_phone`): whoever dials it in a drill reaches nobody.
PREFIX = "154"
STEMS = "甲乙丙丁戊己庚辛壬癸"

# What stands for free text, by what it was written for. Chinese, as what clerks type in a hall.
PHRASES = {
    "reason": "来厅办事",
    "question": "一般咨询",
    "note": "演练备注",
    "remark": "演练附言",
    "missing": "补一份材料",
    "difference": "与清单不符",
    "release": "退回排队",
    "transfer": "请接着办理",
    "result": "已经办理完毕",
    "withdrawn": "本人改日再来",
    "terminated": "不属本厅受理",
    "collector": "代领人",
    "collector_reason": "本人不便前来",
    "comment": "演练评价",
    "follow_up": "已回访了解",
    "step": "已到场处理",
    "incident_result": "已处理完毕",
    "place": "大厅",
    "people": "来厅人员",
    "what": "演练情况",
    "carried": "转下一工作日",
    "notice": "演练中，请勿当真",
    "round": "84 消毒液",
}
_ROLES = {
    "front_desk": "帮办",
    "window_clerk": "号窗",
    "manager": "主任",
    "working_group": "工作组",
    "foyer": "门厅屏",
}
# Characters of an invented name: a surname and two more.
LONGEST = 3


class Invented:
    """The invented people of one drill. `avoid` are the real values of the day: none of them is invented again."""

    def __init__(self, avoid: Collection[str] = ()) -> None:
        self._chance = random.SystemRandom()
        self._used = set(avoid)
        self._short = [real for real in self._used if 1 < len(real) <= LONGEST]
        self._names: dict[str, str] = {}
        self._phones: dict[str, str] = {}

    def name(self, real: str) -> str:
        """The invented name for a real one; nothing for nothing."""
        if real and real not in self._names:
            self._names[real] = self._fresh(self._a_name)
        return self._names[real] if real else ""

    def phone(self, real: str) -> str:
        """The invented number for a real one; nothing for nothing."""
        if real and real not in self._phones:
            self._phones[real] = self._fresh(self._a_number)
        return self._phones[real] if real else ""

    def _fresh(self, make: object) -> str:
        while True:
            made = make()  # type: ignore[operator]
            # Nor may a longer name hold a real shorter one.
            if made not in self._used and not any(real in made for real in self._short):
                self._used.add(made)
                return str(made)

    def _a_name(self) -> str:
        given = "".join(
            self._chance.choice(GIVEN) for _ in range(self._chance.choice((1, 2, 2, 2)))
        )
        return self._chance.choice(SURNAMES) + given

    def _a_number(self) -> str:
        return f"{PREFIX}{self._chance.randrange(10**8):08d}"


def role_name(role: str, window: str, number: int) -> str:
    """What somebody of the staff is called: `主任甲`, `3号窗乙`; `number` counts from 0 within role and window."""
    stem = STEMS[number] if number < len(STEMS) else str(number + 1)
    return f"{window}{_ROLES[role]}{stem}"


def phrase(kind: str, real: str) -> str:
    """The stock phrase for free text of a kind; nothing where nothing was written."""
    return PHRASES[kind] if real else ""
