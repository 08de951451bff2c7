"""How the foyer's screen is drawn: one design for every size, to be read from eight metres."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.foyer.scene import HANDLED_ROWS, READY_ROWS

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QPaintEvent

    from hall_desk.ui.foyer.scene import Large, Row, Scene

# The design is 1366 by 768 units; a unit is as many dots as the screen allows.
WIDTH, HEIGHT = 1366.0, 768.0
MARGIN = 44.0
LEFT, RIGHT = MARGIN, WIDTH - MARGIN
GAP = 10.0
MIDDLE_GAP = 26.0
COLUMN = (RIGHT - LEFT - MIDDLE_GAP) / 2
LISTS_TOP, LISTS_BOTTOM = 352.0, 674.0

# Numbers are told apart at 1/230 of the distance: 35 mm from eight metres. A 32 inch screen of 1080 lines has
# 0.369 mm a dot, so a digit must be 95 dots high there, which is 67.5 units; a digit of Noto Sans is 0.733 of its size.
LARGE_NUMBER = 118
READY_NUMBER = 94

GROUND = "#0d2138"
ROW = "#16304f"
GREEN = "#1f8f5b"
SOFT = "#9fb4d4"
AWAY = "#a5261c"

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


class Picture(QWidget):
    """Shows a scene, as large as its place allows, in the design's proportions."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene: Scene | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_scene(self, scene: Scene) -> None:
        if scene != self.scene:
            self.scene = scene
            self.setAccessibleName(_in_words(scene))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(GROUND))
        if self.scene is None:
            return
        scale = min(self.width() / WIDTH, self.height() / HEIGHT)
        painter.translate((self.width() - WIDTH * scale) / 2, (self.height() - HEIGHT * scale) / 2)
        painter.scale(scale, scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _Drawing(painter).draw(self.scene)


def _in_words(scene: Scene) -> str:
    rows = [*scene.ready, *scene.handled]
    large = [scene.large.number, scene.large.first] if scene.large else []
    lines = (" ".join(filter(None, (row.number, row.middle, row.end))) for row in rows)
    return ", ".join([*large, *lines, *scene.notices])


def _font(size: float, bold: bool = False) -> QFont:
    font = theme.font(1, bold)
    font.setPixelSize(max(1, int(size)))
    return font


class _Drawing:
    def __init__(self, painter: QPainter) -> None:
        self._painter = painter

    def draw(self, scene: Scene) -> None:
        self._head(scene)
        self._large(scene.large)
        self._title(LEFT, _("To be fetched"), scene.ready_page)
        self._title(LEFT + COLUMN + MIDDLE_GAP, _("In hand"), scene.handled_page)
        for number, row in enumerate(scene.ready):
            self._ready(number, row)
        for number, row in enumerate(scene.handled):
            self._handled(number, row)
        self._foot(scene)

    # --- parts -----------------------------------------------------------------------------------

    def _head(self, scene: Scene) -> None:
        clock = QRectF(RIGHT - 160, 34, 160, 48)
        self._words(clock, scene.clock, 42, theme.WHITE, _RIGHT)
        service = _("Proxy service")
        beside = self._width(service, 34) + 36
        room = clock.left() - LEFT - beside
        used = self._words(QRectF(LEFT, 34, room, 48), scene.hall, 34, theme.WHITE, bold=True)
        self._words(QRectF(LEFT + used + 36, 34, beside, 48), service, 34, SOFT)

    def _large(self, large: Large | None) -> None:
        field = QRectF(LEFT, 106, RIGHT - LEFT, 172)
        if large is None:
            self._box(field, ROW, 14)
            words = _("Your number is called here when it is ready")
            self._words(field.adjusted(34, 0, -34, 0), words, 40, SOFT, _CENTRE)
            return
        self._box(field, GREEN, 14)
        if large.announced:
            # Seen from the corner of an eye: a new number has come.
            self._painter.setPen(QPen(QColor(theme.WHITE), 6))
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            self._painter.drawRoundedRect(field.adjusted(3, 3, -3, -3), 12, 12)
        inside = field.adjusted(34, 0, -34, 0)
        used = self._words(inside, large.number, LARGE_NUMBER, theme.WHITE, bold=True)
        right = inside.adjusted(used + 40, 0, 0, 0)
        first = QRectF(right.left(), field.top() + 24, right.width(), 62)
        self._words(first, large.first, 44, theme.WHITE, _RIGHT)
        self._post(QRectF(right.left(), field.top() + 93, right.width(), 58), large)

    def _post(self, area: QRectF, large: Large) -> None:
        """One line of which the middle is bold, at the right."""
        parts = [(large.before, False), (large.post, True), (large.after, False)]
        parts = [part for part in parts if part[0]]
        size = 36.0
        whole = sum(self._width(words, size, bold) for words, bold in parts) + 9 * (len(parts) - 1)
        if whole > area.width():
            size *= area.width() / whole
            whole = area.width()
        left = area.right() - whole
        for words, bold in parts:
            width = self._width(words, size, bold)
            place = QRectF(left, area.top(), width + 2, area.height())
            self._words(place, words, size, theme.WHITE, bold=bold)
            left += width + 9

    def _title(self, left: float, words: str, page: tuple[int, int]) -> None:
        area = QRectF(left, 304, COLUMN, 38)
        self._words(area, words, 28, SOFT)
        if page[1] > 1:
            self._words(area, f"{page[0]} / {page[1]}", 28, SOFT, _RIGHT)

    def _ready(self, number: int, row: Row) -> None:
        area = _row(LEFT, number, READY_ROWS)
        self._box(area, ROW, 10)
        inside = area.adjusted(20, 0, -22, 0)
        used = self._words(inside, row.number, READY_NUMBER, theme.WHITE, bold=True)
        self._words(inside.adjusted(used + 24, 0, 0, 0), row.end, 44, theme.WHITE, _RIGHT)

    def _handled(self, number: int, row: Row) -> None:
        area = _row(LEFT + COLUMN + MIDDLE_GAP, number, HANDLED_ROWS)
        self._box(area, ROW, 10)
        inside = area.adjusted(18, 0, -18, 0)
        self._words(inside, row.number, 42, theme.WHITE, bold=True)
        end = min(self._width(row.end, 36), 210)
        self._words(
            QRectF(inside.right() - end - 2, inside.top(), end + 2, inside.height()),
            row.end,
            36,
            SOFT,
            _RIGHT,
        )
        middle = inside.adjusted(150, 0, -end - 24, 0)
        wide = self._width(row.middle, 38)
        if row.more:
            wide += 14 + self._width(row.more, 30)
        scale = min(1.0, middle.width() / wide) if wide else 1.0
        used = self._words(middle, row.middle, 38 * scale, theme.WHITE)
        beside = middle.adjusted(used + 14 * scale, 2, 0, 2)
        self._words(beside, row.more, 30 * scale, SOFT)

    def _foot(self, scene: Scene) -> None:
        area = QRectF(LEFT, 700, RIGHT - LEFT, 50)
        if scene.away:
            self._box(area, AWAY, 10)
            self._words(area.adjusted(20, 0, -20, 0), scene.away, 28, theme.WHITE)
        elif scene.hint:
            self._words(area, scene.hint, 28, theme.WHITE)
        elif scene.notices:
            together = "　·　".join(scene.notices)
            if self._width(together, 28) > area.width():
                together = scene.notices[scene.turn % len(scene.notices)]
            self._words(area, together, 28, SOFT)

    # --- strokes ---------------------------------------------------------------------------------

    def _box(self, area: QRectF, colour: str, radius: float) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(colour))
        self._painter.drawRoundedRect(area, radius, radius)

    def _width(self, words: str, size: float, bold: bool = False) -> float:
        return QFontMetricsF(_font(size, bold)).horizontalAdvance(words)

    def _words(
        self,
        area: QRectF,
        words: str,
        size: float,
        colour: str,
        align: Qt.AlignmentFlag = _LEFT,
        bold: bool = False,
    ) -> float:
        """Draws words in one line, smaller where they would not fit; gives their width."""
        width = self._width(words, size, bold)
        if width > area.width() > 0:
            size *= area.width() / width
            width = self._width(words, size, bold)
        font = _font(size, bold)
        metrics = QFontMetricsF(font)
        left = area.left()
        if align & Qt.AlignmentFlag.AlignRight:
            left = area.right() - width
        elif align & Qt.AlignmentFlag.AlignHCenter:
            left = area.center().x() - width / 2
        # Capitals and digits stand in the middle, whatever room the font leaves above and below.
        base = area.center().y() + metrics.capHeight() / 2
        self._painter.setFont(font)
        self._painter.setPen(QColor(colour))
        self._painter.drawText(QPointF(left, base), words)
        return width


def _row(left: float, number: int, rows: int) -> QRectF:
    height = (LISTS_BOTTOM - LISTS_TOP - GAP * (rows - 1)) / rows
    return QRectF(left, LISTS_TOP + number * (height + GAP), COLUMN, height)
