"""Help over the page: what the page or dialog below is for, its steps and keys, and what to do when something fails.

The form below keeps what is half typed. Nothing here asks the database or the printer.
"""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from PySide6.QtCore import QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QImage, QKeySequence, QPainter, QShortcut, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from hall_desk.i18n import _
from hall_desk.ui import help_pages, theme
from hall_desk.ui.buttons import draw_key_cap, key_cap_width
from hall_desk.ui.dialogs import Sheet
from hall_desk.ui.help_pages import Block, HelpPage, Piece, Spelt
from hall_desk.ui.labels import Text
from hall_desk.ui.person_picker import ListEdit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hall_desk.ui.session import Session

HELP, BACK = "F1", "Alt+Left"
# The help of each dialog, by its class or the one it is made from.
OF_DIALOG: dict[str, str] = {
    "CloseDayDialog": "close_day",
    "PrintersDialog": "printers",
    "PrintJobsDialog": "print_jobs",
    "DevicesDialog": "devices",
    "IncidentDialog": "incidents",
    "StandardPapersDialog": "ticket_papers",
    "NewTicketDialog": "new_ticket",
    "TakePostDialog": "posts",
    "LeavePostDialog": "posts",
    "HandOverDialog": "posts",
    "MissingNoticeDialog": "missing_notice",
    "RecoverySheetDialog": "recovery_sheet",
    "TakeKeyDialog": "recovery_sheet",
    "StepDialog": "window",
    "WithdrawDialog": "proxy",
    "SlipDialog": "slip",
    "WithdrawCallbackDialog": "callbacks",
    "PostponeDialog": "callbacks",
    "NewCallbackDialog": "callbacks",
    "PhoneCaseDialog": "callbacks",
    "HallNumbersDialog": "settings",
    "FollowUpDialog": "people",
    "CollectorDialog": "hand_back",
    "RevealIdDialog": "id_numbers",
    "ChangePinDialog": "sign_in",
    "DirectoryDialog": "directory",
    "KeysDialog": "keys",
    "CorrectionDialog": "correction",
    "ImportListsDialog": "import_lists",
    "MailingDialog": "mailing",
    "PastMailingsDialog": "mailing",
    "DrillDialog": "drill",
    "DoctorDialog": "doctor",
    "FigureListDialog": "dashboard",
}
_SIZE = 15
_ROW = 32
_LIST_WIDTH = 236
_STYLE = f"""
p {{ margin: 2px 0 2px 0; }}
p.title {{ font-size: 22px; font-weight: bold; margin: 0 0 2px 0; }}
p.heading {{ font-size: 16px; font-weight: bold; color: {theme.BRAND}; margin: 12px 0 3px 0; }}
td {{ padding: 1px 0 1px 0; }}
td.mark {{ padding-right: 8px; color: {theme.LABEL}; }}
td.key {{ padding-right: 18px; }}
a {{ color: {theme.PRIMARY}; }}
"""


def help_of(kind: type[Sheet]) -> str:
    """The name of a kind of dialog's help; empty where it has none of its own."""
    return next((OF_DIALOG[one.__name__] for one in kind.__mro__ if one.__name__ in OF_DIALOG), "")


def offered(session: Session) -> list[str]:
    """The pages of help of what this person may do."""
    may = session.actor.may
    return [topic.name for topic in help_pages.TOPICS if not topic.right or may(topic.right)]


