"""The assets on this machine: fetched from the first source that works, checked against their digest before use."""

import hashlib
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from console.application.errors import Unavailable
from console.infrastructure.assets.catalogue import Asset, Catalogue, Place
from console.infrastructure.assets.download import download
from console.infrastructure.assets.packages import PackageShelf

_log = logging.getLogger(__name__)

State = Literal["present", "offline", "fetching", "failed", "ready"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an asset is.

    Attributes:
        source: where from, in words; empty when it was here.
        note: why a source failed, in words; empty otherwise.
    """

    name: str
    state: State
    source: str = ""
    done_bytes: int = 0
    total_bytes: int = 0
    note: str = ""


class AssetStore:
    """Gives the paths of assets, and fetches those that are absent.

    Used from one thread at a time; several processes may share the folder, because a file appears in it only
    whole and checked.
    """

    def __init__(self, catalogue: Catalogue, folder: Path, offline: Path | None = None) -> None:
        self._catalogue = catalogue
        self._folder = folder
        self._offline = offline
        self._checked: dict[Path, tuple[int, int]] = {}

    @property
    def catalogue(self) -> Catalogue:
        return self._catalogue

    def path_of(self, name: str) -> Path:
        """Return where the asset lies, after checking its digest (once per process and change of the file).

        Raises:
            Unavailable: it is absent or damaged; the sentence says the cure.
            KeyError: the catalogue does not know the name.
        """
        asset = self._catalogue[name]
        path = self._folder / name
        if not path.is_file():
            raise Unavailable("{name} is not here yet; run `citydesk assets fetch`.", name=name)
        if not self._is_whole(asset, path):
            raise Unavailable(
                "{name} is damaged; delete {path} and run `citydesk assets fetch`.", name=name, path=str(path)
            )
        return path

    def is_ready(self, name: str) -> bool:
        """Say whether the asset is here and whole."""
        path = self._folder / name
        return path.is_file() and self._is_whole(self._catalogue[name], path)

    def fetch(self, names: Iterable[str], report: Callable[[Progress], None]) -> None:
        """Bring the named assets here; those already here are only checked.

        Raises:
            Unavailable: some could not be had; the others are here all the same.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        missing: list[str] = []
        with tempfile.TemporaryDirectory(prefix="citydesk-assets-") as shelf_folder:
            shelf = PackageShelf(Path(shelf_folder))
            for name in names:
                if not self._bring(self._catalogue[name], shelf, report):
                    missing.append(name)
        if missing:
            raise Unavailable(
                "Not fetched: {names}. Check the network and run `citydesk assets fetch` again, or put the files "
                "into a folder and run `citydesk assets fetch --offline FOLDER`.",
                names=", ".join(missing),
            )

    def _bring(self, asset: Asset, shelf: PackageShelf, report: Callable[[Progress], None]) -> bool:
        size = asset.size_bytes
        here = Progress(name=asset.name, state="present", done_bytes=size, total_bytes=size)
        if self.is_ready(asset.name):
            report(here)
            return True
        target = self._folder / asset.name
        if self._offline is not None and (self._offline / asset.name).is_file():
            draft = target.with_name(f"{asset.name}.draft")
            shutil.copyfile(self._offline / asset.name, draft)
            if self._settle(asset, draft, target):
                report(replace(here, state="offline", source=str(self._offline)))
                return True
            report(Progress(name=asset.name, state="failed", source=str(self._offline), note=_WRONG_DIGEST))
        for places in asset.sources:
            source = ", ".join(dict.fromkeys(place.title for place in places))
            report(Progress(name=asset.name, state="fetching", source=source, total_bytes=size))
            try:
                draft = self._gather(asset, places, shelf, report, source)
            except Unavailable as refusal:
                report(Progress(name=asset.name, state="failed", source=source, note=str(refusal)))
                continue
            if self._settle(asset, draft, target):
                _log.info("asset %s fetched from %s", asset.name, source)
                report(replace(here, state="ready", source=source))
                return True
            report(Progress(name=asset.name, state="failed", source=source, note=_WRONG_DIGEST))
        return False

    def _gather(
        self,
        asset: Asset,
        places: tuple[Place, ...],
        shelf: PackageShelf,
        report: Callable[[Progress], None],
        source: str,
    ) -> Path:
        """Return a file with the bytes of all places joined; a publisher's unfinished file is kept for later."""

        def tell(done_bytes: int) -> None:
            size = asset.size_bytes
            report(Progress(name=asset.name, state="fetching", source=source, done_bytes=done_bytes, total_bytes=size))

        parts: list[Path] = []
        for number, place in enumerate(places):
            part = self._folder / f"{asset.name}.{number}.part"
            if place.url is not None:
                download(place.url, part, tell)
            else:
                part.unlink(missing_ok=True)
                shelf.take(place, part)
                tell(sum(done.stat().st_size for done in [*parts, part]))
            parts.append(part)
        if len(parts) == 1:
            return parts[0]
        draft = self._folder / f"{asset.name}.draft"
        with draft.open("wb") as joined:
            for part in parts:
                with part.open("rb") as piece:
                    shutil.copyfileobj(piece, joined)
                part.unlink()
        return draft

    def _settle(self, asset: Asset, draft: Path, target: Path) -> bool:
        """Move a checked draft into its place; delete one that is not what the catalogue says."""
        if not self._is_whole(asset, draft):
            draft.unlink()
            return False
        draft.replace(target)
        return True

    def _is_whole(self, asset: Asset, path: Path) -> bool:
        facts = path.stat()
        key = (facts.st_size, facts.st_mtime_ns)
        if self._checked.get(path) == key:
            return True
        if facts.st_size != asset.size_bytes:
            return False
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != asset.sha256:
                return False
        self._checked[path] = key
        return True


_WRONG_DIGEST = "the file is not the one the catalogue means (its digest differs)"
