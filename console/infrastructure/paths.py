"""Where this machine keeps the console's data, logs, cache and assets."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import platformdirs

DATA_VARIABLE = "CITYDESK_DATA"
ASSETS_VARIABLE = "CITYDESK_ASSETS"
DEFAULT_SITE = "default"
ENDPOINT_FILE = "station.json"
_SITE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The folders of one site.

    Attributes:
        data: records, evidence, keys; what a back-up must hold.
        logs: one rotating file per role.
        cache: may be deleted at any time (prepared demo footage, rendered phrases, compiled models).
        anchors: where the audit's heads are noted, apart from the data: whoever spoils the one should not reach both.
        assets: models, voices and footage, shared by all sites of this user because each file is checked
            against its digest before use.
    """

    data: Path
    logs: Path
    cache: Path
    assets: Path
    anchors: Path

    @classmethod
    def for_site(cls, name: str) -> Self:
        """Return the folders of a site, in the platform's places or under ``CITYDESK_DATA``.

        Raises:
            ValueError: the name could not be the name of a folder everywhere.
        """
        if not _SITE_NAME.fullmatch(name):
            raise ValueError(f"a site's name is letters, digits, - and _, at most 40: {name!r}")
        mine = platformdirs.PlatformDirs("citydesk", appauthor=False)
        assets = Path(mine.user_data_dir) / "assets"
        chosen = os.environ.get(DATA_VARIABLE)
        if chosen:
            site = Path(chosen).expanduser().resolve() / name
            anchors = site.with_name(f"{name}-anchors")
            return cls(data=site, logs=site / "logs", cache=site / "cache", assets=assets, anchors=anchors)
        return cls(
            data=Path(mine.user_data_dir) / "sites" / name,
            logs=Path(mine.user_log_dir) / name,
            cache=Path(mine.user_cache_dir) / name,
            assets=assets,
            anchors=Path(mine.user_state_dir) / "anchors",
        )

    @property
    def endpoint_file(self) -> Path:
        """Where the site's station says how to reach it."""
        return self.data / ENDPOINT_FILE

    def make(self) -> Self:
        """Create the folders, readable by this user only, and return them."""
        for folder in (self.data, self.logs, self.cache, self.assets):
            folder.mkdir(parents=True, exist_ok=True)
        if os.name == "posix":
            self.data.chmod(0o700)
            self.logs.chmod(0o700)
        return self


def shared_cache() -> Path:
    """Return the cache that all sites of this user share: compiled models and rendered phrases, named by digest."""
    return Path(platformdirs.user_cache_dir("citydesk", appauthor=False)) / "shared"


def offline_folder() -> Path | None:
    """Return the folder in which assets were brought by hand, if ``CITYDESK_ASSETS`` names one."""
    chosen = os.environ.get(ASSETS_VARIABLE)
    return Path(chosen).expanduser() if chosen else None
