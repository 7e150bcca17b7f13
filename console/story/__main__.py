"""``citydesk story``: runs the main job over the demo's own processes and says, step by step, what proves it."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from console.application.errors import Unavailable
from console.domain.errors import Refusal
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import URL_VARIABLE
from console.infrastructure.database.scratch import scratch_schema
from console.infrastructure.paths import DATA_VARIABLE
from console.story.chaos import IN_A_STORM, ChaoticStory
from console.story.faults import plan_of
from console.story.hand import press
from console.story.seat import StoryFailed
from console.story.steps import Story
from console.story.storm import Struck


def main(arguments: list[str]) -> int:
    """Run the story. Exit code 0 only when every step was observed at its far end."""
    parser = argparse.ArgumentParser(prog="citydesk story")
    parser.add_argument("--json", action="store_true", help="a JSON object per line")
    parser.add_argument("--keep-evidence", type=Path, metavar="DIR", help="leave the case's evidence file there")
    parser.add_argument("--folder", type=Path, help="leave everything the story made there, for a look afterwards")
    parser.add_argument("--chaos", metavar="SEED", help="the same job while what it needs is killed and stopped")
    parser.add_argument("--press", nargs=2, metavar=("KEY", "ID"), help="one key, pressed here; used by --chaos")
    chosen = parser.parse_args(arguments)
    if chosen.press is not None:
        return press(*chosen.press)
    clock = SystemClock()
    began_s = clock.monotonic_s()

    def say(name: str, took_s: float, proof: str, *, is_seen: bool = True) -> None:
        if chosen.json:
            line = {"step": name, "seen": is_seen, "seconds": round(took_s, 1), "proof": proof}
            print(json.dumps(line, ensure_ascii=False), flush=True)
        else:
            print(f"{'ok  ' if is_seen else 'FAIL'} {took_s:5.1f} s  {name}: {proof}", flush=True)

    def say_fault(struck: Struck) -> None:
        if chosen.json:
            line = {"fault": str(struck.fault), "at": struck.at.isoformat()}
            print(json.dumps(line, ensure_ascii=False), flush=True)
        else:
            print(f"     {clock.monotonic_s() - began_s:5.1f} s  ~ {struck.fault}", flush=True)

    def new_story(folder: Path) -> Story | ChaoticStory:
        if chosen.chaos is None:
            return Story(clock, folder, chosen.keep_evidence)
        print_plan(chosen.chaos, is_json=chosen.json)
        return ChaoticStory(Story(clock, folder, chosen.keep_evidence, IN_A_STORM), chosen.chaos, clock, say_fault)

    with chosen_folder(chosen.folder) as folder:
        os.environ[DATA_VARIABLE] = str(folder)
        address = os.environ.get(URL_VARIABLE, "")
        with scratch_schema(address) as own_address:
            if own_address:
                os.environ[URL_VARIABLE] = own_address
            is_told = _tell(new_story(folder), clock, say)
    took_s = clock.monotonic_s() - began_s
    say("story", took_s, "every step was observed" if is_told else "not every step was observed", is_seen=is_told)
    return 0 if is_told else 1


@contextmanager
def chosen_folder(wanted: Path | None) -> Iterator[Path]:
    """Give the folder asked for, or one that is taken away afterwards."""
    if wanted is not None:
        wanted.mkdir(parents=True, exist_ok=True)
        yield wanted.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="citydesk-story-") as folder:
        yield Path(folder)


def print_plan(seed: str, *, is_json: bool) -> None:
    """Print what is going to happen, before it does."""
    for fault in plan_of(seed):
        print(json.dumps({"planned": str(fault)}, ensure_ascii=False) if is_json else f"plan  {fault}", flush=True)


def _tell(story: Story | ChaoticStory, clock: SystemClock, say: Callable[..., None]) -> bool:
    try:
        for name, step in story.steps():
            step_s = clock.monotonic_s()
            try:
                proof = step()
            except (StoryFailed, Refusal, Unavailable, OSError, AssertionError) as cause:
                why = str(cause) or type(cause).__name__
                if isinstance(story, ChaoticStory):
                    why = f"{why} (faults until then: {story.told()})"
                say(name, clock.monotonic_s() - step_s, why, is_seen=False)
                return False
            say(name, clock.monotonic_s() - step_s, proof)
    finally:
        story.end()
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
