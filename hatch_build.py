"""Hatchling's hook: no wheel without the fonts and the compiled texts."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ResourcesHook(BuildHookInterface):  # type: ignore[type-arg]  # the parameter is hatchling's own
    """Builds what `resources/` lacks before hatchling packs it as `hall_desk/_resources/`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before the files are collected."""
        root = Path(self.root)
        sys.path.insert(0, str(root / "installer"))
        import build_resources

        build_resources.build(root)
