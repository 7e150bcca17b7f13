"""A site on this machine: its folders, settings, database and vault, opened once by each role and passed on."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from console.application.settings import Settings, read_settings, text_of
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import WAIT_FOR_LOCK_S, Database, address_of, open_database
from console.infrastructure.database.queries import SqlQueries
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.paths import DEFAULT_SITE as DEFAULT_SITE
from console.infrastructure.paths import ENDPOINT_FILE as ENDPOINT_FILE
from console.infrastructure.paths import Paths
from console.infrastructure.secrets import Vault, open_vault

SETTINGS_FILE = "citydesk.toml"
LOCK_FILE = "station.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What every role of a site needs before it can do anything."""

    name: str
    paths: Paths
    settings: Settings
    clock: SystemClock
    database: Database
    units: SqlUnitsOfWork
    queries: SqlQueries
    vault: Vault

    @classmethod
    def open(cls, name: str, *, wait_for_lock_s: float = WAIT_FOR_LOCK_S, rest_s: float = 0.0) -> Self:
        """Open a site; its folders are made if needed. The database connects at first use.

        Args:
            wait_for_lock_s, rest_s: how patient its database is (``open_database``).

        Raises:
            ValueError: the name cannot be a folder's.
            SettingsRefused: the settings file cannot be used; the faults carry their lines.
            Unavailable: the database's address names none that we know.
        """
        paths = Paths.for_site(name).make()
        file = paths.data / SETTINGS_FILE
        raw = file.read_bytes() if file.exists() else b""
        settings = read_settings(text_of(raw, str(file)), os.environ, str(file))
        clock = SystemClock()
        address = settings.database.url.get_secret_value() or address_of({}, paths.data)
        database = open_database(address, clock, wait_for_lock_s=wait_for_lock_s, rest_s=rest_s)
        return cls(
            name=name,
            paths=paths,
            settings=settings,
            clock=clock,
            database=database,
            units=SqlUnitsOfWork(database),
            queries=SqlQueries(database),
            vault=open_vault(name, paths.data),
        )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.site.time_zone)

    @property
    def endpoint_file(self) -> Path:
        return self.paths.endpoint_file

    @property
    def anchor_folder(self) -> Path:
        """Where the audit's heads are noted."""
        chosen = self.settings.audit.anchor_folder
        return Path(chosen).expanduser() if chosen else self.paths.anchors

    def close(self) -> None:
        self.database.close()
