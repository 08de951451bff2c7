"""Pictures of every page and dialog, taken without a screen: for the documentation, and to be looked at."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from hall_desk import i18n
from hall_desk.services import halls, matters, sample_day
from hall_desk.services.accounts import Actor, Role
from hall_desk.settings import Settings
from hall_desk.ui.background import Background
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.dialogs.slip import SlipDialog
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.notices import Notices
from hall_desk.ui.pages.screening import ScreeningPage
from hall_desk.ui.session import Session
from hall_desk.ui.sign_in import SignIn

if TYPE_CHECKING:
    from hall_desk.services.matters import MatterLine
    from hall_desk.store.database import Store

SIZES = ((1366, 768), (1920, 1080))
_QUIET_MS = 250
_LONGEST_MS = 20_000


def shots(
    store: Store,
    actor_by_role: Mapping[str, Actor],
    out: Path,
    *,
    sizes: Sequence[tuple[int, int]] = SIZES,
    settings: Settings | None = None,
) -> list[Path]:
    """Writes PNGs of all pages and dialogs to `out` and gives their paths. Changes nothing in the hall.

    `actor_by_role` has an actor for `front_desk`, `window_clerk` and `manager`.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if QApplication.instance() is None:
        from hall_desk.ui.app import make_application

        _keep.append(make_application())
    out.mkdir(parents=True, exist_ok=True)
    background = Background(store)
    try:
        return [
            path
            for size in sizes
            for path in _Photographer(store, background, out, size, settings).all(actor_by_role)
        ]
    finally:
        background.stop()


# Qt's application object must outlive the pictures when this module had to make it.
_keep: list[QApplication] = []


class _Photographer:
    def __init__(
        self,
        store: Store,
        background: Background,
        out: Path,
        size: tuple[int, int],
        settings: Settings | None,
    ) -> None:
        self._store = store
        self._background = background
        self._out = out
        self._size = size
        self._settings = settings or Settings(language=i18n.language())

    def all(self, actor_by_role: Mapping[str, Actor]) -> list[Path]:
        taken = [self._sign_in()]
        scenes: tuple[tuple[Role, str, str, Callable[[MainWindow], object] | None], ...] = (
            (Role.FRONT_DESK, "screening", "screening", _half_typed),
            (Role.FRONT_DESK, "proxy", "proxy", None),
            (Role.FRONT_DESK, "proxy", "new-ticket", _new_ticket),
            (Role.FRONT_DESK, "screening", "slip", _slip),
            (Role.WINDOW_CLERK, "window", "window", None),
            (Role.MANAGER, "report", "report", _full_day),
        )
        for role, page, name, prepare in scenes:
            actor = actor_by_role.get(role.value)
            if actor is not None:
                taken.append(self._scene(actor, page, name, prepare))
        return taken

    def _scene(
        self,
        actor: Actor,
        page: str,
        name: str,
        prepare: Callable[[MainWindow], object] | None,
    ) -> Path:
        notices = Notices()
        with tempfile.TemporaryDirectory() as papers:
            session = Session(
                self._store, actor, self._background, notices, self._settings, Path(papers)
            )
            window = MainWindow(session, notices, halls.info(self._store))
            window.resize(*self._size)
            window.show()
            window.go(page)
            settle(self._background)
            if prepare is not None:
                prepare(window)
                settle(self._background)
            taken = self._take(window, name)
            session.stop()
            for dialog in window.dialogs():
                dialog.reject()
            window.hide()
            window.deleteLater()
            settle(self._background)
        return taken

    def _sign_in(self) -> Path:
        screen = SignIn(self._store, self._background, halls.info(self._store), "A")
        screen.resize(*self._size)
        screen.show()
        settle(self._background)
        taken = self._take(screen, "sign-in")
        screen.hide()
        screen.deleteLater()
        return taken

    def _take(self, widget: QWidget, name: str) -> Path:
        width, height = self._size
        ratio = widget.devicePixelRatioF()
        at = f"{ratio * 100:.0f}" if ratio != 1 else "100"
        path = self._out / f"{name}-{width}x{height}-{at}-{i18n.language()}.png"
        widget.grab().save(str(path))
        return path


def _half_typed(window: MainWindow) -> None:
    page = window.page()
    assert isinstance(page, ScreeningPage)
    page.form.temperature.set_text("36.5")
    page.form.name.set_text("于女士")
    page.form.phone.set_text("138 0000 4127")

    if page.model.rowCount():
        page.verdict.show_check(page.model.row(0), page.session.now())


def _new_ticket(window: MainWindow) -> None:
    session = window.session

    def show(lines: list[MatterLine]) -> None:
        matter = lines[0] if lines else None
        NewTicketDialog(session, name="于女士", phone="13800004127", matter=matter).open()

    session.background.data(window, lambda: matters.search(session.actor, "变更定点", 1), show)


def _full_day(window: MainWindow) -> None:
    # The sample day itself, not the morning after it on which the sample hall opens.
    if halls.info(window.session.store).practice:
        window.session.go("report", day=sample_day.DAY)


def _slip(window: MainWindow) -> None:
    SlipDialog(window.session).open()


def settle(background: Background) -> None:
    """Lets the screen catch up: returns when both lanes have been idle for a moment."""
    loop = QEventLoop()
    quiet = QTimer()
    quiet.setInterval(25)
    waited = {"idle": 0, "all": 0}

    def look() -> None:
        waited["all"] += 25
        waited["idle"] = waited["idle"] + 25 if background.idle() else 0
        if waited["idle"] >= _QUIET_MS or waited["all"] >= _LONGEST_MS:
            loop.quit()

    quiet.timeout.connect(look)
    quiet.start()
    loop.exec()
    quiet.stop()
