"""Where the things of the program lie: a name → a path, frozen or not. The only code in this folder."""

import sys
from pathlib import Path


def folder() -> Path:
    """Return the folder of resources: beside the bundled program, or in the source tree."""
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle) / "resources" if bundle else Path(__file__).parent


def locate(name: str) -> Path:
    """Return the path of a resource, for example ``locate("settings/citydesk.toml")``.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    path = folder() / name
    if not path.exists():
        raise FileNotFoundError(f"the installation lacks resources/{name}")
    return path
