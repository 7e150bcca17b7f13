"""``citydesk bench NAME``: measures one thing on this machine."""

import argparse
import os
import sys
from collections.abc import Callable

from console.bench import desk, directory, player, start, steady, vision, wall
from console.infrastructure.terminal import terminal_words

NOT_BUILT = 2
BENCHES: dict[str, Callable[[list[str]], int] | None] = {
    "start": start.main,
    "steady": steady.main,
    "wall": wall.main,
    "vision": vision.main,
    "desk": desk.main,
    "voice": None,
    "directory": directory.main,
    "player": player.main,
    "reports": None,
}


def main(arguments: list[str]) -> int:
    """Run a bench and return its exit code; 2 where it has not been built yet."""
    parser = argparse.ArgumentParser(prog="citydesk bench")
    parser.add_argument("name", choices=BENCHES)
    chosen = parser.parse_args(arguments[:1])
    run = BENCHES[chosen.name]
    if run is None:
        said = terminal_words(os.environ).say("citydesk {verb}: not built yet", verb=f"bench {chosen.name}")
        print(said, file=sys.stderr)
        return NOT_BUILT
    return run(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
