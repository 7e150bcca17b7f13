"""``citydesk assets list|fetch|verify``: the asset catalogue on the command line."""

import argparse
import sys
import time
from pathlib import Path

from console.application.errors import Unavailable
from console.infrastructure.assets.catalogue import Catalogue
from console.infrastructure.assets.store import AssetStore, Progress
from console.infrastructure.paths import Paths, offline_folder
from resources.locate import locate

_ATTEMPTS = 3
_PAUSE_S = 5.0  # a cable put back, a router coming up
_LINE_EVERY_BYTES = 5_000_000


def open_store(offline: Path | None = None) -> AssetStore:
    """Return the store of this user, with the catalogue that came with the program."""
    folder = Paths.for_site("default").assets
    return AssetStore(Catalogue.load(locate("assets")), folder, offline or offline_folder())


def main(arguments: list[str]) -> int:
    """Run the verb. Returns 0 when every asset asked for is here and whole, else 1."""
    parser = argparse.ArgumentParser(prog="citydesk assets", description="Models, voices and footage.")
    parser.add_argument("action", choices=["list", "fetch", "verify"], nargs="?", default="list")
    parser.add_argument("names", nargs="*", help="assets by name; all without")
    parser.add_argument("--offline", type=Path, metavar="DIR", help="a folder with files brought by hand")
    chosen = parser.parse_args(arguments)
    store = open_store(chosen.offline)
    unknown = [name for name in chosen.names if name not in store.catalogue.names]
    if unknown:
        parser.error(f"no such asset: {', '.join(unknown)}")
    names = tuple(chosen.names) or store.catalogue.names
    if chosen.action == "fetch":
        return _fetch(store, names)
    return _list(store, names, with_purpose=chosen.action == "list")


def _list(store: AssetStore, names: tuple[str, ...], *, with_purpose: bool) -> int:
    all_ready = True
    for name in names:
        asset = store.catalogue[name]
        ready = store.is_ready(name)
        all_ready &= ready
        print(f"{'ready  ' if ready else 'absent '} {name}  {asset.size_bytes / 1e6:.1f} MB  {asset.licence}")
        if with_purpose:
            print(f"        {asset.purpose} ({asset.attribution})")
    return 0 if all_ready else 1


def _fetch(store: AssetStore, names: tuple[str, ...]) -> int:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            store.fetch(names, _Printer().tell)
        except Unavailable as refusal:
            print(str(refusal), file=sys.stderr, flush=True)
            if attempt < _ATTEMPTS:
                print(f"Trying again in {_PAUSE_S:.0f} s …", file=sys.stderr, flush=True)
                time.sleep(_PAUSE_S)
        else:
            return 0
    return 1


class _Printer:
    """One line per change of state, and one per 5 MB on the way."""

    def __init__(self) -> None:
        self._last: tuple[str, str, str, int] | None = None

    def tell(self, progress: Progress) -> None:
        step = progress.done_bytes // _LINE_EVERY_BYTES
        key = (progress.name, progress.state, progress.source, step)
        if key == self._last or progress.state == "present":
            return
        self._last = key
        done = f" {progress.done_bytes / 1e6:.1f} of {progress.total_bytes / 1e6:.1f} MB"
        source = f" from {progress.source}" if progress.source else ""
        note = f": {progress.note}" if progress.note else ""
        figures = done if progress.state == "fetching" and progress.done_bytes else ""
        print(f"{progress.name}: {progress.state}{source}{figures}{note}", flush=True)