class HelpText(QTextBrowser):
    """One page of help. `wanted` gives the name of another one, when its link is followed."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("help_text")
        self.setOpenLinks(False)
        self.setFont(theme.font(_SIZE))
        self.document().setDefaultFont(theme.font(_SIZE))
        self.document().setDefaultStyleSheet(_STYLE)
        self.document().setDocumentMargin(0)
        self.anchorClicked.connect(lambda url: self.wanted.emit(url.path()))

    def show_page(self, shown: HelpPage, found: str = "") -> None:
        """Shows a page from its beginning, or from where `found` stands in it, which is marked."""
        self.setHtml(_html(shown))
        self.setAccessibleName(shown.title)
        self.setAccessibleDescription(help_pages.plain(shown))
        self._mark(found)

    def scroll_pages(self, by: int) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + by * max(40, bar.pageStep() - 40))

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802  Qt's own name
        url = QUrl(name)
        return self._cap(url.path()) if url.scheme() == "key" else super().loadResource(kind, url)

    def _cap(self, key: str) -> QImage:
        """A key, drawn as on the buttons."""
        ratio = self.devicePixelRatioF()
        size = QSize(key_cap_width(key) + 4, 20)
        image = QImage(size * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        draw_key_cap(painter, QRectF(2, 0.5, key_cap_width(key), 19), key)
        painter.end()
        return image

    def _mark(self, text: str) -> None:
        marks: list[QTextEdit.ExtraSelection] = []
        at = QTextCursor() if not text.strip() else self.document().find(text.strip())
        first = at
        while not at.isNull():
            mark = QTextEdit.ExtraSelection()
            mark.cursor = at
            mark.format.setBackground(theme.colour("warn_back"))
            marks.append(mark)
            at = self.document().find(text.strip(), at)
        self.setExtraSelections(marks)
        if not first.isNull():
            first.clearSelection()
            self.setTextCursor(first)
            self.ensureCursorVisible()


def _html(shown: HelpPage) -> str:
    parts: list[str] = []
    for kind, run in groupby(shown.blocks, _kind):
        blocks = list(run)
        match kind:
            case "step":
                parts.append(_listed(blocks, [f"{n}." for n in range(1, len(blocks) + 1)]))
            case "point":
                parts.append(_listed(blocks, ["•"] * len(blocks)))
            case "key":
                parts.append(_in_two_columns(blocks))
            case _:
                parts += [f'<p class="{kind}">{_inside(block)}</p>' for block in blocks]
    return "".join(parts)


def _kind(block: Block) -> str:
    """A block's kind, where a point that begins with a key is a `key`."""
    key = block.kind == "point" and block.pieces[0].kind == "key"
    return "key" if key else block.kind


def _listed(blocks: list[Block], marks: list[str]) -> str:
    rows = (
        f'<tr><td class="mark">{mark}</td><td>{_inside(block)}</td></tr>'
        for mark, block in zip(marks, blocks, strict=True)
    )
    return _table("".join(rows))


def _in_two_columns(blocks: list[Block]) -> str:
    cells = [f'<td class="key" width="50%">{_inside(block)}</td>' for block in blocks]
    rows = ("".join(cells[at : at + 2]) for at in range(0, len(cells), 2))
    return _table("".join(f"<tr>{row}</tr>" for row in rows), ' width="100%"')


def _table(rows: str, more: str = "") -> str:
    return f'<table cellspacing="0" cellpadding="0"{more}>{rows}</table>'


def _inside(block: Block) -> str:
    return "".join(_piece(piece) for piece in block.pieces)


def _piece(piece: Piece) -> str:
    match piece.kind:
        case "key":
            name = quote(help_pages.key_words(piece.value))
            return f'<img src="key:{name}" style="vertical-align: middle">'
        case "help":
            return f'<a href="help:{piece.value}">{escape(help_pages.page(piece.value).title)}</a>'
        case _:
            return escape(piece.value)


