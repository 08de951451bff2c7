"""Whether something half typed would be lost with a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from hall_desk.i18n import _
from hall_desk.ui.fields import PhoneEdit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget


def has_typing(within: QWidget) -> bool:
    """Whether a field in `within`, shown or not, has text that a person typed and nobody sent. PINs do not count."""
    return any(_typed(field) for field in within.findChildren(QLineEdit)) or any(
        field.document().isModified() and field.toPlainText().strip()
        for field in within.findChildren(QPlainTextEdit)
    )


def _typed(field: QLineEdit) -> bool:
    if field.echoMode() != QLineEdit.EchoMode.Normal or not field.text().strip():
        return False
    # A phone is shown in groups as soon as its field is left, and counts then as filled by the program.
    return field.isModified() or isinstance(field, PhoneEdit)


def lost_sentence(names: Sequence[str]) -> str:
    """Said when a window is closed while work of these people would be lost with the program."""
    said = _(
        "Half typed on this PC and lost when the program ends: work of {names}. Close once more to end it all the same."
    )
    return said.format(names=_(", ").join(names))
