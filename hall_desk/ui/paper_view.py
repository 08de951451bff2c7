"""Shows a PDF as it will be printed: its real pages, at true proportion, as wide as there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from hall_desk.devices import printing
from hall_desk.documents.page import missing_glyphs, named
from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from hall_desk.ui.background import Background

_SETTLE_MS = 120
_EDGE = 14
_INCH_MM = 25.4
_MEASURE_DPI = 8


def render(pdf: bytes, width_px: int) -> list[QImage]:
    """The pages as pictures of that width. PDFium is not safe in two threads: the devices lane only."""
    (first,) = printing.render_pages(pdf, _MEASURE_DPI, most=1)
    dpi = width_px / (first.width_mm / _INCH_MM)
    return [page.image for page in printing.render_pages(pdf, dpi)]


class _Sheet(QWidget):
    """One page on its shadow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()

    def show_image(self, image: QImage, width: int) -> None:
        self._pixmap = QPixmap.fromImage(image)
        self.fit(width)

    def fit(self, width: int) -> None:
        if not self._pixmap.isNull():
            height = round(width * self._pixmap.height() / self._pixmap.width())
            self.setFixedSize(QSize(width, height))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(theme.WHITE))
        painter.drawPixmap(QRectF(self.rect()), self._pixmap, QRectF(self._pixmap.rect()))
        painter.setPen(QColor(theme.CONTROL_LINE))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class PaperView(QScrollArea):
    """The pages one below the other on a grey ground. `shown` is emitted when new pages stand there.

    `narrowest` and `widest` bound a page's width in pixels; the pages are drawn anew for the width they get.
    """

    shown = Signal()

    def __init__(
        self,
        background: Background,
        parent: QWidget | None = None,
        *,
        widest: int = 900,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._widest = widest
        self._pdf = b""
        self._zoom = 1.0
        self._sheets: list[_Sheet] = []
        self._ground = QWidget()
        self._ground.setObjectName("paper_ground")
        self._column = QVBoxLayout(self._ground)
        self._column.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        self._column.setSpacing(_EDGE)
        self._column.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.lacking = Text("", "error").wrap()
        self.lacking.hide()
        self._column.addWidget(self.lacking)
        self.setWidget(self._ground)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("paper_view")
        self.setAccessibleName(_("Preview"))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._render)

    @property
    def pages(self) -> int:
        return len(self._sheets)

    def show_pdf(self, pdf: bytes) -> None:
        """Shows these pages as soon as they are drawn; until then the old ones stay."""
        self._pdf = pdf
        self._render()
        self._background.devices(
            self,
            lambda: missing_glyphs(printing.text_of(pdf)),
            self._tell_lacking,
            replaces="glyphs",
        )

    def _tell_lacking(self, characters: str) -> None:
        said = _("The fonts lack {characters}: printed as 〓.")
        self.lacking.setText(said.format(characters=named(characters)))
        self.lacking.setVisible(bool(characters))

    def clear(self) -> None:
        self._pdf = b""
        self.lacking.hide()
        self._show([])

    def zoom(self, factor: float) -> None:
        """Larger or smaller; 0 goes back to the width that fits."""
        self._zoom = 1.0 if not factor else min(3.0, max(0.4, self._zoom * factor))
        self._fit()
        self._settle.start()

    def page_width(self) -> int:
        room = self.viewport().width() - 2 * _EDGE
        return max(120, round(min(room, self._widest) * self._zoom))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        if self._pdf:
            self._settle.start()

    def _fit(self) -> None:
        for sheet in self._sheets:
            sheet.fit(self.page_width())

    def _render(self) -> None:
        if not self._pdf:
            return
        pdf, width = self._pdf, round(self.page_width() * self.devicePixelRatioF())
        self._background.devices(self, lambda: render(pdf, width), self._show, replaces="pages")

    def _show(self, images: list[QImage]) -> None:
        if not self._pdf:
            images = []  # cleared while they were being drawn
        while len(self._sheets) > len(images):
            sheet = self._sheets.pop()
            self._column.removeWidget(sheet)
            sheet.deleteLater()
        while len(self._sheets) < len(images):
            sheet = _Sheet(self._ground)
            self._column.addWidget(sheet)
            self._sheets.append(sheet)
        for sheet, image in zip(self._sheets, images, strict=True):
            sheet.show_image(image, self.page_width())
        self.shown.emit()
