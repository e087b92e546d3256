"""What the user set: `[tool.moonpool]` of the project and the workspace, and the environment."""

from moonpool.config.places import Places, find_places, find_project_root
from moonpool.config.settings import Settings, read_settings

__all__ = [
    "Places",
    "Settings",
    "find_places",
    "find_project_root",
    "read_settings",
]
