"""Something a manager must look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Of each kind; more than these are not exceptions any more.
MOST = 8


@dataclass(frozen=True)
class Attention:
    """Something a manager must look at; `facts` hold numbers and codes, the sentence is the paper's."""

    kind: str
    facts: dict[str, Any]
