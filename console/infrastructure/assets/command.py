"""``citydesk assets list|fetch|verify``: the asset catalogue on the command line."""

import argparse
import os
import sys
import time
from pathlib import Path

from console.application.errors import Unavailable
from console.infrastructure.assets.catalogue import Catalogue
from console.infrastructure.assets.store import AssetStore, Progress, State
from console.infrastructure.paths import Paths, offline_folder
from console.infrastructure.terminal import terminal_words
from console.words import N_, Words
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
    words = terminal_words(os.environ)
    if chosen.action == "fetch":
        return _fetch(store, names, words)
    return _list(store, names, words, with_purpose=chosen.action == "list")


def _list(store: AssetStore, names: tuple[str, ...], words: Words, *, with_purpose: bool) -> int:
    all_ready = True
    for name in names:
        asset = store.catalogue[name]
        ready = store.is_ready(name)
        all_ready &= ready
        state = words.say("ready") if ready else words.say("absent")
        print(f"{state}  {name}  {asset.size_bytes / 1e6:.1f} MB  {asset.licence}")
        if with_purpose:
            print(f"        {asset.purpose} ({asset.attribution})")
    return 0 if all_ready else 1


def _fetch(store: AssetStore, names: tuple[str, ...], words: Words) -> int:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            store.fetch(names, _Printer(words).tell)
        except Unavailable as refusal:
            print(words.tell(refusal), file=sys.stderr, flush=True)
            if attempt < _ATTEMPTS:
                print(words.say("Trying again in {wait} s …", wait=f"{_PAUSE_S:.0f}"), file=sys.stderr, flush=True)
                time.sleep(_PAUSE_S)
        else:
            return 0
    return 1


_SENTENCES: dict[State, str] = {
    "present": N_("{name}: here"),
    "offline": N_("{name}: taken from {source}"),
    "fetching": N_("{name}: from {source}, {done} of {total} MB"),
    "failed": N_("{name}: not from {source}: {note}"),
    "ready": N_("{name}: ready"),
}


class _Printer:
    """One line per change of state, and one per 5 MB on the way."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._last: tuple[str, str, str, int] | None = None

    def tell(self, progress: Progress) -> None:
        step = progress.done_bytes // _LINE_EVERY_BYTES
        key = (progress.name, progress.state, progress.source, step)
        if key == self._last or progress.state == "present":
            return
        self._last = key
        print(
            self._words.say(
                _SENTENCES[progress.state],
                name=progress.name,
                source=progress.source,
                note=progress.note,
                done=f"{progress.done_bytes / 1e6:.1f}",
                total=f"{progress.total_bytes / 1e6:.1f}",
            ),
            flush=True,
        )
