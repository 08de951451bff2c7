"""Pictures of every page and dialog, taken without a screen: for the documentation, and to be looked at."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from hall_desk import i18n
from hall_desk.services import halls
from hall_desk.services.accounts import Actor, Role
from hall_desk.settings import Settings
from hall_desk.ui.background import Background
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.notices import Notices
from hall_desk.ui.session import Session
from hall_desk.ui.shot_scenes import SCENES, Scene, foyer_screen, rating_screen
from hall_desk.ui.sign_in import SignIn

if TYPE_CHECKING:
    from hall_desk.store.database import Store

SIZES = ((1366, 768), (1920, 1080))
_QUIET_MS = 200  # before a picture: longer than a search waits for the next key
_PAUSE_MS = 25  # between two steps
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
        for scene in SCENES:
            actor = actor_by_role.get(scene.role.value)
            if actor is not None:
                taken += self._scene(actor, scene)
        desk = actor_by_role.get(Role.FRONT_DESK.value)
        if desk is not None:
            taken.append(self._screen(desk, "foyer-screen", foyer_screen))
            taken.append(self._screen(desk, "rating", rating_screen))
        return taken

    @contextmanager
    def _session(self, actor: Actor) -> Iterator[tuple[Session, MainWindow]]:
        notices = Notices()
        with tempfile.TemporaryDirectory() as papers:
            session = Session(
                self._store,
                actor,
                self._background,
                notices,
                self._settings,
                Path(papers) / "papers",
            )
            window = MainWindow(session, notices, halls.info(self._store))
            window.resize(*self._size)
            try:
                yield session, window
            finally:
                session.stop()
                for dialog in window.dialogs():
                    dialog.reject()
                window.hide()
                window.deleteLater()
                settle(self._background, _PAUSE_MS)

    def _scene(self, actor: Actor, scene: Scene) -> list[Path]:
        with self._session(actor) as (_session, window):
            if scene.page not in window.pages:
                return []
            window.show()
            window.go(scene.page)
            if scene.prepare is not None:
                settle(self._background, _PAUSE_MS)
                scene.prepare(window)
            settle(self._background)
            if scene.dialog and not window.dialogs():
                return []
            return [self._take(window, scene.name)]

    def _screen(self, actor: Actor, name: str, make: Callable[[Session], QWidget]) -> Path:
        """A screen of its own: the foyer's monitor, the resident's side of the desk."""
        with self._session(actor) as (session, _window):
            screen = make(session)
            # Not shown: a picture needs no window of the system's.
            screen.resize(*self._size)
            settle(self._background)
            taken = self._take(screen, name)
            screen.close()
            screen.deleteLater()
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


def settle(background: Background, quiet_ms: int = _QUIET_MS) -> None:
    """Lets the screen catch up: returns when all lanes have been idle for `quiet_ms`."""
    loop = QEventLoop()
    quiet = QTimer()
    quiet.setInterval(25)
    waited = {"idle": 0, "all": 0}

    def look() -> None:
        waited["all"] += 25
        waited["idle"] = waited["idle"] + 25 if background.idle() else 0
        if waited["idle"] >= quiet_ms or waited["all"] >= _LONGEST_MS:
            loop.quit()

    quiet.timeout.connect(look)
    quiet.start()
    loop.exec()
    quiet.stop()