class HelpSheet(Sheet):
    """The help called `name` over `place`. With `names` it can be searched and the others can be read too.

    `use_search` lets it find by pinyin as well; until then it finds what is written.
    """

    def __init__(self, place: QWidget | None, name: str, names: Sequence[str] = ()) -> None:
        super().__init__(
            place, _("Help"), width=980 if names else 680, height=660 if names else 520
        )
        self.name = name
        self._names = list(names) if name in names or not names else [name, *names]
        self._before: list[str] = []
        self._spelt: Spelt | None = None
        self.search = ListEdit()
        self.search.setPlaceholderText(_("Search: words or pinyin"))
        self.search.setAccessibleName(_("Search the help"))
        self.list = QListWidget()
        self.list.setAccessibleName(_("Pages of help"))
        self.list.setProperty("framed", "yes")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.nothing = Text(_("Nothing fits. Try fewer words."), "soft").wrap()
        self.nothing.hide()
        self.text = HelpText()
        self.escape_hint.setText(
            _("↑ ↓ chooses · PgUp PgDn turns · F1 or Esc closes")
            if names
            else _("PgUp PgDn turns · F1 or Esc closes")
        )
        self._lay_out()
        self.search.textEdited.connect(self._typed)
        self.search.moved.connect(self._step)
        self.search.entered.connect(self.text.setFocus)
        self.list.currentRowChanged.connect(self._row_changed)
        self.text.wanted.connect(self.go)
        self.bind(HELP, self.reject)
        self.bind("PgDown", lambda: self.text.scroll_pages(1))
        self.bind("PgUp", lambda: self.text.scroll_pages(-1))
        self.bind(BACK, self.go_back)
        self._offer("")
        self._show(name)

    def _lay_out(self) -> None:
        left = QWidget()
        left.setFixedWidth(_LIST_WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        if len(self._names) < 2:
            left.hide()
        sides = QHBoxLayout()
        sides.setSpacing(22)
        sides.addWidget(left)
        sides.addWidget(self.text, 1)
        self.body.addLayout(sides, 1)

    def arrive(self) -> None:
        (self.search if len(self._names) > 1 else self.text).setFocus()

    def use_search(self, spelt: Spelt) -> None:
        """Finds by pinyin from now on, also what has been typed already."""
        self._spelt = spelt
        if self.is_open() and self.search.text().strip():
            self._typed(self.search.text())

    def go(self, name: str) -> None:
        """Shows another page of help, as a link asks; one that is not offered here is shown all the same."""
        if name in help_pages.NAMES and name != self.name:
            self._before.append(self.name)
            self.search.clear()
            self._offer("")
            self._show(name)

    def go_back(self) -> None:
        """Back to the page from which a link was followed."""
        if self._before:
            self._show(self._before.pop())

    # --- the list --------------------------------------------------------------------------------------

    def _typed(self, text: str) -> None:
        self.search.setModified(False)  # a search is no work that could be lost
        found = self._offer(text)
        self.nothing.setVisible(not found)
        if found:
            self._show(found[0] if text.strip() else self.name)

    def _offer(self, text: str) -> list[str]:
        found = help_pages.search(text, self._names, self._spelt) if len(self._names) > 1 else []
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for name in found:
            item = QListWidgetItem(help_pages.page(name).title, self.list)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(QSize(100, _ROW))
        self.list.blockSignals(blocked)
        return found

    def _step(self, by: int) -> None:
        if self.list.count():
            self.list.setCurrentRow(max(0, min(self.list.currentRow() + by, self.list.count() - 1)))

    def _row_changed(self, row: int) -> None:
        if row >= 0:
            self._show(str(self.list.item(row).data(Qt.ItemDataRole.UserRole)))

    def _show(self, name: str) -> None:
        self.name = name
        self.text.show_page(help_pages.page(name), self.search.text())
        blocked = self.list.blockSignals(True)
        self.list.setCurrentRow(-1)
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == name:
                self.list.setCurrentRow(row)
        self.list.blockSignals(blocked)


def bind_help(screen: QWidget, name: str) -> None:
    """Gives a screen outside the pages its own help, and no other, by F1; once more closes it."""

    def toggle() -> None:
        if not close_help(screen):
            HelpSheet(screen, name).open()

    shortcut = QShortcut(QKeySequence(HELP), screen)
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(toggle)
    shortcut.activatedAmbiguously.connect(toggle)


def close_help(screen: QWidget) -> bool:
    """Closes the help that lies over a screen; False where there is none."""
    sheets = [sheet for sheet in screen.findChildren(HelpSheet) if sheet.is_open()]
    for sheet in sheets:
        sheet.reject()
    return bool(sheets)
