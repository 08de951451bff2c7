"""The program's icon as pictures: PNG for the desktops of Linux, ICO for Windows, drawn from its SVG by Qt."""

from __future__ import annotations

import io
import os
from pathlib import Path

SIZES = (16, 24, 32, 48, 64, 128, 256)


def png(root: Path, size: int) -> bytes:
    """The icon, `size` pixels wide and high."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QSize
    from PySide6.QtGui import QGuiApplication, QIcon

    app = QGuiApplication.instance() or QGuiApplication([])
    drawing = QIcon(str(root / "resources" / "icons" / "hall_desk.svg"))
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    drawing.pixmap(QSize(size, size)).save(buffer, "PNG")
    del app
    return bytes(buffer.data().data())


def windows_icon(root: Path) -> Path:
    """The icon in all its sizes as one file under `build/`."""
    from PIL import Image

    pictures = [Image.open(io.BytesIO(png(root, size))) for size in SIZES]
    file = root / "build" / "hall-desk.ico"
    file.parent.mkdir(exist_ok=True)
    pictures[-1].save(
        file, format="ICO", append_images=pictures[:-1], sizes=[(s, s) for s in SIZES]
    )
    return file
